import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { FLOW_MANAGER } from '../../metrics.ts';
import { graph } from '../../panels/graph.ts';
import { states } from '../../panels/states.ts';

const { increase, quantile, series } = FLOW_MANAGER;
const SWITCH = 'switch=~"$switch"';

/** What switches carry, and what was done to them. */
export function switchPanels(): readonly Builder<Panel>[] {
  return [
    states({
      title: 'Carried',
      description: 'Whether a switch is known to carry what is wanted of it.',
      query: { expr: `max by (switch) (${series('switchSettled', SWITCH)})`, legend: '{{switch}}' },
      states: [
        ['behind', 'orange'],
        ['settled', 'green'],
      ],
    }),
    graph({
      title: 'Rows',
      description: "Ballast's rows on each switch, as they were last read or written.",
      unit: 'short',
      queries: [{ expr: `max by (switch, kind) (${series('switchRows', SWITCH)})`, legend: '{{switch}}: {{kind}}' }],
    }),
    graph({
      title: 'Rows changed',
      description: 'Rows that were changed on switches.',
      unit: 'short',
      bars: true,
      queries: [
        { expr: `sum by (kind, verb) (round(${increase('rowChanges')}))`, legend: '{{verb}} {{kind}}' },
        { expr: `sum(round(${increase('displaced')}))`, legend: 'displaced flows of others' },
      ],
    }),
    graph({
      title: 'Reconciliation duration',
      description: 'From the wish to the switch that was read back, where something had to be changed.',
      unit: 's',
      queries: [
        { expr: quantile(0.5, 'reconciliationDuration'), legend: 'half of them' },
        { expr: quantile(0.95, 'reconciliationDuration'), legend: '19 of 20' },
      ],
    }),
    graph({
      title: 'Reconciliations',
      description: 'Times that a switch did not have what is wanted: changed, or failed and tried again.',
      unit: 'short',
      bars: true,
      queries: [{ expr: `sum by (outcome) (round(${increase('reconciliations')}))`, legend: '{{outcome}}' }],
    }),
    graph({
      title: 'Connections of switches',
      description: 'Switches that connected, and connections that ended by the code of the reason.',
      unit: 'short',
      bars: true,
      queries: [
        { expr: `sum(round(${increase('connects')}))`, legend: 'connected' },
        { expr: `sum by (code) (round(${increase('disconnects')}))`, legend: 'ended: {{code}}' },
      ],
    }),
  ];
}
