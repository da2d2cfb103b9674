import type { Coexistence } from './coexistence.ts';
import type { NodeName } from './node.ts';
import type { BytesPerSecond, Milliseconds, Ratio } from './units.ts';

/** Thresholds of one resource, ratios 0..1, target < high <= ceiling. */
export interface ResourcePolicy {
  /** A node above it, for `sustain` rounds, is `over`. */
  readonly high: Ratio;
  /** Relief stops here: enter high, leave low. */
  readonly target: Ratio;
  /** No step brings a node above it, at any moment. */
  readonly ceiling: Ratio;
}

/** What the links of nodes carry that guests use. */
export interface NetworkPolicy {
  /** What a node's links carry each way... */
  readonly capacity: BytesPerSecond;
  /** ...but of these nodes. */
  readonly nodes?: Readonly<Record<NodeName, BytesPerSecond>>;
  /** No step brings what the guests of a node receive together, or send, above this share of it. */
  readonly ceiling: Ratio;
}

/**
 * What plans are for: `standard` mends rules, empties nodes in maintenance and relieves hot nodes; `relief` and `rules` do that
 * one thing alone; `balance` evens nodes out as well, and `pack` empties as many as it can.
 */
export const BALANCE_PROFILES = ['standard', 'relief', 'rules', 'balance', 'pack'] as const;
export type BalanceProfile = (typeof BALANCE_PROFILES)[number];

/** From 1, which moves for large gains alone, to 5. */
export type Aggressiveness = 1 | 2 | 3 | 4 | 5;

/** The least gains that make a step worth its while, by aggressiveness: see {@link BalancePolicy}. */
export const GAIN_FLOORS: Readonly<Record<Aggressiveness, { readonly minGain: Ratio; readonly minEvenGain: Ratio }>> = {
  1: { minGain: 0.05, minEvenGain: 0.15 },
  2: { minGain: 0.03, minEvenGain: 0.1 },
  3: { minGain: 0.02, minEvenGain: 0.05 },
  4: { minGain: 0.01, minEvenGain: 0.03 },
  5: { minGain: 0.005, minEvenGain: 0.01 },
};

/** Whether the HA guests of any one node would find room if it failed: not looked at, told of, or kept by every step. */
export const RESERVES = ['off', 'warn', 'enforce'] as const;
export type Reserve = (typeof RESERVES)[number];

/** How migrations are decided. The configuration's `balance` section compiles to it. */
export interface BalancePolicy {
  /** `standard` when left out. */
  readonly profile?: BalanceProfile;
  readonly cpu: ResourcePolicy;
  readonly memory: ResourcePolicy;
  /** Rounds in a row above `high` before a node is `over`. */
  readonly sustain: number;
  /**
   * Where hosts report pressure stall information: no step brings a guest onto a node whose pressure is at or above
   * `ceiling`. Not looked at when left out.
   */
  readonly pressure?: { readonly ceiling: Ratio };
  /** A node below it on every resource is `under`. */
  readonly low: Ratio;
  /** Weight of the newest sample in the exponential smoothing, 0 < a <= 1. */
  readonly smoothing: Ratio;
  /** Least fall of the source's dominant utilization that makes a step worth its while. */
  readonly minGain: Ratio;
  /** Least fall of the fuller of two nodes that makes a step towards evenness worth its while; 5 % when left out. */
  readonly minEvenGain?: Ratio;
  /** `off` when left out. */
  readonly reserve?: Reserve;
  readonly maxSteps: number;
  /** Rest of a guest after it moved; doubles with each further move within a day, up to `coolDownMax`. */
  readonly coolDown: Milliseconds;
  readonly coolDownMax: Milliseconds;
  /** A guest does not return within this time to a node it was moved away from. */
  readonly noReturn: Milliseconds;
  /**
   * Memory that the guests of a node may be configured with, used or not, as a factor of the node's own: no step brings a
   * node above it. Not looked at when left out.
   */
  readonly memoryOvercommit?: Ratio;
  /** Guests that may run on one node: no step brings a node above it. Not looked at when left out. */
  readonly maxGuests?: number;
  /** Not looked at when left out: Proxmox VE does not tell what links carry. */
  readonly network?: NetworkPolicy;
  /** Containers are restarted when they move; off by default. */
  readonly containers: boolean;
  /** Copy disks that are not shared along; off by default. */
  readonly localDisks: boolean;
  /** `cede` when left out. */
  readonly coexistence?: Coexistence;
  /** Bandwidth that a migration is expected to get. */
  readonly migrationBandwidth: BytesPerSecond;
  /** Dirty rate assumed where none is known, per busy core. */
  readonly dirtyRatePerCore: BytesPerSecond;
}

/** A span of time that comes back. */
export interface TimeSpan {
  /** When it begins: a cron expression of 5 fields, or of 6 with seconds first. */
  readonly cron: string;
  readonly duration: Milliseconds;
}

/** Bounds on what is carried out. They hold at every instant, and the most restrictive one wins. */
export interface Budgets {
  /** Migrations at once in the cluster. */
  readonly concurrent: number;
  /** Migrations at once into or out of one node. */
  readonly concurrentPerNode: number;
  /** Migrations at once into one node; as `concurrentPerNode` when left out. */
  readonly concurrentIn?: number;
  /** Migrations at once out of one node; as `concurrentPerNode` when left out. */
  readonly concurrentOut?: number;
  readonly perHour: number;
  /** Migrations begin within one of these alone; at any time where there is none. */
  readonly windows?: readonly TimeSpan[];
  /** No migration begins within one of these. */
  readonly blackouts?: readonly TimeSpan[];
  /** An IANA name, such as `Europe/Berlin`, that their cron expressions are meant in; UTC when left out. */
  readonly timezone?: string;
}

/** How a migration is carried through. The configuration's `execution` section compiles to it. */
export interface ExecutionPolicy {
  readonly timeout: {
    /** A migration is overdue after this multiple of its predicted duration... */
    readonly factor: number;
    /** ...and not before this time. */
    readonly least: Milliseconds;
    /** What becomes of one that is overdue: it is followed on, or its task is stopped. */
    readonly action: 'follow' | 'abort';
  };
  /** Migrations wait for a backup of their guest, or for any that runs on one of their nodes; `guest` when left out. */
  readonly backups?: 'guest' | 'node';
}

/** How weights are decided. The configuration's `weights` section compiles to it. */
export interface WeightPolicy {
  /** Exponent of the guest's headroom. */
  readonly headroomExponent: number;
  /** Exponent of (1 - pressure of the node). */
  readonly pressureExponent: number;
  /** Factor of a guest that migrates live. */
  readonly migrationFactor: Ratio;
  /** Share of the way to the wanted weight that is gone in one round, 0 < d <= 1. */
  readonly damping: Ratio;
  /** Relative differences below it are not acted on. */
  readonly deadBand: Ratio;
  /** Largest relative change in one round. */
  readonly maxStep: Ratio;
  /** Least weight of a ready member, as a share of its base. */
  readonly floor: Ratio;
}

export type Mode = 'observe' | 'advise' | 'auto';
export const MODES: readonly Mode[] = ['observe', 'advise', 'auto'];
