import type { GuestId, NodeName, Ratio } from '@ballast/core';
import { Fabric } from '@ballast/ovs-lab';
import type { Pools } from '../front.ts';
import type { Sample } from '../load.ts';
import { Clients } from './clients.ts';
import { type Failover, killGuest } from './failover.ts';
import { Follower, type Relocation } from './follow.ts';
import { type GuestToHouse, type HousedGuest, houseGuests } from './guests.ts';
import { type Manager, startManager } from './manager.ts';
import { ShareLog } from './share-log.ts';

/** The bridge where clients and this machine are; each node has one of its own. */
const EDGE = 'edge';
/** Connections that are kept open all the time. */
const HELD = 80;

/** What the fabric is made for. */
export interface PlaneOptions {
  readonly nodes: readonly NodeName[];
  /** The members of each service. */
  readonly services: Readonly<Record<string, readonly GuestToHouse[]>>;
  readonly busy: (guest: GuestId) => Ratio;
  /** The node on which a guest is now. */
  readonly nodeOf: (guest: GuestId) => NodeName | undefined;
}

/**
 * The second data plane: real switches with the flow manager, the guests as hosts behind the switch of their node, and
 * clients that know virtual IPs alone. Guests' hosts move when the guests do.
 */
export class FabricPlane {
  readonly pools: Pools;
  readonly version: string;
  readonly #fabric: Fabric;
  readonly #guests: Readonly<Record<string, readonly HousedGuest[]>>;
  readonly #manager: Manager;
  readonly #follower: Follower;
  readonly #shares: ShareLog;
  #clients: Clients | undefined;

  private constructor(parts: {
    readonly fabric: Fabric;
    readonly version: string;
    readonly guests: Readonly<Record<string, readonly HousedGuest[]>>;
    readonly manager: Manager;
    readonly follower: Follower;
  }) {
    this.pools = parts.guests;
    this.version = parts.version;
    this.#fabric = parts.fabric;
    this.#guests = parts.guests;
    this.#manager = parts.manager;
    this.#follower = parts.follower;
    this.#shares = new ShareLog(() => this.#sharesNow());
    this.#shares.start();
  }

  /**
   * Starts everything but the clients.
   * @throws {LabError} there can be no fabric here
   */
  static async start({ nodes, services, busy, nodeOf }: PlaneOptions): Promise<FabricPlane> {
    const fabric = new Fabric({ bridges: [EDGE, ...nodes], joined: true });
    let all: readonly HousedGuest[] = [];
    try {
      await fabric.start();
      all = await houseGuests(fabric, Object.values(services).flat(), busy);
      const guests = Object.fromEntries(
        Object.entries(services).map(([name, members]) => [
          name,
          all.filter(({ guest }) => members.some(({ id }) => id === guest)),
        ]),
      );
      const manager = await startManager(fabric, guests);
      const version = await fabric.version();
      return new FabricPlane({ fabric, version, guests, manager, follower: new Follower(fabric, all, nodeOf) });
    } catch (error) {
      for (const guest of all) await guest.close();
      await fabric.stop();
      throw error;
    }
  }

  /** For files that go with it: deleted in the end, or by the next fabric. */
  get folder(): string {
    return this.#fabric.folder;
  }

  /** Where the flow manager's REST API is. */
  get api(): { readonly url: string; readonly token: string } {
    return this.#manager;
  }

  get clients(): Clients {
    if (this.#clients === undefined) throw new Error('Expected the clients to have been started.');
    return this.#clients;
  }

  get relocations(): readonly Relocation[] {
    return this.#follower.relocations;
  }

  /** What each guest was to get of the new connections by its weights since a moment, by the guest's name. */
  sharesSince(from: number): Promise<ReadonlyMap<string, Ratio>> {
    return this.#shares.since(from);
  }

  async startClients(rate: number): Promise<void> {
    const services = Object.entries(this.#manager.vips).map(([name, address]) => ({ name, address }));
    this.#clients = await Clients.start(this.#fabric, { services, rate, held: HELD });
  }

  /** Kills the guest that gets the most traffic, of those that did not move; the clients end after that. */
  async kill(): Promise<Failover> {
    const moved = new Set(this.relocations.map(({ guest }) => guest));
    const [service = '', members = []] = Object.entries(this.#guests)[0] ?? [];
    const answered = countsOf(this.clients.samples.slice(-1000));
    const candidates = members.filter(({ name }) => !moved.has(name));
    const [victim] = candidates.toSorted((a, b) => (answered.get(b.name) ?? 0) - (answered.get(a.name) ?? 0));
    if (victim === undefined) throw new Error('Expected a guest that did not move.');
    return killGuest(victim, service, { fabric: this.#fabric, clients: this.clients, window: this.#manager.window });
  }

  async stop(): Promise<void> {
    this.#shares.stop();
    try {
      await this.#follower.stop();
    } finally {
      await Promise.all(Object.values(this.pools).flatMap((pool) => pool.map((guest) => guest.close())));
      await this.#manager.stop();
      await this.#fabric.stop();
    }
  }

  async #sharesNow(): Promise<ReadonlyMap<string, Ratio>> {
    const shares = await this.#manager.shares();
    const guests = Object.values(this.#guests).flat();
    return new Map(guests.map(({ name, guest }) => [name, shares.get(guest) ?? 0]));
  }
}

function countsOf(samples: readonly Sample[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { guest } of samples) if (guest !== undefined) counts.set(guest, (counts.get(guest) ?? 0) + 1);
  return counts;
}
