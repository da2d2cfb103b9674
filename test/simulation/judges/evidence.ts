import type { GuestId, Instant, Milliseconds, NodeName } from '@ballast/core';
import type { World, WorldMigration } from '@ballast/pve-simulator';
import type { Request } from '../rig/network.ts';
import type { Simulation } from '../rig/simulation.ts';

/** A request for a migration, as it left an operator. */
export interface Asked {
  readonly at: Instant;
  readonly request: Request;
  /** The life of the operator. */
  readonly by: string;
  readonly guest: GuestId;
  readonly from: NodeName;
  readonly to: NodeName;
  /** When the intent that stood for it in the store was begun, by the clock of who wrote it. */
  readonly intent: Instant | undefined;
  /** When the cluster took it, and what it said. */
  arrivedAt: Instant | undefined;
  status: number;
  /** The task that it became. */
  upid: string | undefined;
  /** The task of the HA manager that carries it out. */
  child: string | undefined;
  answered: boolean;
  /** The guest has arrived. */
  done: boolean;
  doneAt: Instant;
  /** The node that it left had no CPU to spare when it was asked for: it may take more elsewhere. */
  readonly starved: boolean;
}

/** What one life of an operator has been told. */
export interface Known {
  /** When the newest list of resources that has reached it was made, and how old the figures of each node were then. */
  resources:
    | { readonly at: Instant; readonly ages: ReadonlyMap<NodeName, Milliseconds>; readonly world: World }
    | undefined;
  /** When the first one was made: before it, nobody knows how long figures have stood still. */
  since: Instant;
  /** The newest word on quorum, and on which nodes are online. */
  quorate: boolean;
  online: ReadonlySet<NodeName>;
  /** By guest: the newest answer on its preconditions. */
  readonly preconditions: Map<GuestId, Preconditions>;
}

export interface Preconditions {
  readonly at: Instant;
  readonly node: NodeName;
  readonly status: number;
  readonly refused: ReadonlySet<NodeName>;
}

/** The HA manager begins what was asked of it within this time, or never. */
const QUEUED: Milliseconds = 60_000;
/** How long an operator takes a request whose answer was lost for one that may still take effect. */
const IN_DOUBT: Milliseconds = 60_000;
/** Tags of guests that are to be apart. */
const APART = 'ballast-anti-affinity_';

/** Everything that judges may rest on: what the simulated cluster, the network and the store saw. Nothing that operators say. */
export class Evidence {
  readonly simulation: Simulation;
  readonly asked: Asked[] = [];
  /** When each life of an operator last wrote the history. */
  readonly #wrote = new Map<string, Instant>();
  readonly #known = new Map<string, Known>();

  constructor(simulation: Simulation) {
    this.simulation = simulation;
  }

  get now(): Instant {
    return this.simulation.agenda.now;
  }

  known(process: string): Known {
    let known = this.#known.get(process);
    if (known === undefined) {
      known = {
        resources: undefined,
        since: 0,
        quorate: false,
        online: new Set(),
        preconditions: new Map(),
      };
      this.#known.set(process, known);
    }
    return known;
  }

  writes(process: string): void {
    this.#wrote.set(process, this.now);
  }

  /** Whether others have written the history since then, by clocks of their own. */
  othersWrote(process: string, since: Instant): boolean {
    return [...this.#wrote].some(([other, at]) => other !== process && at >= since);
  }

  /** Migrations that run now and that an operator has asked for. */
  ours(): readonly WorldMigration[] {
    const { world } = this.simulation.cluster;
    return world.migrations.filter((migration) => this.askedFor(migration));
  }

  /** Guests that are never to share a node with this one. */
  companions(id: GuestId, { guests }: World = this.simulation.cluster.world): readonly World['guests'][number][] {
    const apart = guests.find((guest) => guest.id === id)?.tags.filter((tag) => tag.startsWith(APART)) ?? [];
    return guests.filter((guest) => guest.id !== id && guest.tags.some((tag) => apart.includes(tag)));
  }

  /** Guests of which a migration was begun lately: asked for, or written down and open. Operators' clocks differ. */
  begunIn(time: Milliseconds): ReadonlySet<GuestId> {
    const { disk, jumped } = this.simulation;
    const asked = this.asked.filter(({ at }) => at > this.now - time);
    const open = disk.history.moves.filter(
      ({ outcome, startedAt }) => outcome === 'running' && startedAt > this.now - time - jumped,
    );
    return new Set([...asked, ...open].map(({ guest }) => guest));
  }

  /**
   * Whether a request lies, or lay, longer with a slow node than another operator, or another life of its own, is in doubt of
   * it, as their wall clocks differ: it counts from what the first one wrote down (docs/simulation-testing.md).
   */
  outlastsDoubt({ at, by, arrivedAt }: Asked, other: string): boolean {
    const { jumped } = this.simulation;
    return jumped > 0 && other !== by && (arrivedAt ?? this.now) - at > IN_DOUBT - jumped;
  }

  /** Notes which migrations have come to a good end. */
  settle(): void {
    const { tasks } = this.simulation.cluster.world;
    for (const asked of this.asked) {
      if (asked.done || asked.upid === undefined) continue;
      const task = tasks.findLast(({ upid }) => upid === (asked.child ?? asked.upid));
      asked.doneAt = task?.endedAt ?? 0;
      asked.done = task?.type !== 'hamigrate' && (task?.exit === 'OK' || task?.exit?.startsWith('WARNINGS') === true);
    }
  }

  /** Whether an operator has asked for it: by its own task, or through the HA manager. */
  askedFor({ upid }: WorldMigration): boolean {
    return this.asked.some((asked) => asked.upid === upid || asked.child === upid);
  }

  /** Finds the tasks by which the HA manager carries out what was asked of it. */
  adopt(migrations: readonly WorldMigration[]): void {
    for (const { ha, guest, to, startedAt, upid } of migrations) {
      if (!ha || this.asked.some(({ child }) => child === upid)) continue;
      const request = this.asked.find(
        (asked) =>
          asked.child === undefined &&
          asked.upid?.includes(':hamigrate:') === true &&
          asked.guest === guest &&
          asked.to === to &&
          startedAt - (asked.arrivedAt ?? 0) < QUEUED,
      );
      if (request !== undefined) request.child = upid;
    }
  }
}
