import { FLOW_MANAGER_METRICS as METRICS } from '@ballast/telemetry';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { channelPanels } from './rows/flow-manager/channel.ts';
import { nowPanels } from './rows/flow-manager/now.ts';
import { processPanels } from './rows/flow-manager/process.ts';
import { servicePanels } from './rows/flow-manager/services.ts';
import { switchPanels } from './rows/flow-manager/switches.ts';
import { dashboardOf } from './template.ts';

/** What switches carry, how members are, and how the flow manager itself is. */
export function flowManager(): Dashboard {
  return dashboardOf({
    uid: 'ballast-flow-manager',
    title: 'Ballast: flow manager',
    description: 'Switches and what they carry, services and their members, OpenFlow channels, REST and state.',
    variables: [
      ['job', METRICS.buildInfo.name],
      ['instance', `${METRICS.buildInfo.name}{job=~"$job"}`],
      ['switch', `${METRICS.switchInfo.name}{instance=~"$instance"}`],
      ['service', `${METRICS.serviceMembers.name}{instance=~"$instance"}`],
    ],
    rows: [
      ['Now', nowPanels()],
      ['Services', servicePanels()],
      ['Switches', switchPanels()],
      ['Channels', channelPanels()],
      ['Flow manager', processPanels()],
    ],
  });
}
