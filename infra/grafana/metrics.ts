import { FLOW_MANAGER_METRICS, METRICS } from '@ballast/telemetry';

/** Parts of PromQL about the metrics of one program, for the instances that are chosen at the top of its dashboard. */
interface Queries<Metric> {
  /** The series of a metric. */
  readonly series: (metric: Metric, ...matchers: readonly string[]) => string;
  /** Events of a counter within each step of the graph. */
  readonly increase: (metric: Metric, ...matchers: readonly string[]) => string;
  /** Events of a counter a second. */
  readonly rate: (metric: Metric, ...matchers: readonly string[]) => string;
  /** A quantile of a histogram, over the instances chosen. */
  readonly quantile: (q: number, metric: Metric, by?: readonly string[]) => string;
}

export const OPERATOR: Queries<keyof typeof METRICS> = queriesOf(METRICS);
export const FLOW_MANAGER: Queries<keyof typeof FLOW_MANAGER_METRICS> = queriesOf(FLOW_MANAGER_METRICS);

function queriesOf<Metric extends string>(
  metrics: Readonly<Record<Metric, { readonly name: string }>>,
): Queries<Metric> {
  return {
    series: (metric, ...matchers) => selector(metrics[metric].name, matchers),
    increase: (metric, ...matchers) => `increase(${selector(metrics[metric].name, matchers)}[$__rate_interval])`,
    rate: (metric, ...matchers) => `rate(${selector(metrics[metric].name, matchers)}[$__rate_interval])`,
    quantile: (q, metric, by = []) => {
      const buckets = selector(`${metrics[metric].name}_bucket`, []);
      return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (rate(${buckets}[$__rate_interval])))`;
    },
  };
}

/** A metric of the process that prom-client brings along. */
export function processSeries(name: string): string {
  return selector(name, [`job=~"$job"`]);
}

function selector(name: string, matchers: readonly string[]): string {
  return `${name}{${['instance=~"$instance"', ...matchers].join(', ')}}`;
}
