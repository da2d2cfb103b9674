import {
  type Milliseconds,
  MODES,
  type Mode,
  type RoundReport,
  type StepReport,
  type Verification,
} from '@ballast/core';
import type { Registry } from 'prom-client';
import { counter, createRegistry, gauge, histogram } from './instruments.ts';
import { migrationMetrics } from './migrations.ts';
import { METRICS } from './names/index.ts';
import { nodeMetrics } from './nodes.ts';
import { PathLabels } from './paths.ts';
import { planMetrics } from './plans.ts';
import { targetMetrics, weightMetrics } from './weights.ts';

/** One request to the Proxmox VE API. */
export interface RequestEvent {
  readonly method: string;
  /** With or without `/api2/json`, ids and query: it is counted by its template. */
  readonly path: string;
  /** The HTTP status, or `error` when no answer came. */
  readonly status: number | 'error';
  readonly duration: Milliseconds;
}

export interface MetricsOptions {
  readonly version: string;
}

/** What Ballast tells Prometheus. */
export interface Metrics {
  /** The end of a round, whatever its outcome. Series of nodes, members and targets that are gone disappear. */
  recordRound(report: RoundReport): void;
  /** A round that was due while the one before still ran. */
  recordSkipped(): void;
  /** A step that began to run, or ended; each end is to be told once. */
  recordMigration(step: StepReport): void;
  /** A migration that takes longer than it might. */
  recordOverdue(): void;
  /** What an arrival brought. */
  recordVerification(verified: Verification): void;
  /** A migration that was found running; `by` tells how it was known to be Ballast's own. */
  recordAdoption(by: NonNullable<StepReport['adopted']>): void;
  recordRequest(event: RequestEvent): void;
  /** Guests whose inspection is put off to the next round. */
  recordPutOff(guests: number): void;
  setMode(mode: Mode): void;
  /** Whether this operator leads, or stands by. */
  setLeader(leads: boolean): void;
  /** Everything in Prometheus' text format. */
  render(): Promise<string>;
  /** The `Content-Type` of {@link render}. */
  readonly contentType: string;
}

/** Metrics with a registry of their own: two operators in one process do not share a number. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = createRegistry();
  gauge(registry, METRICS.buildInfo).set({ version: options.version }, 1);
  const setMode = modeMetric(registry);
  const leader = gauge(registry, METRICS.leader);
  const paused = gauge(registry, METRICS.paused);
  const open = gauge(registry, METRICS.windowOpen);
  open.set(1);
  const migrations = migrationMetrics(registry);
  const recordOutcome = outcomeMetrics(registry);
  const recordNodes = nodeMetrics(registry);
  const recordPlan = planMetrics(registry);
  const recordWeights = weightMetrics(registry);
  const recordTargets = targetMetrics(registry);
  const skipped = counter(registry, METRICS.roundsSkipped);
  const putOff = counter(registry, METRICS.proxmoxPutOff);
  const requests = requestMetrics(registry);
  const adopted = counter(registry, METRICS.migrationsAdopted);
  for (const by of ['history', 'identity']) adopted.inc({ by }, 0);

  return {
    recordRound(report) {
      setMode(report.mode);
      // A round that failed may not have come to read the orders.
      if (report.outcome === 'completed') paused.set(report.paused === true ? 1 : 0);
      if (report.outcome === 'completed') open.set(report.closed === undefined ? 1 : 0);
      recordOutcome(report);
      requests.endRound();
      recordNodes(report.assessment);
      recordPlan(report.plan);
      migrations.settle(report.steps);
      // Weights and targets stay as they were when a round fails before it comes to them: they are still in force.
      if (report.weights !== undefined) recordWeights(report.weights);
      if (report.outcome === 'completed' || report.targets.length > 0) recordTargets(report.targets);
    },
    recordSkipped: () => skipped.inc(),
    recordMigration: (step) => migrations.record(step),
    recordOverdue: () => migrations.overdue(),
    recordVerification: (verified) => migrations.verified(verified),
    recordAdoption: (by) => adopted.inc({ by }),
    recordRequest: requests.record,
    recordPutOff: (guests) => putOff.inc(guests),
    setMode,
    setLeader: (leads) => leader.set(leads ? 1 : 0),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function modeMetric(registry: Registry): (mode: Mode) => void {
  const info = gauge(registry, METRICS.modeInfo);
  return (mode) => {
    for (const other of MODES) if (other !== mode) info.remove({ mode: other });
    info.set({ mode }, 1);
  };
}

function outcomeMetrics(registry: Registry): (report: RoundReport) => void {
  const total = counter(registry, METRICS.rounds);
  const duration = histogram(registry, METRICS.roundDuration);
  const failures = counter(registry, METRICS.roundFailures);
  const last = gauge(registry, METRICS.lastRound);
  for (const outcome of ['completed', 'failed', 'aborted']) total.inc({ outcome }, 0);

  return ({ outcome, startedAt, duration: took, failure }) => {
    total.inc({ outcome });
    duration.observe({ outcome }, took / 1000);
    if (outcome === 'completed') last.set((startedAt + took) / 1000);
    if (failure !== undefined) failures.inc({ stage: failure.stage, code: failure.code });
  };
}

function requestMetrics(registry: Registry): {
  readonly record: (event: RequestEvent) => void;
  readonly endRound: () => void;
} {
  const total = counter(registry, METRICS.proxmoxRequests);
  const duration = histogram(registry, METRICS.proxmoxRequestDuration);
  const ofRound = gauge(registry, METRICS.proxmoxRoundRequests);
  const paths = new PathLabels();
  let sinceRound = 0;

  return {
    record({ method, path, status, duration: took }) {
      sinceRound++;
      total.inc({ method: method.toUpperCase(), path: paths.of(path), status: String(status) });
      duration.observe(took / 1000);
    },
    endRound() {
      ofRound.set(sinceRound);
      sinceRound = 0;
    },
  };
}
