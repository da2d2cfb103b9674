import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { OPERATOR } from '../metrics.ts';
import { graph } from '../panels/graph.ts';

const { increase, quantile, series } = OPERATOR;

/** Weights, and how they reach the load balancers. */
export function trafficPanels(): readonly PanelBuilder[] {
  return [
    graph({
      title: 'Weights',
      description: 'Decided weight of each member, relative to the others of its service; 0 while it is drained.',
      unit: 'short',
      max: 1,
      queries: [
        {
          expr: `max by (service, member) (${series('weight', 'service=~"$service"')})`,
          legend: '{{service}}: {{member}}',
        },
      ],
    }),
    graph({
      title: 'Weights changed',
      description: 'Weights and states that were changed on each target, and read back.',
      unit: 'short',
      bars: true,
      queries: [{ expr: `sum by (target) (round(${increase('weightChanges')}))`, legend: '{{target}}' }],
    }),
    graph({
      title: 'Target problems',
      description: 'Problems met while weights were applied, by target and code.',
      unit: 'short',
      bars: true,
      queries: [
        { expr: `sum by (target, code) (round(${increase('targetProblems')}))`, legend: '{{target}}: {{code}}' },
      ],
    }),
    graph({
      title: 'Time to apply',
      description: 'How long 19 of 20 applications of weights took.',
      unit: 's',
      queries: [{ expr: quantile(0.95, 'targetApplyDuration', ['target']), legend: '{{target}}' }],
    }),
  ];
}
