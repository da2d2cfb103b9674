import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { FLOW_MANAGER } from '../../metrics.ts';
import { figure } from '../../panels/figure.ts';

const { rate, series } = FLOW_MANAGER;

/** The newest figures, to be read from across the room. */
export function nowPanels(): readonly PanelBuilder[] {
  return [
    figure({
      title: 'Services without members',
      description: 'Services with no member that is ready, up and placed.',
      unit: 'short',
      expr: `sum(${series('serviceAvailable')} < bool 1)`,
      red: 1,
    }),
    figure({
      title: 'Members down',
      description: 'Members that their health monitor found down.',
      unit: 'short',
      expr: `sum(1 - ${series('memberUp')})`,
      orange: 1,
    }),
    figure({
      title: 'Switches',
      description: 'Switches that are connected, the most at any of the flow managers chosen.',
      unit: 'short',
      expr: `max(sum by (instance) (${series('switches')}))`,
    }),
    figure({
      title: 'Switches behind',
      description: 'Switches that are not known to carry what is wanted of them.',
      unit: 'short',
      expr: `sum(1 - ${series('switchSettled')})`,
      orange: 1,
    }),
    figure({
      title: 'Packet-ins dropped',
      description:
        'Packets a second that switches handed over and nobody answered, for the answers could not be written.',
      unit: 'pps',
      expr: `sum(${rate('packetInsDropped')})`,
      red: 1,
    }),
    figure({
      title: 'Open connections',
      description: 'Open connections of services with least connections; those of others are not counted.',
      unit: 'short',
      expr: `sum(${series('memberConnections')})`,
    }),
    figure({
      title: 'State not saved',
      description: 'Flow managers that could not write their state to disk the last time they tried.',
      unit: 'short',
      expr: `sum(1 - ${series('saved')})`,
      red: 1,
    }),
    figure({
      title: 'Role',
      description: 'master writes to the switches, slave looks on, equal is alone or one of several that agree.',
      unit: 'short',
      expr: series('roleInfo'),
      label: 'role',
    }),
  ];
}
