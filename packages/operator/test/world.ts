import type {
  Blocker,
  ClusterSnapshot,
  ClusterSource,
  CurrentWeight,
  FoundMigration,
  GuestId,
  Migration,
  MigrationOutcome,
  MigrationTask,
  Migrator,
  TargetAssignment,
  TargetReport,
  WeightTarget,
} from '@ballast/core';
import { T0 } from '@ballast/testkit';

/** A cluster whose snapshots a test writes by hand, and that moves a guest when the test says so. */
export class TestCluster implements ClusterSource, Migrator {
  snapshot: ClusterSnapshot;
  readonly inspected: GuestId[] = [];
  readonly started: Migration[] = [];
  readonly aborted: MigrationTask[] = [];
  /** Thrown by the next calls of this name. */
  readonly failures: Partial<Record<'observe' | 'inspect' | 'start' | 'follow' | 'find', Error>> = {};
  refusals: readonly Blocker[] = [];
  /** What runs under the operator's identity. */
  own: readonly FoundMigration[] = [];
  /** The most migrations that ran at once. */
  mostAtOnce = 0;
  readonly #ended = new Map<string, MigrationOutcome>();
  readonly #running = new Map<string, { step: Migration; end: (outcome: MigrationOutcome) => void }>();

  constructor(snapshot: ClusterSnapshot) {
    this.snapshot = snapshot;
  }

  get running(): readonly Migration[] {
    return [...this.#running.values()].map(({ step }) => step);
  }

  async observe(): Promise<ClusterSnapshot> {
    if (this.failures.observe) throw this.failures.observe;
    return this.snapshot;
  }

  async inspect(guests: readonly GuestId[]): Promise<readonly ClusterSnapshot['facts'][GuestId][]> {
    if (this.failures.inspect) throw this.failures.inspect;
    this.inspected.push(...guests);
    return guests.map((guest) => ({ guest, digest: 'd', localDiskBytes: 0, localResources: [], refusedNodes: {} }));
  }

  async addresses(guests: readonly GuestId[]): Promise<Record<GuestId, readonly string[]>> {
    return Object.fromEntries(guests.map((guest) => [guest, [`10.0.0.${guest % 256}`]]));
  }

  requireQuorum(): void {}

  async validate(): Promise<readonly Blocker[]> {
    return this.refusals;
  }

  async start(step: Migration): Promise<MigrationTask> {
    if (this.failures.start) throw this.failures.start;
    this.started.push(step);
    const task: MigrationTask = {
      id: `UPID:${this.started.length}`,
      node: step.from,
      guest: step.guest,
      startedAt: T0,
    };
    this.#running.set(task.id, { step, end: () => undefined });
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#running.size);
    return task;
  }

  /** A migration that somebody began before. */
  carry(step: Migration, id: string): void {
    this.#running.set(id, { step, end: () => undefined });
  }

  follow(task: MigrationTask, options: { readonly signal?: AbortSignal } = {}): Promise<MigrationOutcome> {
    if (this.failures.follow) return Promise.reject(this.failures.follow);
    const ended = this.#ended.get(task.id);
    if (ended !== undefined) return Promise.resolve(ended);
    return new Promise((resolve, reject) => {
      const entry = this.#running.get(task.id);
      if (entry !== undefined) entry.end = resolve;
      options.signal?.addEventListener('abort', () => reject(new Error('no longer followed')), { once: true });
    });
  }

  async find(tasks: ClusterSnapshot['tasks']): Promise<readonly FoundMigration[]> {
    if (this.failures.find) throw this.failures.find;
    return this.own.filter(({ task }) => tasks.some(({ id }) => id === task.id));
  }

  async abort(task: MigrationTask): Promise<void> {
    this.aborted.push(task);
    this.end(task.guest, { result: 'aborted', detail: 'interrupted by signal' });
  }

  /** Ends the migration of a guest; a done one changes where the guest is. */
  end(guest: GuestId, outcome: MigrationOutcome = { result: 'done', detail: 'OK' }): void {
    for (const [id, { step, end }] of this.#running) {
      if (step.guest !== guest) continue;
      this.#running.delete(id);
      this.#ended.set(id, outcome);
      if (outcome.result === 'done') this.move(guest, step.to);
      end(outcome);
    }
  }

  /** Moves a guest, and its load with it. */
  move(id: GuestId, to: string): void {
    const guest = this.snapshot.guests.find((entry) => entry.id === id);
    if (guest === undefined) return;
    const shift = (name: string, sign: 1 | -1, nodes: ClusterSnapshot['nodes']): ClusterSnapshot['nodes'] =>
      nodes.map((node) =>
        node.name !== name
          ? node
          : {
              ...node,
              usage: {
                cpu: node.usage.cpu + sign * guest.usage.cpu,
                memory: node.usage.memory + sign * guest.usage.memory,
              },
            },
      );
    this.snapshot = {
      ...this.snapshot,
      nodes: shift(to, 1, shift(guest.node, -1, this.snapshot.nodes)),
      guests: this.snapshot.guests.map((entry) => (entry.id === id ? { ...entry, node: to } : entry)),
    };
  }
}

/** A target that keeps what it was told, and has the weights of some members. */
export class TestTarget implements WeightTarget {
  readonly name: string;
  readonly kind = 'test';
  readonly applied: (readonly TargetAssignment[])[] = [];
  failure: Error | undefined;
  /** What it has; of members that it does not know it knows nothing later either. */
  has: readonly CurrentWeight[] = [];

  constructor(name: string) {
    this.name = name;
  }

  async apply(assignments: readonly TargetAssignment[]): Promise<TargetReport> {
    if (this.failure) throw this.failure;
    this.applied.push(assignments);
    this.has = this.has.map((current) => {
      const { weights } = assignments.find(({ service }) => service.name === current.service) ?? {};
      const told = weights?.members.find(({ member }) => member.guest === current.guest);
      return told === undefined ? current : { ...current, weight: told.weight, state: told.state };
    });
    return { target: this.name, kind: this.kind, changed: [], unchanged: 0, problems: [], duration: 0 };
  }

  async read(): Promise<readonly CurrentWeight[]> {
    if (this.failure) throw this.failure;
    return this.has;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Weight of a guest in the newest push. */
  weightOf(guest: GuestId): number | undefined {
    return this.applied
      .at(-1)
      ?.flatMap(({ weights }) => weights.members)
      .find((entry) => entry.member.guest === guest)?.weight;
  }
}
