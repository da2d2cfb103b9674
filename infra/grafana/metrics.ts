import { METRICS } from '@ballast/telemetry';

/** The series of the operators that are chosen at the top of the dashboard. */
export function series(metric: keyof typeof METRICS, ...matchers: readonly string[]): string {
  return selector(METRICS[metric].name, matchers);
}

/** Events of a counter within each step of the graph. */
export function increase(metric: keyof typeof METRICS, ...matchers: readonly string[]): string {
  return `increase(${series(metric, ...matchers)}[$__rate_interval])`;
}

/** Events of a counter a second. */
export function rate(metric: keyof typeof METRICS, ...matchers: readonly string[]): string {
  return `rate(${series(metric, ...matchers)}[$__rate_interval])`;
}

/** A quantile of a histogram, over the operators chosen. */
export function quantile(q: number, metric: keyof typeof METRICS, by: readonly string[] = []): string {
  const buckets = selector(`${METRICS[metric].name}_bucket`, []);
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (rate(${buckets}[$__rate_interval])))`;
}

/** A metric of the process that prom-client brings along. */
export function processSeries(name: string): string {
  return selector(name, [`job=~"$job"`]);
}

function selector(name: string, matchers: readonly string[]): string {
  return `${name}{${['instance=~"$instance"', ...matchers].join(', ')}}`;
}
