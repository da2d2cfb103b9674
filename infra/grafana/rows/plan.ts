import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { OPERATOR } from '../metrics.ts';
import { graph } from '../panels/graph.ts';
import { states } from '../panels/states.ts';

const { increase, quantile, rate, series } = OPERATOR;

/** What is planned, what came of it, and what stands in the way. */
export function planPanels(): readonly Builder<Panel>[] {
  return [
    states({
      title: 'Decision',
      description: 'migrate: there is something to do; stuck: a node is over and nothing can be done; else balanced.',
      query: { expr: decisionIndex(), legend: '{{instance}}' },
      states: [
        ['balanced', 'green'],
        ['migrate', 'orange'],
        ['stuck', 'red'],
      ],
    }),
    graph({
      title: 'Planned migrations',
      description: 'Steps in the plan of each round, by reason.',
      unit: 'short',
      queries: [{ expr: `sum by (reason) (${series('planSteps')})`, legend: '{{reason}}' }],
    }),
    graph({
      title: 'Migrations',
      description: 'Migrations that ended, by reason and outcome; a skipped one was never started.',
      unit: 'short',
      bars: true,
      queries: [
        {
          expr: `sum by (reason, outcome) (round(${increase('migrations')})) > 0`,
          legend: '{{reason}}: {{outcome}}',
        },
      ],
    }),
    graph({
      title: 'Blocked guests',
      description: 'Guests that the last plan may not move, by the code of the blocker.',
      unit: 'short',
      queries: [{ expr: `sum by (code) (${series('guestsBlocked')}) > 0`, legend: '{{code}}' }],
    }),
    graph({
      title: 'Migration duration',
      description: 'How long migrations took that were carried out.',
      unit: 's',
      queries: [
        { expr: quantile(0.5, 'migrationDuration'), legend: 'half of them' },
        { expr: quantile(0.95, 'migrationDuration'), legend: '19 of 20' },
      ],
    }),
    graph({
      title: 'Migrated',
      description: 'What migrations transferred, as Proxmox VE reported it.',
      unit: 'binBps',
      queries: [{ expr: `sum by (instance) (${rate('migratedBytes')})`, legend: '{{instance}}' }],
    }),
  ];
}

/** 0 balanced, 1 migrate, 2 stuck. */
function decisionIndex(): string {
  const is = (name: string): string => `max by (instance) (${series('planDecision', `decision="${name}"`)})`;
  return `2 * ${is('stuck')} + ${is('migrate')}`;
}
