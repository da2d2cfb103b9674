import type { Clock, GuestId, Instant, Milliseconds, NodeName } from '@ballast/core';
import { hasKind } from '../errors/proxmox-error.ts';
import type { Api } from '../wire/api.ts';
import { number, type Row, rows, text } from '../wire/fields.ts';

/** Jobs run minutes apart, and are seldom changed. */
const KEEP: Milliseconds = 20_000;

/** Where the disks of a guest are replicated to. */
export interface Replication {
  /** Every node that a job leads to, whether it runs or not: the only ones that Proxmox VE moves the guest to live. */
  readonly targets: readonly NodeName[];
  /** Those that have a replica: the newest run to them succeeded. */
  readonly synced: readonly NodeName[];
}

interface Kept<T> {
  readonly value: T;
  readonly readAt: Instant;
}

/** Jobs by the guest, and of each the node it leads to. */
type Targets = ReadonlyMap<GuestId, readonly NodeName[]>;

/**
 * Replication jobs, which Proxmox VE's preconditions do not tell of: one request, and one for each node that has
 * replicated guests. An aid: where they cannot be read, the request that starts a migration is refused all the same.
 */
export class ReplicationBook {
  readonly #clock: Clock;
  #jobs: Kept<Targets> | undefined;
  readonly #synced = new Map<NodeName, Kept<Targets>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Replication of those of the guests that have any. */
  async read(
    guests: readonly { readonly id: GuestId; readonly node: NodeName }[],
    api: Api,
  ): Promise<ReadonlyMap<GuestId, Replication>> {
    if (guests.length === 0) return new Map();
    let jobs = await this.#readJobs(api);
    // A job turns round when its guest moves to its target: one that leads to where the guest is was read before.
    if (guests.some(({ id, node }) => jobs.get(id)?.includes(node))) {
      this.#synced.clear();
      jobs = await this.#readJobs(api, 0);
    }
    const replicated = guests.filter(({ id }) => jobs.has(id));
    const nodes = [...new Set(replicated.map(({ node }) => node))];
    await Promise.all(nodes.map((node) => this.#readRuns(node, api)));
    return new Map(
      replicated.map(({ id, node }) => [
        id,
        { targets: jobs.get(id) ?? [], synced: this.#synced.get(node)?.value.get(id) ?? [] },
      ]),
    );
  }

  async #readJobs(api: Api, keep = KEEP): Promise<Targets> {
    const known = this.#jobs;
    if (known !== undefined && this.#clock.now() - known.readAt < keep) return known.value;
    const value = (await tolerate(() => api.cluster.replication.$get())) ?? known?.value ?? new Map();
    this.#jobs = { value, readAt: this.#clock.now() };
    return value;
  }

  /** How the runs went: the node of the guest knows. */
  async #readRuns(node: NodeName, api: Api): Promise<void> {
    const known = this.#synced.get(node);
    if (known !== undefined && this.#clock.now() - known.readAt < KEEP) return;
    const value = (await tolerate(() => api.nodes.$(node).replication.$get(), hasReplica)) ?? new Map();
    this.#synced.set(node, { value, readAt: this.#clock.now() });
  }
}

/** A job that fails keeps its old replica, and what has to be sent grows with every hour: that is cheap no more. */
function hasReplica(job: Row): boolean {
  return (number(job, 'last_sync') ?? 0) > 0 && (number(job, 'fail_count') ?? 0) === 0;
}

async function tolerate(
  ask: () => Promise<unknown>,
  counts: (job: Row) => boolean = () => true,
): Promise<Targets | undefined> {
  try {
    return targetsOf(rows(await ask(), 'the replication jobs').filter(counts));
  } catch (error) {
    if (!hasKind(error, 'gone', 'permission', 'fatal', 'conflict', 'transient')) throw error;
    return undefined;
  }
}

function targetsOf(jobs: readonly Row[]): Targets {
  const targets = new Map<GuestId, NodeName[]>();
  for (const job of jobs) {
    const guest = number(job, 'guest');
    const target = text(job, 'target');
    if (guest === undefined || target === undefined) continue;
    const known = targets.get(guest);
    if (known === undefined) targets.set(guest, [target]);
    else if (!known.includes(target)) known.push(target);
  }
  return targets;
}

/** Why a guest may not move live to a node, in words; nothing when it may. */
export function explainReplication({ targets }: Replication, node: NodeName): string | undefined {
  return targets.includes(node) ? undefined : `the guest is replicated to ${targets.join(', ')}, and not to there`;
}
