import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { OPERATOR, processSeries } from '../metrics.ts';
import { graph } from '../panels/graph.ts';

const { increase, quantile, rate } = OPERATOR;

/** How Ballast itself is. */
export function operatorPanels(): readonly PanelBuilder[] {
  return [
    graph({
      title: 'Round duration',
      description: 'From the request for a snapshot to the last weight that was read back.',
      unit: 's',
      queries: [
        { expr: quantile(0.5, 'roundDuration'), legend: 'half of them' },
        { expr: quantile(0.95, 'roundDuration'), legend: '19 of 20' },
      ],
    }),
    graph({
      title: 'Rounds',
      description: 'Rounds that ended, by outcome, and those that were skipped since the one before still ran.',
      unit: 'short',
      bars: true,
      queries: [
        { expr: `sum by (outcome) (round(${increase('rounds')}))`, legend: '{{outcome}}' },
        { expr: `sum(round(${increase('roundsSkipped')}))`, legend: 'skipped' },
      ],
    }),
    graph({
      title: 'Failures of rounds',
      description: 'By the stage that failed and the code of the error, which the logs name as well.',
      unit: 'short',
      bars: true,
      queries: [{ expr: `sum by (stage, code) (round(${increase('roundFailures')}))`, legend: '{{stage}}: {{code}}' }],
    }),
    graph({
      title: 'API requests',
      description: 'Requests to the Proxmox VE API, by path.',
      unit: 'reqps',
      queries: [{ expr: `sum by (path) (${rate('proxmoxRequests')})`, legend: '{{path}}' }],
    }),
    graph({
      title: 'API failures',
      description: 'Requests that were answered with an error, or not at all.',
      unit: 'reqps',
      queries: [
        { expr: `sum by (path, status) (${rate('proxmoxRequests', 'status!~"2.."')})`, legend: '{{path}}: {{status}}' },
      ],
    }),
    graph({
      title: 'API duration',
      description: 'How long the Proxmox VE API took to answer.',
      unit: 's',
      queries: [
        { expr: quantile(0.5, 'proxmoxRequestDuration'), legend: 'half of them' },
        { expr: quantile(0.95, 'proxmoxRequestDuration'), legend: '19 of 20' },
      ],
    }),
    graph({
      title: 'Memory of the operator',
      description: 'Resident memory of the operator.',
      unit: 'bytes',
      queries: [{ expr: processSeries('process_resident_memory_bytes'), legend: '{{instance}}' }],
    }),
    graph({
      title: 'CPU of the operator',
      description: 'Cores that the operator uses.',
      unit: 'short',
      queries: [
        { expr: `rate(${processSeries('process_cpu_seconds_total')}[$__rate_interval])`, legend: '{{instance}}' },
      ],
    }),
  ];
}
