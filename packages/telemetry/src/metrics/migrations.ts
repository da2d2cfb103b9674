import {
  type GuestId,
  hasArrived,
  MIGRATION_REASONS,
  type StepReport,
  UNDERWAY_STATES,
  type Verification,
} from '@ballast/core';
import type { Registry } from 'prom-client';
import { counter, gauge, histogram } from './instruments.ts';
import { METRICS } from './names/index.ts';

const OUTCOMES = ['done', 'failed', 'aborted', 'skipped'] as const;

export interface MigrationMetrics {
  /** A step that began to run, or ended. Each end is counted, so it is told once. */
  record(step: StepReport): void;
  /** The steps that run now, as a whole. */
  settle(steps: readonly StepReport[]): void;
  /** One that takes longer than it might. */
  overdue(): void;
  verified(verified: Verification): void;
}

export function migrationMetrics(registry: Registry): MigrationMetrics {
  const total = counter(registry, METRICS.migrations);
  const running = gauge(registry, METRICS.migrationsRunning);
  const duration = histogram(registry, METRICS.migrationDuration);
  const bytes = counter(registry, METRICS.migratedBytes);
  // A counter that springs into being at 1 hides its first event from rate(): start every series at 0.
  for (const reason of MIGRATION_REASONS) for (const outcome of OUTCOMES) total.inc({ reason, outcome }, 0);
  const overdue = counter(registry, METRICS.migrationsOverdue);
  const verified = counter(registry, METRICS.migrationsVerified);
  const error = histogram(registry, METRICS.migrationGainError);
  for (const kept of ['yes', 'no']) verified.inc({ kept }, 0);
  const moving = new Set<GuestId>();

  return {
    overdue: () => overdue.inc(),
    verified({ expected, observed, kept }) {
      verified.inc({ kept: kept ? 'yes' : 'no' });
      error.observe(Math.abs(observed.from - expected.from));
    },
    record(step) {
      if (isMoving(step)) moving.add(step.step.guest);
      else moving.delete(step.step.guest);
      running.set(moving.size);
      const outcome = hasArrived(step.state) ? 'done' : OUTCOMES.find((name) => name === step.state);
      if (outcome === undefined) return;
      total.inc({ reason: step.step.reason, outcome });
      bytes.inc(step.outcome?.transferred ?? step.progress?.transferred ?? 0);
      if (outcome === 'done' && step.startedAt !== undefined && step.endedAt !== undefined) {
        duration.observe(Math.max(0, step.endedAt - step.startedAt) / 1000);
      }
    },
    settle(steps) {
      moving.clear();
      for (const step of steps) if (isMoving(step)) moving.add(step.step.guest);
      running.set(moving.size);
    },
  };
}

function isMoving({ state }: StepReport): boolean {
  return UNDERWAY_STATES.includes(state);
}
