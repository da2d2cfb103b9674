import type { FlowRemoved, PacketIn, PacketOut } from '@ballast/openflow';
import { admission, leastLoaded } from '../services/connections.ts';
import { cookieOf, learnedCookie, memberIds } from '../services/identity.ts';
import { endpointOf, type Placement, placementsByAddress, type VirtualService } from '../services/model.ts';
import { type MemberShare, sharesOf } from '../services/shares.ts';
import { destinationOf } from './destination.ts';
import type { ServiceConnections } from './options.ts';

/** A service whose new connections the controller chooses the member of. */
interface Chosen {
  readonly service: VirtualService;
  readonly shares: readonly MemberShare[];
  /** By endpoint, as connections are counted. */
  readonly members: ReadonlyMap<string, ChosenMember>;
  /** Open connections by endpoint, over all switches. */
  readonly open: Map<string, number>;
}

interface ChosenMember {
  readonly id: number;
  /** Of the rows that switches learn of its connections. Kept: to hash it anew would cost more than to choose. */
  readonly cookie: bigint;
}

/**
 * New connections of services with least connections: which member each goes to, and how many each has. Switches count
 * by rows that they learn of connections, and tell when one ends; {@link recount} corrects what was missed.
 */
export class Punts {
  #byName = new Map<string, Chosen>();
  #byCookie = new Map<bigint, Chosen>();
  #byDestination = new Map<string, Chosen>();
  /** Which member's connection a learned row stands for. */
  #learned = new Map<bigint, { readonly chosen: Chosen; readonly key: string }>();
  /** What each switch has of the counts, by the learned cookie. */
  readonly #perSwitch = new Map<bigint, Map<bigint, number>>();

  /** Counts of members that stay are kept. */
  update(services: readonly VirtualService[], placements: readonly Placement[]): void {
    const placed = placementsByAddress(placements);
    const before = this.#byName;
    this.#byName = new Map();
    this.#byCookie = new Map();
    this.#byDestination = new Map();
    this.#learned = new Map();
    for (const service of services) {
      if (service.algorithm !== 'least-connections') continue;
      const members = membersOf(service);
      const open = new Map(before.get(service.name)?.open);
      for (const key of open.keys()) if (!members.has(key)) open.delete(key);
      const chosen: Chosen = { service, shares: sharesOf(service, placed), members, open };
      this.#byName.set(service.name, chosen);
      this.#byCookie.set(cookieOf('punt', service.name), chosen);
      this.#byDestination.set(`${service.protocol} ${service.vip.address} ${service.vip.port}`, chosen);
      for (const [key, { cookie }] of members) this.#learned.set(cookie, { chosen, key });
    }
  }

  /** The answer to a packet that opens a connection; `undefined` for any other packet, and where no member is left. */
  admit(dpid: bigint, packet: PacketIn): PacketOut | undefined {
    const chosen = this.#byCookie.get(packet.cookie) ?? this.#byPacket(packet);
    if (chosen === undefined) return undefined;
    const key = leastLoaded(chosen.shares, chosen.open);
    const member = key === undefined ? undefined : chosen.members.get(key);
    if (key === undefined || member === undefined) return undefined;
    this.#count(dpid, member.cookie, chosen, key, 1);
    return admission(packet, member.id);
  }

  /** A row that a switch had learned of a connection has ended. Whether it was one of those. */
  ended(dpid: bigint, { cookie }: Pick<FlowRemoved, 'cookie'>): boolean {
    const learned = this.#learned.get(cookie);
    if (learned === undefined) return false;
    this.#count(dpid, cookie, learned.chosen, learned.key, -1);
    return true;
  }

  /** The cookies of the rows to be counted at a switch. */
  get countedCookies(): readonly bigint[] {
    return [...this.#learned.keys()];
  }

  /** What the switch itself has counted is the truth. */
  recount(dpid: bigint, cookie: bigint, open: number): void {
    const learned = this.#learned.get(cookie);
    if (learned === undefined) return;
    const known = this.#perSwitch.get(dpid)?.get(cookie) ?? 0;
    this.#count(dpid, cookie, learned.chosen, learned.key, open - known);
  }

  /** Of a switch that stays away nobody knows what is still open there. */
  forgetAllBut(dpids: ReadonlySet<bigint>): void {
    for (const [dpid, counts] of this.#perSwitch) {
      if (dpids.has(dpid)) continue;
      for (const cookie of counts.keys()) this.recount(dpid, cookie, 0);
      this.#perSwitch.delete(dpid);
    }
  }

  connections(): readonly ServiceConnections[] {
    return [...this.#byName.values()].map(({ service, open }) => ({
      service: service.name,
      members: service.members.map(({ guest, address, port }) => ({
        guest,
        address,
        port,
        open: open.get(endpointOf({ address, port })) ?? 0,
      })),
    }));
  }

  /** A switch that does not say which row a packet met (OpenFlow 1.3 lets it): by what the packet is. */
  #byPacket(packet: PacketIn): Chosen | undefined {
    if (this.#byDestination.size === 0 || packet.cookie !== NO_COOKIE) return undefined;
    const destination = destinationOf(packet.data);
    return destination === undefined ? undefined : this.#byDestination.get(destination);
  }

  #count(dpid: bigint, cookie: bigint, { open }: Chosen, key: string, by: number): void {
    const counts = this.#perSwitch.get(dpid) ?? new Map<bigint, number>();
    this.#perSwitch.set(dpid, counts);
    // An end whose beginning another controller had counted takes nothing away.
    const known = counts.get(cookie) ?? 0;
    const change = Math.max(by, -known);
    counts.set(cookie, known + change);
    open.set(key, Math.max(0, (open.get(key) ?? 0) + change));
  }
}

/** What switches without the field, and those where no row was met, say. */
const NO_COOKIE = 0n;

function membersOf({ name, members }: VirtualService): ReadonlyMap<string, ChosenMember> {
  const ids = memberIds(name, members);
  return new Map([...ids].map(([key, id]) => [key, { id, cookie: learnedCookie(name, id) }]));
}
