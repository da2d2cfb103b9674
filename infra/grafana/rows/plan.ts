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
    states({
      title: 'Migrations may begin',
      description: 'Of the operator that leads: closed outside of budgets.windows and in budgets.blackouts.',
      query: { expr: leaveIndex(), legend: '{{instance}}' },
      states: [
        ['paused', 'orange'],
        ['closed', 'blue'],
        ['open', 'green'],
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
    graph({
      title: 'Overdue migrations',
      description: 'Migrations that took longer than execution.timeout allows: look at their tasks in Proxmox VE.',
      unit: 'short',
      bars: true,
      queries: [{ expr: `sum by (instance) (round(${increase('migrationsOverdue')}))`, legend: '{{instance}}' }],
    }),
    graph({
      title: 'Projections kept',
      description: 'Arrivals whose effect was looked at, by whether the source fell as projected.',
      unit: 'short',
      bars: true,
      queries: [{ expr: `sum by (kept) (round(${increase('migrationsVerified')}))`, legend: 'kept: {{kept}}' }],
    }),
    graph({
      title: 'Error of projections',
      description: 'How far the fall of a source was from its projection, as a share of what the node has.',
      unit: 'percentunit',
      queries: [
        { expr: quantile(0.5, 'migrationGainError'), legend: 'half of them' },
        { expr: quantile(0.95, 'migrationGainError'), legend: '19 of 20' },
      ],
    }),
  ];
}

/** 0 balanced, 1 migrate, 2 stuck. */
function decisionIndex(): string {
  const is = (name: string): string => `max by (instance) (${series('planDecision', `decision="${name}"`)})`;
  return `2 * ${is('stuck')} + ${is('migrate')}`;
}

/** 0 paused, 1 outside of the windows, 2 open; none for an operator that stands by. */
function leaveIndex(): string {
  const open = `(1 + ${series('windowOpen')}) * (1 - ${series('paused')})`;
  return `max by (instance) (${open} and ${series('leader')} == 1)`;
}
