import { canonicalAddress, canonicalMac, familyOf } from './address.ts';
import { ServiceError } from './errors.ts';
import { endpointOf, type Placement, type ServiceMember, type VirtualService } from './model.ts';

/**
 * The service with its addresses in their one form.
 * @throws {ServiceError} for one that cannot be compiled
 */
export function normalService(service: VirtualService): VirtualService {
  const vip = { ...service.vip, address: canonicalAddress(service.vip.address) };
  const members = service.members.map((member) => ({ ...member, address: canonicalAddress(member.address) }));
  const normal = { ...service, vip, members };
  check(normal);
  return service.mac === undefined ? normal : { ...normal, mac: canonicalMac(service.mac) };
}

/**
 * The placement with its addresses in their one form.
 * @throws {ServiceError} `service.invalid`
 */
export function normalPlacement(placement: Placement): Placement {
  return { ...placement, address: canonicalAddress(placement.address), mac: canonicalMac(placement.mac) };
}

/**
 * Whether services can stand beside each other on one switch.
 * @throws {ServiceError} `service.invalid`
 */
export function checkTogether(services: readonly VirtualService[]): void {
  const names = new Set<string>();
  const vips = new Map<string, string>();
  const macs = new Map<string, string | undefined>();
  for (const { name, vip, protocol, mac } of services) {
    if (names.has(name)) fail(`Expected each service once, got ${name} twice.`, 'Rename one of the two.');
    names.add(name);
    const key = `${protocol} ${vip.address} port ${vip.port}`;
    const other = vips.get(key);
    if (other !== undefined)
      fail(`Expected one service at ${key}, got ${other} and ${name}.`, 'Give one of them another port.');
    vips.set(key, name);
    if (macs.has(vip.address) && macs.get(vip.address) !== mac) {
      fail(
        `Expected one MAC for ${vip.address}, got two; the second is of ${name}.`,
        'Give both services the same mac, or none.',
      );
    }
    macs.set(vip.address, mac);
  }
}

function check({ name, vip, members, persistence }: VirtualService): void {
  if (name === '') fail('Expected a name for the service, got an empty one.', 'Name it.');
  checkPort(vip.port, name);
  const family = familyOf(vip.address);
  const seen = new Set<string>();
  for (const member of members) {
    checkPort(member.port, name);
    checkWeight(member, name);
    if (familyOf(member.address) !== family) {
      fail(
        `Expected members of ${name} to have IPv${family} addresses as its VIP has, got ${member.address}.`,
        'Make a second service for the other family.',
      );
    }
    if (member.address === vip.address)
      fail(`Expected members of ${name} beside its VIP, got the VIP itself.`, 'Use its own address.');
    if (seen.has(endpointOf(member))) {
      fail(
        `Expected each member of ${name} once, got ${member.address} port ${member.port} twice.`,
        'Remove one of the two.',
      );
    }
    seen.add(endpointOf(member));
  }
  if (persistence !== undefined && !(persistence.timeout > 0)) {
    fail(
      `Expected a time-out above 0 for the persistence of ${name}, got ${persistence.timeout}.`,
      'Give it in milliseconds.',
    );
  }
}

function checkWeight({ address, weight, ramp = 1 }: ServiceMember, name: string): void {
  if (Number.isFinite(weight) && weight >= 0 && ramp >= 0 && ramp <= 1) return;
  fail(
    `Expected a weight of 0 or more and a ramp of 0 to 1 for ${address} in ${name}, got ${weight} and ${ramp}.`,
    'Give every member a finite weight.',
  );
}

function checkPort(port: number, name: string): void {
  if (Number.isInteger(port) && port > 0 && port < 65_536) return;
  fail(`Expected a port of 1 to 65535 in ${name}, got ${port}.`, 'Correct the port.');
}

function fail(message: string, hint: string): never {
  throw new ServiceError('service.invalid', message, { hint });
}
