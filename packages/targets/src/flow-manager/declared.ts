import type { Service, ServiceWeights, TargetProblem } from '@ballast/core';
import { FlowManagerError, problemOf } from './errors.ts';

/** A service as `PUT /v1/services/{name}` takes it. */
export interface ServiceSpec {
  readonly vip: { readonly address: string; readonly port: number };
  /** What ARP answers for the VIP; set at the flow manager alone. */
  readonly mac?: string;
  readonly protocol: 'tcp' | 'udp';
  readonly algorithm: Service['algorithm'];
  readonly persistence?: { readonly type: 'source-ip'; readonly timeout: number };
  readonly monitor?: Service['monitor'];
  readonly members: readonly SpecMember[];
}

export interface SpecMember {
  readonly guest: number;
  readonly address: string;
  readonly port: number;
}

/**
 * What the configuration and the guests say of a service, over what the flow manager has: a member whose address is
 * not known now keeps the one that it has there. No spec where flows cannot carry the service.
 */
export function declaredService(
  service: Service,
  { members }: ServiceWeights,
  has: ServiceSpec | undefined,
): { readonly spec?: ServiceSpec; readonly problems: readonly TargetProblem[] } {
  const { name, vip, algorithm, monitor, routes, persistence } = service;
  if (vip === undefined) return { problems: [] };
  if (routes.length > 0) return unsupported(name, 'no routes', `${routes.length}`);
  if (persistence?.type === 'cookie') return unsupported(name, 'persistence by source-ip', 'by cookie');
  const problems: TargetProblem[] = [];
  const found = members.flatMap(({ member, state }): readonly SpecMember[] => {
    const { guest, port, address } = member;
    const before = has?.members.find((known) => known.guest === guest);
    if (address !== undefined && isIpv6(address) === isIpv6(vip.address)) return [{ guest, address, port }];
    // A guest that does not run tells no address: nobody misses it.
    if (state === 'ready') problems.push(problemOf(addressMissing(member, vip.address, before), name, guest));
    return before === undefined ? [] : [{ guest, address: before.address, port }];
  });
  const spec: ServiceSpec = {
    vip,
    ...(has?.mac !== undefined && { mac: has.mac }),
    // Flows see connections: what is spoken on them is none of their business.
    protocol: service.protocol === 'udp' ? 'udp' : 'tcp',
    algorithm,
    ...(persistence !== undefined && { persistence: { type: 'source-ip', timeout: persistence.timeout } }),
    ...(monitor !== undefined && { monitor }),
    members: found,
  };
  return { spec, problems };
}

/** Whether two specs say the same of a service; the order of members says nothing, nor does the spelling of addresses. */
export function isSameService(a: ServiceSpec, b: ServiceSpec): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ vip, mac, protocol, algorithm, persistence, monitor, members }: ServiceSpec): string {
  const at = ({ address, port }: ServiceSpec['vip']): readonly unknown[] => [canonical(address), port];
  const probe = monitor && [
    monitor.type,
    monitor.delay,
    monitor.timeout,
    monitor.maxRetries,
    monitor.maxRetriesDown,
    monitor.http && [monitor.http.method, monitor.http.path, monitor.http.expectedCodes],
  ];
  const pool = members.map((member) => [member.guest, ...at(member)]).sort(([a], [b]) => Number(a) - Number(b));
  return JSON.stringify([at(vip), mac, protocol, algorithm, persistence?.timeout, probe, pool]);
}

/** The spelling of URLs is the only one of theirs. */
function canonical(address: string): string {
  return isIpv6(address) && URL.canParse(`http://[${address}]/`) ? new URL(`http://[${address}]/`).hostname : address;
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}

function unsupported(name: string, wanted: string, got: string): { readonly problems: readonly TargetProblem[] } {
  const error = new FlowManagerError(
    'flow-manager-unsupported',
    `Expected ${wanted} in service ${name}, which a flow manager carries, got ${got}.`,
    { hint: 'Flows see addresses and ports, no requests: let HAProxy carry it.' },
  );
  return { problems: [problemOf(error, name)] };
}

function addressMissing(
  { guest, name, address }: ServiceWeights['members'][number]['member'],
  vip: string,
  before: SpecMember | undefined,
): FlowManagerError {
  const kept = before === undefined ? 'it is left out.' : `it stays at ${before.address}.`;
  const wanted = `Expected guest ${guest} (${name}) to have an ${isIpv6(vip) ? 'IPv6' : 'IPv4'} address, as the VIP has`;
  return new FlowManagerError('flow-manager-no-address', `${wanted}, got ${address ?? 'none'}; ${kept}`, {
    hint: 'Does its guest agent run? Members of a flow manager are reached by their addresses.',
  });
}
