import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { OPERATOR } from '../metrics.ts';
import { figure } from '../panels/figure.ts';

const { series } = OPERATOR;

/** The newest figures, to be read from across the room. */
export function nowPanels(): readonly PanelBuilder[] {
  return [
    figure({
      title: 'Nodes over',
      description: 'Nodes above a threshold for long enough to ask for relief.',
      unit: 'short',
      expr: `sum(${series('nodeClass', 'class="over"')})`,
      red: 1,
    }),
    figure({
      title: 'Highest CPU',
      description: 'Smoothed CPU utilization of the busiest node.',
      unit: 'percentunit',
      expr: `max(${series('nodeUtilization', 'resource="cpu"')})`,
      orange: 0.7,
      red: 0.8,
    }),
    figure({
      title: 'Highest memory',
      description: 'Smoothed memory utilization of the fullest node.',
      unit: 'percentunit',
      expr: `max(${series('nodeUtilization', 'resource="memory"')})`,
      orange: 0.75,
      red: 0.85,
    }),
    figure({
      title: 'Planned',
      description:
        'Migrations in the plan of the last round. In the mode advise they wait for somebody to carry them out.',
      unit: 'short',
      expr: `sum(${series('planSteps')})`,
    }),
    figure({
      title: 'Running',
      description: 'Migrations that run now.',
      unit: 'short',
      expr: `sum(${series('migrationsRunning')})`,
    }),
    figure({
      title: 'Targets down',
      description: 'Load balancers that the last weights did not reach.',
      unit: 'short',
      expr: `sum(1 - ${series('targetUp')})`,
      red: 1,
    }),
    figure({
      title: 'Last round',
      description: 'Time since a round completed.',
      unit: 's',
      expr: `time() - max(${series('lastRound')})`,
      orange: 120,
      red: 300,
    }),
    figure({
      title: 'Mode',
      description: 'observe looks, advise plans and sets no hand on anything, auto acts.',
      unit: 'short',
      expr: series('modeInfo'),
      label: 'mode',
    }),
  ];
}
