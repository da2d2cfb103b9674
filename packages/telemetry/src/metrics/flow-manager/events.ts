import { BallastError, type Milliseconds } from '@ballast/core';
import type { Registry } from 'prom-client';
import { BoundedLabel } from '../bounded.ts';
import { counter, gauge, histogram } from '../instruments.ts';
import { FLOW_MANAGER_METRICS as NAMES } from '../names/index.ts';

/** What one reconciliation of a switch did. */
export interface ReconciliationOutcome {
  readonly changes: readonly { readonly kind: 'flow' | 'group'; readonly verb: 'add' | 'change' | 'remove' }[];
  /** Flows of others that had to give up their place. */
  readonly displaced: readonly unknown[];
}

/** More than there are codes of errors. */
const MOST_CODES = 64;

export interface ReconciliationMetrics {
  record(outcome: ReconciliationOutcome, took: Milliseconds): void;
  recordFailed(): void;
}

export function reconciliationMetrics(registry: Registry): ReconciliationMetrics {
  const total = counter(registry, NAMES.reconciliations);
  const duration = histogram(registry, NAMES.reconciliationDuration);
  const rows = counter(registry, NAMES.rowChanges);
  const displaced = counter(registry, NAMES.displaced);
  for (const outcome of ['changed', 'failed']) total.inc({ outcome }, 0);
  for (const kind of ['flow', 'group']) {
    for (const verb of ['add', 'change', 'remove']) rows.inc({ kind, verb }, 0);
  }

  return {
    record(outcome, took) {
      total.inc({ outcome: 'changed' });
      duration.observe(took / 1000);
      for (const { kind, verb } of outcome.changes) rows.inc({ kind, verb });
      displaced.inc(outcome.displaced.length);
    },
    recordFailed: () => total.inc({ outcome: 'failed' }),
  };
}

export interface FailureMetrics {
  readonly recordFailure: (error: unknown) => void;
  readonly recordDisconnected: (reason: unknown) => void;
}

export function failureMetrics(registry: Registry): FailureMetrics {
  const failures = counter(registry, NAMES.failures);
  const disconnects = counter(registry, NAMES.disconnects);
  const codes = new BoundedLabel(MOST_CODES);
  // Ends that any connection comes to; a series that began at 1 would hide the first.
  for (const code of ['channel-lost', 'channel-closed', 'channel-silent']) disconnects.inc({ code: codes.of(code) }, 0);

  return {
    recordFailure: (error) => failures.inc({ code: codes.of(codeOf(error)) }),
    recordDisconnected: (reason) => disconnects.inc({ code: codes.of(codeOf(reason)) }),
  };
}

/** The stable code of Ballast's own errors; others are counted as one. */
function codeOf(error: unknown): string {
  return error instanceof BallastError ? error.code : 'unexpected';
}

/** Returns what counts an attempt to write the state to disk. */
export function saveMetrics(registry: Registry): (ok: boolean) => void {
  const saves = counter(registry, NAMES.saves);
  const saved = gauge(registry, NAMES.saved);
  for (const outcome of ['saved', 'failed']) saves.inc({ outcome }, 0);
  saved.set(1);

  return (ok) => {
    saves.inc({ outcome: ok ? 'saved' : 'failed' });
    saved.set(ok ? 1 : 0);
  };
}
