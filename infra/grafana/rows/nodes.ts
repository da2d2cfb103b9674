import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { OPERATOR } from '../metrics.ts';
import { graph } from '../panels/graph.ts';
import { states } from '../panels/states.ts';

const { series } = OPERATOR;

const NODE = 'node=~"$node"';

/** Loads and classes of the nodes. */
export function nodePanels(): readonly Builder<Panel>[] {
  return [
    graph({
      title: 'CPU',
      description:
        'Smoothed CPU utilization of each node. The line is the default threshold; yours is in balance.cpu.high.',
      unit: 'percentunit',
      max: 1,
      high: 0.8,
      queries: [{ expr: `max by (node) (${series('nodeUtilization', 'resource="cpu"', NODE)})`, legend: '{{node}}' }],
    }),
    graph({
      title: 'Memory',
      description:
        'Smoothed memory utilization of each node. The line is the default threshold; yours is in balance.memory.high.',
      unit: 'percentunit',
      max: 1,
      high: 0.85,
      queries: [
        { expr: `max by (node) (${series('nodeUtilization', 'resource="memory"', NODE)})`, legend: '{{node}}' },
      ],
    }),
    states({
      title: 'Classes',
      description: 'over asks for relief; under is a good target.',
      query: { expr: classIndex(), legend: '{{node}}' },
      states: [
        ['under', 'green'],
        ['appropriate', 'blue'],
        ['over', 'red'],
      ],
    }),
    graph({
      title: 'Pressure',
      description:
        'Contention seen by the host: pressure stall information where there is some, else derived from utilization.',
      unit: 'percentunit',
      max: 1,
      width: 6,
      queries: [{ expr: `max by (node) (${series('nodePressure', NODE)})`, legend: '{{node}}' }],
    }),
    graph({
      title: 'Guests',
      description: 'Running guests of each node.',
      unit: 'short',
      width: 6,
      queries: [{ expr: `max by (node) (${series('nodeGuests', NODE)})`, legend: '{{node}}' }],
    }),
    ...(['received', 'sent'] as const).map((direction) =>
      graph({
        title: direction === 'received' ? 'Received' : 'Sent',
        description: `What the guests of each node ${direction === 'received' ? 'receive' : 'send'} together. Measured where links are stated in balance.network.`,
        unit: 'bps',
        queries: [
          {
            expr: `8 * max by (node) (${series('nodeTraffic', `direction="${direction}"`, NODE)})`,
            legend: '{{node}}',
          },
        ],
      }),
    ),
  ];
}

/** 0 under, 1 appropriate, 2 over. */
function classIndex(): string {
  const is = (name: string): string => `max by (node) (${series('nodeClass', `class="${name}"`, NODE)})`;
  return `2 * ${is('over')} + ${is('appropriate')}`;
}
