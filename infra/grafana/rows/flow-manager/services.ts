import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { FLOW_MANAGER } from '../../metrics.ts';
import { graph } from '../../panels/graph.ts';
import { states } from '../../panels/states.ts';

const { increase, series } = FLOW_MANAGER;
const SERVICE = 'service=~"$service"';
const MEMBER = '{{service}}: {{guest}} ({{endpoint}})';
const BY_MEMBER = 'by (service, guest, endpoint)';

/** Who serves, and how much each is to get. */
export function servicePanels(): readonly Builder<Panel>[] {
  return [
    states({
      title: 'Members',
      description: 'drain and held take no new connections; held: a person drained it; down: the monitor says so.',
      query: { expr: stateIndex(), legend: MEMBER },
      states: [
        ['ready', 'green'],
        ['drain', 'blue'],
        ['held', 'purple'],
        ['not placed', 'orange'],
        ['down', 'red'],
      ],
    }),
    graph({
      title: 'Available members',
      description: 'Members that are ready, up and placed: those that new connections are meant for.',
      unit: 'short',
      queries: [{ expr: `min by (service) (${series('serviceAvailable', SERVICE)})`, legend: '{{service}}' }],
    }),
    graph({
      title: 'Weights',
      description: 'Weight of each member, relative to the others of its service, times its ramp after a return.',
      unit: 'short',
      max: 1,
      queries: [
        {
          expr: `max ${BY_MEMBER} (${series('memberWeight', SERVICE)} * ${series('memberRamp', SERVICE)})`,
          legend: MEMBER,
        },
      ],
    }),
    graph({
      title: 'Open connections',
      description: 'Open connections of each member, of services with least connections.',
      unit: 'short',
      queries: [{ expr: `max ${BY_MEMBER} (${series('memberConnections', SERVICE)})`, legend: MEMBER }],
    }),
    graph({
      title: 'Health changes',
      description: 'Members that were found up or down when they were not before.',
      unit: 'short',
      bars: true,
      width: 24,
      queries: [
        {
          expr: `sum by (service, state) (round(${increase('healthChanges', SERVICE)}))`,
          legend: '{{service}}: {{state}}',
        },
      ],
    }),
  ];
}

/** 0 ready, 1 drain, 2 held; 3 not placed and 4 down come before. */
function stateIndex(): string {
  const is = (name: string): string => `max ${BY_MEMBER} (${series('memberState', `state="${name}"`, SERVICE)})`;
  const lacks = (metric: 'memberUp' | 'memberPlaced', index: number): string =>
    `(max ${BY_MEMBER} (${series(metric, SERVICE)}) == 0) + ${index}`;
  return `${lacks('memberUp', 4)} or ${lacks('memberPlaced', 3)} or 2 * ${is('held')} + ${is('drain')}`;
}
