import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { FLOW_MANAGER, processSeries } from '../../metrics.ts';
import { graph } from '../../panels/graph.ts';

const { increase, quantile, rate } = FLOW_MANAGER;

/** How the flow manager itself is. */
export function processPanels(): readonly PanelBuilder[] {
  return [
    graph({
      title: 'REST requests',
      description: 'Requests to the REST API, by route and status.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (method, route, status) (${rate('requests')})`,
          legend: '{{method}} {{route}}: {{status}}',
        },
      ],
    }),
    graph({
      title: 'REST duration',
      description: 'How long requests to the REST API took.',
      unit: 's',
      queries: [
        { expr: quantile(0.5, 'requestDuration'), legend: 'half of them' },
        { expr: quantile(0.95, 'requestDuration'), legend: '19 of 20' },
      ],
    }),
    graph({
      title: 'Failures',
      description: 'Failures by the code of the error, which the logs name as well; and requests that were fenced off.',
      unit: 'short',
      bars: true,
      queries: [
        { expr: `sum by (code) (round(${increase('failures')}))`, legend: '{{code}}' },
        { expr: `sum(round(${increase('fenced')}))`, legend: 'fenced off' },
      ],
    }),
    graph({
      title: 'State',
      description: 'Times that the state was written to disk, or could not be.',
      unit: 'short',
      bars: true,
      queries: [{ expr: `sum by (outcome) (round(${increase('saves')}))`, legend: '{{outcome}}' }],
    }),
    graph({
      title: 'Memory of the flow manager',
      description: 'Resident memory of the flow manager.',
      unit: 'bytes',
      queries: [{ expr: processSeries('process_resident_memory_bytes'), legend: '{{instance}}' }],
    }),
    graph({
      title: 'CPU of the flow manager',
      description: 'Cores that the flow manager uses.',
      unit: 'short',
      queries: [
        { expr: `rate(${processSeries('process_cpu_seconds_total')}[$__rate_interval])`, legend: '{{instance}}' },
      ],
    }),
  ];
}
