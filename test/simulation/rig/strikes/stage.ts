import type { Instant, Milliseconds, NodeName } from '@ballast/core';
import type { Agenda } from '../../engine/agenda.ts';
import type { Process } from '../../engine/process.ts';
import type { Fault } from '../../scenario/fault.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Calls } from '../calls.ts';
import type { Cluster } from '../cluster.ts';
import type { Disk } from '../disk.ts';
import type { Host } from '../host.ts';
import type { TraceLine } from '../log.ts';

/** What faults can reach. */
export interface Stage {
  readonly scenario: Scenario;
  readonly start: Instant;
  readonly agenda: Agenda;
  readonly cluster: Cluster;
  readonly disk: Disk;
  readonly calls: Calls;
  readonly trace: (line: TraceLine) => void;
  /** When a node was last taken away, or given back. */
  readonly changedAt: Map<NodeName, Instant>;
  /** How far clocks of operators were set until now, in all. */
  jumped: Milliseconds;
  /** When the store last forgot who has the lease. */
  leaseLostAt: Instant;
  /** When what emptied a node ended. */
  readonly healedAt: Map<NodeName, Instant>;
  /** Told that others have moved load at once. */
  readonly touched: () => void;
  hostOf(fault: Fault): Host;
  crash(process: Process, fault: Fault): void;
}

/** Lets a fault befall. Where it has an end, what ends it is answered. */
export type Strike = (fault: Fault, stage: Stage) => (() => void) | undefined;
