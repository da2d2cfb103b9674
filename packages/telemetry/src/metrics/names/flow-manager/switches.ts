/** Switches that are connected. */
export const SWITCH_METRICS = {
  switches: {
    name: 'ballast_flow_manager_switches',
    help: 'Switches that are connected, by the role that this flow manager has there.',
    labels: ['role'],
  },
  switchInfo: {
    name: 'ballast_flow_manager_switch_info',
    help: 'Always 1 for a switch that is connected; the labels tell the role there and the OpenFlow version spoken.',
    labels: ['switch', 'role', 'openflow'],
  },
  switchSettled: {
    name: 'ballast_flow_manager_switch_settled',
    help: '1 while a switch is known to carry what is wanted of it, else 0; none where somebody else leads.',
    labels: ['switch'],
  },
  switchVersion: {
    name: 'ballast_flow_manager_switch_carried_version',
    help: 'The version of what is wanted that a switch is known to carry.',
    labels: ['switch'],
  },
  switchRows: {
    name: 'ballast_flow_manager_switch_rows',
    help: "Ballast's rows on a switch, as they were last read or written; kind flow or group.",
    labels: ['switch', 'kind'],
  },
  connects: {
    name: 'ballast_flow_manager_switch_connects_total',
    help: 'Times that a switch connected.',
    labels: ['switch'],
  },
  disconnects: {
    name: 'ballast_flow_manager_switch_disconnects_total',
    help: 'Connections to switches that ended, by the code of the reason.',
    labels: ['code'],
  },
} as const;
