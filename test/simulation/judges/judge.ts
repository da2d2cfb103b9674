import type { History, TargetAssignment } from '@ballast/core';
import type { Process } from '../engine/process.ts';
import type { Asked, Evidence } from './evidence.ts';

/** Looks at evidence as it comes in, and says which promise is broken, if one is. */
export interface Judge {
  /** A request for a migration leaves an operator. */
  readonly leaves?: (asked: Asked, evidence: Evidence) => string | undefined;
  /** The cluster has taken one. */
  readonly carried?: (asked: Asked, evidence: Evidence) => string | undefined;
  /** A history is about to be written. */
  readonly saving?: (process: Process, history: History, evidence: Evidence) => string | undefined;
  /** Weights leave an operator. */
  readonly weighs?: (
    process: Process,
    assignments: readonly TargetAssignment[],
    evidence: Evidence,
  ) => string | undefined;
  /** After each event. */
  readonly looks?: (evidence: Evidence) => string | undefined;
  readonly ends?: (evidence: Evidence) => string | undefined;
}
