/** Messages to and from switches. A switch is labelled by its datapath id. */
export const CHANNEL_METRICS = {
  messages: {
    name: 'ballast_flow_manager_channel_messages_total',
    help: 'OpenFlow messages, by switch and direction: received or sent.',
    labels: ['switch', 'direction'],
  },
  bytes: {
    name: 'ballast_flow_manager_channel_bytes_total',
    help: 'Bytes of OpenFlow messages, by switch and direction: received or sent.',
    labels: ['switch', 'direction'],
  },
  echoes: {
    name: 'ballast_flow_manager_channel_echoes_total',
    help: 'Echo requests of a switch that were answered.',
    labels: ['switch'],
  },
  packetIns: {
    name: 'ballast_flow_manager_packet_ins_total',
    help: 'Packets that a switch handed to the flow manager.',
    labels: ['switch'],
  },
  packetInsDropped: {
    name: 'ballast_flow_manager_packet_ins_dropped_total',
    help: 'Packets that a switch handed over and that were dropped, for answers could not be written.',
    labels: ['switch'],
  },
  malformed: {
    name: 'ballast_flow_manager_channel_malformed_total',
    help: 'Messages of a switch whose inside could not be read; they were left out.',
    labels: ['switch'],
  },
  strayErrors: {
    name: 'ballast_flow_manager_channel_stray_errors_total',
    help: 'Errors of a switch that no pending request had caused.',
    labels: ['switch'],
  },
} as const;
