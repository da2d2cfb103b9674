import type { Registry } from 'prom-client';
import { counter } from '../instruments.ts';
import { FLOW_MANAGER_METRICS as NAMES } from '../names/index.ts';

const STATES = ['up', 'down'] as const;

export interface HealthMetrics {
  record(service: string, state: 'up' | 'down'): void;
  /** The services that there are: their series begin at 0, and those of others end. */
  keep(services: readonly string[]): void;
}

export function healthMetrics(registry: Registry): HealthMetrics {
  const changes = counter(registry, NAMES.healthChanges);
  const kept = new Set<string>();
  const begin = (service: string): void => {
    if (kept.has(service)) return;
    kept.add(service);
    for (const state of STATES) changes.inc({ service, state }, 0);
  };

  return {
    record(service, state) {
      begin(service);
      changes.inc({ service, state });
    },
    keep(services) {
      const present = new Set(services);
      for (const service of present) begin(service);
      for (const service of kept) {
        if (present.has(service)) continue;
        kept.delete(service);
        for (const state of STATES) changes.remove({ service, state });
      }
    },
  };
}
