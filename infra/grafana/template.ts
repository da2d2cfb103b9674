import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PROMETHEUS } from './panels/targets.ts';

export interface Template {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Labels to choose by at the top: the label, and a metric that has it. */
  readonly variables: readonly (readonly [label: string, metric: string])[];
  readonly rows: readonly (readonly [title: string, panels: readonly Builder<Panel>[]])[];
}

/** A dashboard with what all of Ballast's have alike. */
export function dashboardOf({ uid, title, description, variables, rows }: Template): Dashboard {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['ballast', 'proxmox'])
    .timezone('browser')
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(new DatasourceVariableBuilder('datasource').label('data source').type('prometheus'));
  for (const [label, metric] of variables) dashboard.withVariable(labelVariable(label, metric));
  for (const [name, panels] of rows) {
    dashboard.withRow(new RowBuilder(name));
    for (const panel of panels) dashboard.withPanel(panel);
  }
  return numbered(dashboard.build());
}

/** Values of a label, all of them by default: those that Ballast tells of, and not whatever else Prometheus scrapes. */
function labelVariable(label: string, metric: string): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .label(label)
    .datasource(PROMETHEUS)
    .query({ query: `label_values(${metric}, ${label})`, refId: label })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** Grafana gives panels without an id one of its own at each load: links to a panel would not last. */
function numbered(dashboard: Dashboard): Dashboard {
  return { ...dashboard, panels: (dashboard.panels ?? []).map((panel, i) => ({ ...panel, id: i + 1 })) };
}
