import { METRICS } from '@ballast/telemetry';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { nodePanels } from './rows/nodes.ts';
import { nowPanels } from './rows/now.ts';
import { operatorPanels } from './rows/operator.ts';
import { planPanels } from './rows/plan.ts';
import { trafficPanels } from './rows/traffic.ts';
import { dashboardOf } from './template.ts';

/** How the cluster stands, what Ballast plans and does about it, and how Ballast itself is. */
export function overview(): Dashboard {
  return dashboardOf({
    uid: 'ballast-overview',
    title: 'Ballast: overview',
    description: 'Nodes and their classes, plans and migrations, weights and targets, rounds and requests.',
    variables: [
      ['job', METRICS.buildInfo.name],
      ['instance', `${METRICS.buildInfo.name}{job=~"$job"}`],
      ['node', `${METRICS.nodeGuests.name}{instance=~"$instance"}`],
      ['service', `${METRICS.weight.name}{instance=~"$instance"}`],
    ],
    rows: [
      ['Now', nowPanels()],
      ['Nodes', nodePanels()],
      ['Plan and migrations', planPanels()],
      ['Traffic', trafficPanels()],
      ['Operator', operatorPanels()],
    ],
  });
}
