import type { DesiredFlow, DesiredState } from '../desired.ts';
import { familyOf } from './address.ts';
import { groupOf } from './groups.ts';
import { groupIds, memberIds, virtualMac } from './identity.ts';
import {
  type Departure,
  endpointOf,
  type Link,
  type Placement,
  placementsByAddress,
  type VirtualService,
} from './model.ts';
import { answerRows } from './rows/answers.ts';
import { countedRow, memberRow, newRows } from './rows/balance.ts';
import { placementRow, watchRows } from './rows/placement.ts';
import { classifyRow, errorRows, returnRow, sharedRows, vipRows } from './rows/traffic.ts';
import { sharesOf } from './shares.ts';
import { type SlotTables, slotTables } from './slots.ts';
import { checkTogether, normalPlacement, normalService } from './validate.ts';

export interface CompileInput {
  readonly services: readonly VirtualService[];
  readonly placements: readonly Placement[];
  /** By {@link slotTables}; made afresh where they are left out. */
  readonly tables?: SlotTables;
  readonly departures?: readonly Departure[];
}

/** What every switch is to have alike: to be made once, and given to {@link stateOfSwitch} for each. */
export function compileShared(input: CompileInput): DesiredState {
  const services = input.services.map(normalService);
  checkTogether(services);
  const placed = placementsByAddress(input.placements.map(normalPlacement));
  const tables = input.tables ?? slotTables({ services, placements: input.placements });
  const groups = groupIds(services);
  const flows: DesiredFlow[] = [...sharedRows()];
  const content = services
    .filter(({ algorithm }) => algorithm !== 'least-connections')
    .map((service) => {
      const ids = memberIds(service.name, service.members);
      return groupOf(service, groups.get(service.name) ?? 0, tables.get(service.name) ?? [], ids);
    });
  for (const [address, mac] of macsOf(services)) flows.push(...answerRows(address, mac), ...vipRows(address, mac));
  for (const service of services) flows.push(...serviceRows(service, groups.get(service.name) ?? 0, placed));
  flows.push(...returnRows(services, input.departures ?? []));
  return { flows, groups: content };
}

/** What one switch is to have: the shared part, and its own ways to the members. */
export function stateOfSwitch(
  shared: DesiredState,
  given: { readonly placements: readonly Placement[]; readonly dpid: bigint; readonly links?: readonly Link[] },
): DesiredState {
  const { placements, dpid, links = [] } = given;
  return {
    ...shared,
    flows: [...shared.flows, ...placements.map((placement) => placementRow(normalPlacement(placement), dpid, links))],
  };
}

/** Both steps, for one switch. */
export function compileServices(
  input: CompileInput & { readonly dpid: bigint; readonly links?: readonly Link[] },
): DesiredState {
  return stateOfSwitch(compileShared(input), input);
}

function serviceRows(
  service: VirtualService,
  groupId: number,
  placed: ReadonlyMap<string, Placement>,
): readonly DesiredFlow[] {
  const ids = memberIds(service.name, service.members);
  const idOf = (member: VirtualService['members'][number]): number => ids.get(endpointOf(member)) ?? 0;
  const candidates = sharesOf(service, placed).map(({ member }) => idOf(member));
  return [
    classifyRow(service.name, service.protocol, service.vip),
    ...newRows(service, groupId, candidates),
    ...service.members.map((member) => memberRow(service, member, idOf(member))),
  ];
}

/** Members may serve several services: each row once. */
function returnRows(services: readonly VirtualService[], departures: readonly Departure[]): readonly DesiredFlow[] {
  const rows = new Map<string, DesiredFlow>();
  const put = (key: string, make: () => DesiredFlow): void => {
    if (!rows.has(key)) rows.set(key, make());
  };
  const ends = [
    ...services.flatMap((service) => service.members.map((member) => ({ ...member, protocol: service.protocol }))),
    ...departures,
  ];
  for (const { protocol, address, port } of ends)
    put(`${protocol} ${address} ${port}`, () => returnRow(protocol, address, port));
  for (const service of services) {
    if (service.algorithm !== 'least-connections') continue;
    for (const member of service.members) {
      put(`count ${service.protocol} ${endpointOf(member)}`, () => countedRow(service, member));
    }
  }
  const addresses = [...new Set(ends.map(({ address }) => address))];
  const families = [...new Set(addresses.map(familyOf))];
  return [...rows.values(), ...families.flatMap(errorRows), ...watchRows(addresses)];
}

/** The MAC of each VIP's address. */
function macsOf(services: readonly VirtualService[]): ReadonlyMap<string, string> {
  return new Map(services.map(({ vip, mac }) => [vip.address, mac ?? virtualMac(vip.address)]));
}
