import type {
  Bytes,
  BytesPerSecond,
  Cores,
  GuestId,
  GuestKind,
  Instant,
  Milliseconds,
  NodeName,
  Ratio,
} from '@ballast/core';

/** A worker task of Proxmox VE. */
export interface WorldTask {
  readonly upid: string;
  readonly node: NodeName;
  readonly pid: number;
  readonly pstart: number;
  readonly startedAt: Instant;
  /** Such as `qmigrate`. */
  readonly type: string;
  /** What it works on: a vmid as text. */
  readonly id: string;
  /** `user@realm`, or `user@realm!token`. */
  readonly user: string;
  readonly endedAt?: Instant;
  /** `OK`, or the text of the error. */
  readonly exit?: string;
  readonly log: readonly string[];
}

/**
 * How far a migration is:
 *
 *     live     prepare -> [disks] -> copy -> switch -> finish
 *     offline  prepare -> [disks] -> finish
 *     restart  stop    -> [disks] -> start -> finish
 */
export type MigrationPhase = 'prepare' | 'stop' | 'disks' | 'copy' | 'switch' | 'start' | 'finish';

/** A migration under way. */
export interface WorldMigration {
  readonly upid: string;
  readonly guest: GuestId;
  readonly kind: GuestKind;
  readonly from: NodeName;
  readonly to: NodeName;
  readonly mode: 'live' | 'restart' | 'offline';
  readonly phase: MigrationPhase;
  readonly startedAt: Instant;
  /** End of a phase that takes a fixed time. */
  readonly phaseEndsAt?: Instant;
  /** Memory to be sent at first; held on the target from `copy` on. */
  readonly memoryUsed: Bytes;
  /** Disks that are copied along. */
  readonly diskBytes: Bytes;
  /** What is still to be sent in `disks` or `copy`. */
  readonly remaining: Bytes;
  /** Memory that was sent, pages sent again included. */
  readonly transferred: Bytes;
  readonly copyStartedAt?: Instant;
  /** The last whole second of the copy that was logged. */
  readonly logged: number;
  readonly downtimeLimit: Milliseconds;
  /** For how long the rest has not become less. */
  readonly stalledFor: Milliseconds;
  /** How long the guest stood still at the switch-over. */
  readonly downtime: Milliseconds;
  /** The configuration lies on the target. */
  readonly moved: boolean;
  readonly bandwidthLimit?: BytesPerSecond;
  /** Started by the HA manager. */
  readonly ha: boolean;
  /** A failure that waits to strike. */
  readonly failure?: { readonly at: Instant; readonly reason: string };
}

/** A guest under the HA manager. */
export interface HaService {
  /** The requested state. */
  readonly state: 'started' | 'stopped' | 'disabled' | 'ignored';
  /** The state that the manager has brought it to, such as `started`, `migrate` or `error`. */
  readonly crm: string;
  readonly maxRestart: number;
  readonly maxRelocate: number;
  readonly failback: boolean;
  readonly comment?: string;
}

interface HaRuleBase {
  readonly rule: string;
  readonly guests: readonly GuestId[];
  readonly disabled: boolean;
  readonly comment?: string;
}
export interface NodeAffinityRule extends HaRuleBase {
  readonly type: 'node-affinity';
  /** Priorities by node; 0 where none was given. */
  readonly nodes: Readonly<Record<NodeName, number>>;
  readonly strict: boolean;
}
export interface ResourceAffinityRule extends HaRuleBase {
  readonly type: 'resource-affinity';
  readonly affinity: 'positive' | 'negative';
}
export type HaRule = NodeAffinityRule | ResourceAffinityRule;

/** A migration that was asked of the HA manager and waits for its next round. */
export interface HaCommand {
  readonly guest: GuestId;
  readonly to: NodeName;
  /** The `hamigrate` task that files it. */
  readonly upid: string;
  readonly filedAt: Instant;
  readonly filed: boolean;
}

/** What pvestatd said of a node last. */
export interface NodeSample {
  readonly at: Instant;
  readonly bootedAt: Instant;
  /** Share of its threads that were busy since the sample before. */
  readonly cpu: Ratio;
  readonly memory: Bytes;
  /** Runnable tasks, as the load average has them. */
  readonly runnable: Cores;
  readonly coreTime: number;
  readonly netIn: Bytes;
  readonly netOut: Bytes;
}

/** What pvestatd said of a guest last. */
export interface GuestSample {
  readonly at: Instant;
  /** Who said it. */
  readonly node: NodeName;
  readonly running: boolean;
  readonly startedAt: Instant;
  /** Share of its vCPUs since the sample before; 0 in the first sample of a process. */
  readonly cpu: Ratio;
  readonly memory: Bytes;
  readonly cpuSome: Ratio;
  readonly coreTime: number;
  readonly netIn: Bytes;
  readonly netOut: Bytes;
  readonly diskRead: Bytes;
  readonly diskWrite: Bytes;
}

/** The figures that the whole cluster sees. They lag behind the activity by up to a cycle of pvestatd. */
export interface Published {
  readonly nodes: Readonly<Record<NodeName, NodeSample>>;
  readonly guests: Readonly<Record<GuestId, GuestSample>>;
}

/** Means over one minute of the round-robin database. */
export interface RrdMinute {
  /** End of the minute. */
  readonly at: Instant;
  readonly nodes: Readonly<Record<NodeName, NodeMinute>>;
  readonly guests: Readonly<Record<GuestId, GuestMinute>>;
}

export interface NodeMinute {
  readonly cpu: Ratio;
  readonly memory: Bytes;
  readonly runnable: Cores;
  readonly cpuSome: Ratio;
  readonly memorySome: Ratio;
  /** Counters at the end of the minute: rates come from two rows. */
  readonly coreTime: number;
  readonly netIn: Bytes;
  readonly netOut: Bytes;
}

export interface GuestMinute {
  readonly cpu: Ratio;
  readonly memory: Bytes;
  readonly cpuSome: Ratio;
  readonly startedAt: Instant;
  readonly coreTime: number;
  readonly netIn: Bytes;
  readonly netOut: Bytes;
  readonly diskRead: Bytes;
  readonly diskWrite: Bytes;
}
