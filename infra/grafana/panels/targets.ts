import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';

/** The data source that is chosen at the top of the dashboard. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation for a variable
export const PROMETHEUS: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

export interface Query {
  readonly expr: string;
  /** Grafana's pattern, such as `{{node}}`. */
  readonly legend?: string;
}

/** Queries of a panel over the time shown. */
export function overTime(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map((query, i) => target(query, i).range());
}

/** Queries of a panel that shows the newest value alone. */
export function newest(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map((query, i) => target(query, i).instant());
}

function target({ expr, legend }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(PROMETHEUS)
    .expr(expr)
    .legendFormat(legend ?? '__auto');
}
