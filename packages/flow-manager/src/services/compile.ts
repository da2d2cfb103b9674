import type { GroupContent } from '@ballast/openflow';
import type { DesiredFlow, DesiredState } from '../desired.ts';
import { familyOf } from './address.ts';
import { Book } from './book.ts';
import { groupOf, isBySource } from './groups.ts';
import { groupIds, memberIds, virtualMac } from './identity.ts';
import type { SlotTable } from './maglev.ts';
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
  /** What {@link compileShared} made before: rows and groups that did not change are the same objects again. */
  readonly previous?: DesiredState | undefined;
}

/** What every switch is to have alike: to be made once, and given to {@link stateOfSwitch} for each. */
export function compileShared(input: CompileInput): DesiredState {
  const services = input.services.map(normalService);
  checkTogether(services);
  const placed = placementsByAddress(input.placements.map(normalPlacement));
  const tables = input.tables ?? slotTables({ services, placements: input.placements });
  const ids = groupIds(services);
  const book = Book.after(input.previous);
  const shared = {
    flows: [
      ...book.rows.of('shared', sharedRows),
      ...[...macsOf(services)].flatMap(([address, mac]) => addressRows(address, mac, book)),
      ...services.flatMap((service) => serviceRows(service, ids.get(service.name) ?? 0, placed, book)),
      ...returnRows(services, input.departures ?? [], book),
    ],
    groups: services
      .filter(({ algorithm }) => algorithm !== 'least-connections')
      .map((service) => keptGroup(service, ids.get(service.name) ?? 0, tables.get(service.name) ?? [], book)),
  };
  book.keepFor(shared);
  return shared;
}

/** What one switch is to have: the shared part, and its own ways to the members. */
export function stateOfSwitch(
  shared: DesiredState,
  given: { readonly placements: readonly Placement[]; readonly dpid: bigint; readonly links?: readonly Link[] },
): DesiredState {
  const { placements, dpid } = given;
  const links = (given.links ?? []).filter((link) => link.dpid === dpid);
  // The first of several links to a switch counts.
  const ways = new Map(links.toReversed().map(({ to, port }) => [to, port]));
  const book = Book.of(shared);
  const own = placements.map((placement) => {
    const { at } = placement;
    // All that the row of one switch differs by from that of another.
    const port = at === undefined ? undefined : at.dpid === dpid ? at.port : ways.get(at.dpid);
    return book.way(placement, port, () => placementRow(normalPlacement(placement), dpid, links));
  });
  return { ...shared, flows: [...shared.flows, ...own] };
}

/** Both steps, for one switch. */
export function compileServices(
  input: CompileInput & { readonly dpid: bigint; readonly links?: readonly Link[] },
): DesiredState {
  return stateOfSwitch(compileShared(input), input);
}

function addressRows(address: string, mac: string, { rows }: Book): readonly DesiredFlow[] {
  return rows.of(`vip ${address} ${mac}`, () => [...answerRows(address, mac), ...vipRows(address, mac)]);
}

function serviceRows(
  service: VirtualService,
  groupId: number,
  placed: ReadonlyMap<string, Placement>,
  book: Book,
): readonly DesiredFlow[] {
  const { name, protocol, vip, algorithm, persistence, members } = service;
  const ids = idsOf(service, book);
  const idOf = (member: VirtualService['members'][number]): number => ids.get(endpointOf(member)) ?? 0;
  const candidates = sharesOf(service, placed).map(({ member }) => idOf(member));
  // Weights are in the group alone.
  const made = [name, protocol, vip, algorithm, persistence, groupId, members.map(endpointOf), candidates];
  return book.rows.of(`service ${JSON.stringify(made)}`, () => [
    classifyRow(name, protocol, vip),
    ...newRows(service, groupId, candidates),
    ...members.map((member) => memberRow(service, member, idOf(member))),
  ]);
}

/** Members may serve several services: each row once. */
function returnRows(
  services: readonly VirtualService[],
  departures: readonly Departure[],
  { rows: kept }: Book,
): readonly DesiredFlow[] {
  const rows = new Map<string, readonly DesiredFlow[]>();
  const put = (key: string, make: () => DesiredFlow): void => {
    if (!rows.has(key))
      rows.set(
        key,
        kept.of(key, () => [make()]),
      );
  };
  const ends = [
    ...services.flatMap((service) => service.members.map((member) => ({ ...member, protocol: service.protocol }))),
    ...departures,
  ];
  for (const { protocol, address, port } of ends)
    put(`return ${protocol} ${address} ${port}`, () => returnRow(protocol, address, port));
  for (const service of services) {
    if (service.algorithm !== 'least-connections') continue;
    for (const member of service.members) {
      put(`count ${service.protocol} ${endpointOf(member)}`, () => countedRow(service, member));
    }
  }
  const addresses = [...new Set(ends.map(({ address }) => address))];
  const families = [...new Set(addresses.map(familyOf))];
  return [
    ...[...rows.values()].flat(),
    ...families.flatMap((family) => kept.of(`errors ${family}`, () => errorRows(family))),
    ...kept.of(`watch ${addresses.join()}`, () => watchRows(addresses)),
  ];
}

function keptGroup(service: VirtualService, groupId: number, table: SlotTable, book: Book): GroupContent {
  const ids = idsOf(service, book);
  const made = [groupId, isBySource(service), familyOf(service.vip.address), table.map((key) => ids.get(key))];
  return book.groups.of(made.join(), () => groupOf(service, groupId, table, ids));
}

function idsOf({ name, members }: VirtualService, { memberIds: kept }: Book): ReadonlyMap<string, number> {
  return kept.of(JSON.stringify([name, ...members.map(endpointOf)]), () => memberIds(name, members));
}

/** The MAC of each VIP's address. */
function macsOf(services: readonly VirtualService[]): ReadonlyMap<string, string> {
  return new Map(services.map(({ vip, mac }) => [vip.address, mac ?? virtualMac(vip.address)]));
}
