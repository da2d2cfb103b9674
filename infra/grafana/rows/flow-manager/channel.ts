import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { FLOW_MANAGER } from '../../metrics.ts';
import { graph } from '../../panels/graph.ts';

const { rate } = FLOW_MANAGER;
const SWITCH = 'switch=~"$switch"';

/** What is said between switches and flow manager. */
export function channelPanels(): readonly PanelBuilder[] {
  return [
    graph({
      title: 'Packet-ins',
      description: 'Packets that each switch handed to the flow manager, and those that were dropped.',
      unit: 'pps',
      queries: [
        { expr: `sum by (switch) (${rate('packetIns', SWITCH)})`, legend: '{{switch}}' },
        { expr: `sum by (switch) (${rate('packetInsDropped', SWITCH)})`, legend: '{{switch}}: dropped' },
      ],
    }),
    graph({
      title: 'Messages',
      description: 'OpenFlow messages of each switch, by direction.',
      unit: 'mps',
      queries: [
        { expr: `sum by (switch, direction) (${rate('messages', SWITCH)})`, legend: '{{switch}}: {{direction}}' },
      ],
    }),
    graph({
      title: 'Bytes',
      description: 'Bytes of OpenFlow messages of each switch, by direction.',
      unit: 'binBps',
      queries: [{ expr: `sum by (switch, direction) (${rate('bytes', SWITCH)})`, legend: '{{switch}}: {{direction}}' }],
    }),
    graph({
      title: 'Trouble on channels',
      description: 'Messages that could not be read, and errors that no request had caused.',
      unit: 'mps',
      queries: [
        { expr: `sum by (switch) (${rate('malformed', SWITCH)})`, legend: '{{switch}}: malformed' },
        { expr: `sum by (switch) (${rate('strayErrors', SWITCH)})`, legend: '{{switch}}: stray errors' },
      ],
    }),
  ];
}
