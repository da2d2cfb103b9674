import type { Blocker } from './blocker.ts';
import type { GuestFacts, GuestId } from './guest.ts';
import type { History } from './history.ts';
import type { NodeName } from './node.ts';
import type { Migration } from './plan.ts';
import type { Service } from './service.ts';
import type { ClusterSnapshot, ClusterTask } from './snapshot.ts';
import type { Bytes, BytesPerSecond, Instant, Milliseconds, Ratio } from './units.ts';
import type { MemberState, ServiceWeights, Weight } from './weight.ts';

/** A source of chance, injected and seeded: a number 0 <= n < 1. */
export type Random = () => number;

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Observes a cluster. */
export interface ClusterSource {
  /**
   * One complete and fresh snapshot. The number of requests does not grow with the number of guests.
   * @throws {BallastError} when it cannot be complete and fresh; the code says why.
   */
  observe(options?: CallOptions): Promise<ClusterSnapshot>;
  /** Reads what costs requests per guest, for candidates alone; cached by digest. */
  inspect(guests: readonly GuestId[], options?: CallOptions): Promise<readonly GuestFacts[]>;
  /** Addresses of guests, for targets that match by address; a guest that tells none has an empty list. */
  addresses(guests: readonly GuestId[], options?: CallOptions): Promise<Readonly<Record<GuestId, readonly string[]>>>;
  /**
   * What is about to be done rests on a look; a request after it, for whatever reason, may have told more.
   * @throws {BallastError} when the loss of the quorum was told, and not yet its return
   */
  requireQuorum(): void;
}

/** A migration under way, named by Proxmox VE's UPID. */
export interface MigrationTask {
  readonly id: string;
  readonly node: NodeName;
  readonly guest: GuestId;
  readonly startedAt: Instant;
}

export interface MigrationProgress {
  /** Share of the memory that was transferred, 0..1; it may stay below 1 for a guest that dirties its memory. */
  readonly ratio: Ratio;
  readonly transferred?: Bytes;
  readonly total?: Bytes;
  readonly speed?: BytesPerSecond;
  /** The newest line of the task's log. */
  readonly line?: string;
}

export interface MigrationOutcome {
  readonly result: 'done' | 'failed' | 'aborted';
  /** Proxmox VE's own exit status. */
  readonly detail: string;
  readonly downtime?: Milliseconds;
  readonly transferred?: Bytes;
}

export interface FollowOptions extends CallOptions {
  readonly onProgress?: (progress: MigrationProgress) => void;
}

/** A migration that runs, and that was begun under the migrator's own identity. */
export interface FoundMigration {
  /** What {@link Migrator.follow} takes. Its node is the one that the guest leaves. */
  readonly task: MigrationTask;
  readonly to: NodeName;
  /** The task that asked the HA manager for it, where that is another one. */
  readonly request?: string;
}

export interface StartOptions extends CallOptions {
  /**
   * Asked each time right before the request leaves: logging in, and finding an entry point that answers, take their time.
   * @throws what keeps it back; nothing is sent then, and `start` throws the same
   */
  readonly mayLeave?: () => void;
}

/** Carries out migrations. */
export interface Migrator {
  /** Proxmox VE's own precondition call, right before the step. No blockers: it may start. */
  validate(step: Migration, options?: CallOptions): Promise<readonly Blocker[]>;
  /**
   * Starts the migration; never repeated by the driver, so it is submitted at most once.
   * @throws {KeptBackError} when something known to the driver stands against it; nothing is sent then
   */
  start(step: Migration, options?: StartOptions): Promise<MigrationTask>;
  /** Follows the task to its end. An aborted `signal` ends the following, not the migration. */
  follow(task: MigrationTask, options?: FollowOptions): Promise<MigrationOutcome>;
  /** Those of the running tasks that are migrations of this migrator's own identity; one that ended meanwhile is left out. */
  find(tasks: readonly ClusterTask[], options?: CallOptions): Promise<readonly FoundMigration[]>;
  /** Asks Proxmox VE to stop the task; the outcome arrives through {@link follow}. */
  abort(task: MigrationTask, options?: CallOptions): Promise<void>;
}

/** A service as one target carries it, with the weights it is to have. */
export interface TargetAssignment {
  readonly service: Service;
  readonly options: Readonly<Record<string, unknown>>;
  readonly weights: ServiceWeights;
}

export interface AppliedWeight {
  readonly service: string;
  readonly guest: GuestId;
  /** The name the load balancer knows the member by, such as `web/web-01`. */
  readonly handle: string;
  /** In the load balancer's own scale. */
  readonly before: number;
  readonly after: number;
  readonly state: MemberState;
}

export interface TargetProblem {
  readonly code: string;
  readonly message: string;
  readonly service?: string;
  readonly guest?: GuestId;
}

/** What a target did in one round. A problem of one member never keeps the others from being applied. */
export interface TargetReport {
  readonly target: string;
  readonly kind: string;
  /** Members whose weight or state was changed, read back after the write. */
  readonly changed: readonly AppliedWeight[];
  readonly unchanged: number;
  readonly problems: readonly TargetProblem[];
  readonly duration: Milliseconds;
}

export interface CurrentWeight {
  readonly service: string;
  readonly guest: GuestId;
  readonly handle: string;
  readonly weight: Weight;
  readonly scaled: number;
  readonly state: MemberState;
}

/** A load balancer that takes weights. Level-triggered: it is told the whole wanted state and changes what differs. */
export interface WeightTarget {
  readonly name: string;
  /** The driver, such as `haproxy`. */
  readonly kind: string;
  /** Members are matched by address: the operator fills in {@link Member.address}. */
  readonly usesAddresses?: boolean;
  /** Brings the load balancer to the assigned weights and states, reading back what it set. Reports problems, throws none. */
  apply(assignments: readonly TargetAssignment[], options?: CallOptions): Promise<TargetReport>;
  /**
   * What the load balancer has now.
   * @throws {BallastError} when it cannot be reached.
   */
  read(assignments: readonly TargetAssignment[], options?: CallOptions): Promise<readonly CurrentWeight[]>;
  close(): Promise<void>;
}

/** Keeps the history between rounds and restarts. */
export interface HistoryStore {
  /** {@link EMPTY_HISTORY} when there is none yet. */
  load(): Promise<History>;
  save(history: History): Promise<void>;
}
