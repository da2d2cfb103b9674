import type { Prometheus } from './prometheus.ts';

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
}

/** What of a dashboard's JSON has to do with queries. */
export interface DashboardFile {
  readonly panels: readonly { readonly title: string; readonly type: string; readonly targets?: readonly Target[] }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[];
  };
}

export interface PanelQuery extends Target {
  readonly panel: string;
}

export function queriesOf(dashboard: DashboardFile): readonly PanelQuery[] {
  return dashboard.panels
    .filter((panel) => panel.type !== 'row')
    .flatMap((panel) => (panel.targets ?? []).map((target) => ({ panel: panel.title, ...target })));
}

/** The variables of a dashboard with "All" chosen: a regular expression of every value, as Grafana writes it. */
export async function variablesOf(
  dashboard: DashboardFile,
  prometheus: Prometheus,
): Promise<Readonly<Record<string, string>>> {
  const chosen: Record<string, string> = { __rate_interval: '5s' };
  for (const { name, type, query } of dashboard.templating.list) {
    if (type !== 'query') continue;
    const text = (query as { readonly query: string }).query;
    const [, metric = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
    const values = (await prometheus.ask(`label/${label}/values`, {
      'match[]': substituted(metric, chosen),
    })) as string[];
    if (values.length === 0) throw new Error(`No value of $${name}: ${text}`);
    chosen[name] = `(${values.map(escaped).join('|')})`;
  }
  return chosen;
}

/** Escaped for a regular expression, and once more for the string of PromQL that it stands in. */
function escaped(value: string): string {
  return value.replaceAll(/[\\^$*+?.()|{}[\]]/g, '\\\\$&');
}

function substituted(expr: string, variables: Readonly<Record<string, string>>): string {
  return expr.replaceAll(/\$(\w+)/g, (whole, name: string) => variables[name] ?? whole);
}

type Sample = readonly [time: number, value: string];

/** How many numbers a query yields; NaN, which Grafana does not draw, is none. */
export async function numbersOf(
  query: PanelQuery,
  variables: Readonly<Record<string, string>>,
  prometheus: Prometheus,
  span: { readonly start: number; readonly end: number },
): Promise<number> {
  const text = substituted(query.expr, variables);
  const { result } = (await (query.instant === true
    ? prometheus.ask('query', { query: text })
    : prometheus.ask('query_range', { query: text, start: `${span.start}`, end: `${span.end}`, step: '1' }))) as {
    readonly result: readonly { readonly value?: Sample; readonly values?: readonly Sample[] }[];
  };
  const samples = result.flatMap(({ value, values = [] }): readonly Sample[] =>
    value === undefined ? values : [value],
  );
  return samples.filter(([, number]) => Number.isFinite(Number(number))).length;
}
