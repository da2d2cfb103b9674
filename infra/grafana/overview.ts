import { METRICS } from '@ballast/telemetry';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PROMETHEUS } from './panels/targets.ts';
import { nodePanels } from './rows/nodes.ts';
import { nowPanels } from './rows/now.ts';
import { operatorPanels } from './rows/operator.ts';
import { planPanels } from './rows/plan.ts';
import { trafficPanels } from './rows/traffic.ts';

/** How the cluster stands, what Ballast plans and does about it, and how Ballast itself is. */
export function overview(): Dashboard {
  const dashboard = new DashboardBuilder('Ballast: overview')
    .uid('ballast-overview')
    .description('Nodes and their classes, plans and migrations, weights and targets, rounds and requests.')
    .tags(['ballast', 'proxmox'])
    .timezone('browser')
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(new DatasourceVariableBuilder('datasource').label('data source').type('prometheus'))
    .withVariable(labelVariable('job', METRICS.buildInfo.name))
    .withVariable(labelVariable('instance', `${METRICS.buildInfo.name}{job=~"$job"}`))
    .withVariable(labelVariable('node', `${METRICS.nodeGuests.name}{instance=~"$instance"}`))
    .withVariable(labelVariable('service', `${METRICS.weight.name}{instance=~"$instance"}`));
  const rows = [
    ['Now', nowPanels()],
    ['Nodes', nodePanels()],
    ['Plan and migrations', planPanels()],
    ['Traffic', trafficPanels()],
    ['Operator', operatorPanels()],
  ] as const;
  for (const [title, panels] of rows) {
    dashboard.withRow(new RowBuilder(title));
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
