import type { GuestId, Milliseconds, NodeName } from '@ballast/core';
import type { Fault } from './fault.ts';

/** A guest of the scenario's cluster. */
export interface ScenarioGuest {
  readonly id: GuestId;
  readonly node: NodeName;
  readonly vcpus: number;
  /** GiB. */
  readonly memory: number;
  /** Cores that it asks for, all the time. */
  readonly cores: number;
  readonly tags: readonly string[];
  readonly container: boolean;
  readonly ha: boolean;
}

/** All that a run depends on. */
export interface Scenario {
  readonly seed: number;
  readonly nodes: readonly NodeName[];
  readonly guests: readonly ScenarioGuest[];
  /** Operators that share a store and a lease, or one alone. */
  readonly operators: 1 | 2;
  /** What a member's weight does while its guest migrates. */
  readonly whileMigrating: 'reduce' | 'drain';
  readonly perHour: number;
  readonly concurrent: number;
  /** Faults strike within it. */
  readonly troubled: Milliseconds;
  /** What is left over for it to end well. */
  readonly calm: Milliseconds;
  readonly faults: readonly Fault[];
}
