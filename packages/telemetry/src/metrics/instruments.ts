import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a definition in names.ts tells about one metric. */
interface Definition<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

/** A registry of its own, with the metrics of the process. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // prom-client names these gauges like counters, which `promtool check metrics` refuses.
  for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  return registry;
}

export function gauge<Label extends string>(registry: Registry, of: Definition<Label>): Gauge<Label> {
  return new Gauge({ name: of.name, help: of.help, labelNames: [...of.labels], registers: [registry] });
}

export function counter<Label extends string>(registry: Registry, of: Definition<Label>): Counter<Label> {
  return new Counter({ name: of.name, help: of.help, labelNames: [...of.labels], registers: [registry] });
}

export function histogram<Label extends string>(
  registry: Registry,
  of: Definition<Label> & { readonly buckets: readonly number[] },
): Histogram<Label> {
  return new Histogram({
    name: of.name,
    help: of.help,
    labelNames: [...of.labels],
    buckets: [...of.buckets],
    registers: [registry],
  });
}
