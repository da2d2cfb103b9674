import type { Milliseconds } from '@ballast/core';
import type { Registry } from 'prom-client';
import { BoundedLabel } from '../bounded.ts';
import { counter, createRegistry, gauge } from '../instruments.ts';
import { FLOW_MANAGER_METRICS as NAMES } from '../names/index.ts';
import { ChannelCounters, type ConnectionReading } from './channels.ts';
import { failureMetrics, type ReconciliationOutcome, reconciliationMetrics, saveMetrics } from './events.ts';
import { healthMetrics } from './health.ts';
import { serviceMetrics } from './members.ts';
import { type FlowManagerReading, SWITCH_ROLES } from './reading.ts';
import { type RestRequest, requestMetrics } from './requests.ts';
import { switchMetrics } from './switches.ts';

/** More switches than a flow manager lets in at once; whoever has no certificate may still make up new ids. */
const MOST_SWITCHES = 2_048;

/** What a flow manager tells Prometheus: how it stands when it is asked, and what happened in between. */
export interface FlowManagerMetrics {
  recordConnected(switchId: string): void;
  /** `connection`: what it came to, where that is known. Without it what happened since the last scrape is not counted. */
  recordDisconnected(reason: unknown, connection?: ConnectionReading): void;
  recordReconciliation(outcome: ReconciliationOutcome, took: Milliseconds): void;
  recordReconciliationFailed(): void;
  recordFailure(error: unknown): void;
  /** A member was found up or down when it was not before. */
  recordHealth(service: string, state: 'up' | 'down'): void;
  recordRequest(request: RestRequest): void;
  /** The state was written to disk, or could not be. */
  recordSave(ok: boolean): void;
  /** Everything in Prometheus' text format, with how the flow manager stands now. */
  render(reading: FlowManagerReading): Promise<string>;
  /** The `Content-Type` of {@link render}. */
  readonly contentType: string;
}

/** Metrics with a registry of their own: two flow managers in one process do not share a number. */
export function createFlowManagerMetrics(options: { readonly version: string }): FlowManagerMetrics {
  const registry = createRegistry();
  gauge(registry, NAMES.buildInfo).set({ version: options.version }, 1);
  const writeLead = leadMetrics(registry);
  const writeSwitches = switchMetrics(registry);
  const switches = new BoundedLabel(MOST_SWITCHES);
  const connects = counter(registry, NAMES.connects);
  const channels = new ChannelCounters(registry, switches);
  const reconciliations = reconciliationMetrics(registry);
  const { recordFailure, recordDisconnected } = failureMetrics(registry);
  const writeServices = serviceMetrics(registry);
  const health = healthMetrics(registry);

  return {
    recordConnected: (switchId) => connects.inc({ switch: switches.of(switchId) }),
    recordDisconnected(reason, connection) {
      recordDisconnected(reason);
      if (connection !== undefined) channels.end(connection);
    },
    recordReconciliation: (outcome, took) => reconciliations.record(outcome, took),
    recordReconciliationFailed: () => reconciliations.recordFailed(),
    recordFailure,
    recordHealth: (service, state) => health.record(service, state),
    recordRequest: requestMetrics(registry),
    recordSave: saveMetrics(registry),
    render(reading) {
      writeLead(reading);
      writeSwitches(reading);
      channels.read(reading.switches);
      writeServices(reading.services);
      health.keep(reading.services.map(({ name }) => name));
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function leadMetrics(registry: Registry): (reading: FlowManagerReading) => void {
  const info = gauge(registry, NAMES.roleInfo);
  const generation = gauge(registry, NAMES.generation);
  const version = gauge(registry, NAMES.registryVersion);

  return (reading) => {
    for (const role of SWITCH_ROLES) if (role !== reading.role) info.remove({ role });
    info.set({ role: reading.role }, 1);
    generation.set(Number(reading.generation));
    version.set(reading.version);
  };
}
