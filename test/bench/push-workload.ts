// What is pushed by the benchmark of pushes: weighted services, and where their members are.
import {
  compileShared,
  type DesiredState,
  type Link,
  type Placement,
  type SlotTables,
  slotTables,
  stateOfSwitch,
  type VirtualService,
} from '@ballast/flow-manager';

const MEMBERS = 10;
/** The port of each switch that leads to the others. */
const UPLINK = 48;

/** Services over members that are spread over all switches, compiled as the flow manager compiles them. */
export class Workload {
  /** Of all switches: one port of each leads to all others. */
  readonly #links: readonly Link[];
  readonly #placements: readonly Placement[];
  #services: readonly VirtualService[];
  #tables: SlotTables = new Map();
  #shared: DesiredState;
  #turn = 0;

  constructor(services: number, switches: number) {
    this.#links = linksOf(switches);
    this.#services = Array.from({ length: services }, (_, index) => serviceNumbered(index));
    this.#placements = this.#services.flatMap(({ members }, service) =>
      members.map(({ address }, member) => placementOf(address, service, member, switches)),
    );
    this.#shared = compileShared({ services: this.#services, placements: this.#placements });
  }

  get services(): number {
    return this.#services.length;
  }

  /** Other weights for the first so many services, and what they compile to. */
  reweigh(count: number): void {
    this.#turn += 1;
    this.#services = this.#services.map((service, index) => (index < count ? reweighed(service, this.#turn) : service));
    const [given, placements] = [this.#services, this.#placements];
    this.#tables = slotTables({ services: given, placements, previous: this.#tables });
    this.#shared = compileShared({ services: given, placements, tables: this.#tables, previous: this.#shared });
  }

  /** What a switch is to have. */
  of(dpid: bigint): DesiredState {
    return stateOfSwitch(this.#shared, { placements: this.#placements, dpid, links: this.#links });
  }
}

function serviceNumbered(index: number): VirtualService {
  const members = Array.from({ length: MEMBERS }, (_, member) => ({
    guest: 1_000 + index * MEMBERS + member,
    address: `10.${100 + index}.0.${member + 1}`,
    port: 8080,
    weight: 1,
    state: 'ready' as const,
  }));
  const vip = { address: `10.9.${index}.100`, port: 80 };
  return { name: `service-${index}`, vip, protocol: 'tcp', algorithm: 'weighted', members };
}

/** Each member has another weight in each turn. */
function reweighed(service: VirtualService, turn: number): VirtualService {
  const members = service.members.map((member, index) => ({
    ...member,
    weight: 0.1 + ((index * 7 + turn * 3) % 10) / 10,
  }));
  return { ...service, members };
}

function placementOf(address: string, service: number, member: number, switches: number): Placement {
  const mac = [2, 0, 0, 0, service, member].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
  const number = service * MEMBERS + member;
  return { address, mac, at: { dpid: BigInt((number % switches) + 1), port: 1 + Math.floor(number / switches) } };
}

function linksOf(switches: number): readonly Link[] {
  const ids = Array.from({ length: switches }, (_, index) => BigInt(index + 1));
  return ids.flatMap((dpid) => ids.filter((to) => to !== dpid).map((to) => ({ dpid, port: UPLINK, to })));
}
