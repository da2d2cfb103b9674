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
  /** How far the clock of its node was ahead when it began. */
  readonly clockSkew?: Milliseconds;
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
  /** Where disks go. */
  readonly targetStorage?: string;
  /** Started by the HA manager. */
  readonly ha: boolean;
  /** It never comes to an end. */
  readonly stalled?: true;
  /** It ends with a warning. */
  readonly warning?: string;
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
  /** Before Proxmox VE 9. */
  readonly group?: string;
  /** Where it was when its node went into maintenance, and is to return. */
  readonly home?: NodeName;
}

/** A group of nodes for services, before Proxmox VE 9. */
export interface HaGroup {
  readonly group: string;
  /** Priorities by node; 0 where none was given. */
  readonly nodes: Readonly<Record<NodeName, number>>;
  readonly restricted: boolean;
  readonly nofailback: boolean;
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

/** A snapshot of a guest's disks. */
export interface GuestSnapshot {
  readonly name: string;
  readonly at: Instant;
  readonly description: string;
  /** With the memory. */
  readonly vmstate: boolean;
  readonly parent?: string;
  /** The configuration as it was. */
  readonly config: Readonly<Record<string, string | number>>;
}

/** Copies a guest's local disks to another node again and again. */
export interface ReplicationJob {
  /** `GUEST-NUMBER` */
  readonly id: string;
  readonly guest: GuestId;
  readonly target: NodeName;
  /** A calendar event; `*\/15` for every fifteen minutes is understood. */
  readonly schedule: string;
  readonly comment?: string;
  readonly disabled: boolean;
  /** Megabytes a second. */
  readonly rate?: number;
  readonly lastSync?: Instant;
  readonly nextSync: Instant;
  readonly failCount: number;
  readonly error?: string;
  readonly log: readonly string[];
}

export type PowerAction = 'start' | 'stop' | 'shutdown' | 'reboot' | 'reset' | 'suspend' | 'resume';

/** What a task does at its end. */
export type JobWork =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'power'; readonly guest: GuestId; readonly action: PowerAction }
  | {
      readonly kind: 'snapshot';
      readonly guest: GuestId;
      readonly snapshot: GuestSnapshot;
    }
  | { readonly kind: 'forget-snapshot'; readonly guest: GuestId; readonly name: string }
  | { readonly kind: 'rollback'; readonly guest: GuestId; readonly name: string }
  | { readonly kind: 'unlock'; readonly guest: GuestId }
  | {
      readonly kind: 'bulk-migrate';
      readonly to: NodeName;
      readonly user: string;
      readonly workers: number;
      readonly waiting: readonly GuestId[];
      readonly withLocalDisks: boolean;
      /** UPIDs of what it has started. */
      readonly running: readonly string[];
      readonly failed: number;
    };

/** A task of fixed length, or one that waits for others. */
export interface WorldJob {
  readonly upid: string;
  readonly endsAt: Instant;
  readonly work: JobWork;
}

/** A backup job of the datacenter, as it is listed. */
export interface BackupJob {
  readonly id: string;
  readonly schedule: string;
  readonly storage: string;
  readonly enabled: boolean;
  /** Its guests; all when absent. */
  readonly guests?: readonly GuestId[];
  readonly comment?: string;
}

/** One name for devices of several nodes. */
export interface DeviceMapping {
  readonly kind: 'pci' | 'usb';
  readonly id: string;
  readonly description: string;
  /** Property strings, one a device: `node=pve1,path=0000:01:00.0,id=10de:1eb8`. */
  readonly map: readonly string[];
}
