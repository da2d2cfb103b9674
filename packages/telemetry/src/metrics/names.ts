/**
 * Name, help and labels of a metric. Every metric of Ballast is in this file. Prometheus' rules hold: prefix `ballast_`,
 * base units (seconds, bytes, ratios 0..1), `_total` on counters, labels of bounded cardinality.
 */
export interface MetricDefinition {
  readonly name: `ballast_${string}`;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** Of the operator. */
export const METRICS = {
  buildInfo: {
    name: 'ballast_build_info',
    help: 'Always 1; the label tells the version of Ballast that runs.',
    labels: ['version'],
  },
  modeInfo: {
    name: 'ballast_mode_info',
    help: 'Always 1; the label tells the mode: observe, advise or auto.',
    labels: ['mode'],
  },

  leader: {
    name: 'ballast_leader',
    help: 'Whether this operator leads: 1, or 0 while it stands by for another one.',
    labels: [],
  },

  paused: {
    name: 'ballast_paused',
    help: 'Whether nothing is migrated by order of a person: 1 while `ballast pause` holds.',
    labels: [],
  },

  windowOpen: {
    name: 'ballast_window_open',
    help: 'Whether migrations may begin, by `budgets.windows` and `budgets.blackouts`: 1, or 0 outside of them.',
    labels: [],
  },

  rounds: { name: 'ballast_rounds_total', help: 'Rounds that ended, by outcome.', labels: ['outcome'] },
  roundDuration: {
    name: 'ballast_round_duration_seconds',
    help: 'Duration of rounds, by outcome.',
    labels: ['outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  roundsSkipped: {
    name: 'ballast_rounds_skipped_total',
    help: 'Rounds that were due while the one before still ran, and were skipped.',
    labels: [],
  },
  lastRound: {
    name: 'ballast_last_round_timestamp_seconds',
    help: 'When the last completed round ended, in seconds since 1970.',
    labels: [],
  },
  roundFailures: {
    name: 'ballast_round_failures_total',
    help: 'Rounds that failed, by stage and by the code of the error.',
    labels: ['stage', 'code'],
  },

  nodeUtilization: {
    name: 'ballast_node_utilization_ratio',
    help: 'Smoothed utilization of a node that planning reckons with, 0..1.',
    labels: ['node', 'resource'],
  },
  nodePressure: {
    name: 'ballast_node_pressure_ratio',
    help: 'Contention seen by a node, 0..1: PSI where there is one, else derived from utilization.',
    labels: ['node'],
  },
  nodeClass: {
    name: 'ballast_node_class',
    help: '1 for the class a node is in (over, appropriate, under), 0 for the others.',
    labels: ['node', 'class'],
  },
  nodeGuests: { name: 'ballast_node_guests', help: 'Running guests of a node.', labels: ['node'] },

  planSteps: {
    name: 'ballast_plan_steps',
    help: 'Migrations in the plan of the last round, by reason.',
    labels: ['reason'],
  },
  planDecision: {
    name: 'ballast_plan_decision',
    help: '1 for the decision of the last plan (migrate, balanced, stuck), 0 for the others.',
    labels: ['decision'],
  },
  guestsBlocked: {
    name: 'ballast_guests_blocked',
    help: 'Guests that the last plan may not move, by the code of the blocker.',
    labels: ['code'],
  },

  migrations: {
    name: 'ballast_migrations_total',
    help: 'Migrations that ended, by reason and outcome; a skipped one was never started.',
    labels: ['reason', 'outcome'],
  },
  migrationsRunning: { name: 'ballast_migrations_running', help: 'Migrations that run now.', labels: [] },
  migrationsAdopted: {
    name: 'ballast_migrations_adopted_total',
    help: 'Migrations that were found running and are followed to their end, by what told that they are ours: history or identity.',
    labels: ['by'],
  },
  migrationsOverdue: {
    name: 'ballast_migrations_overdue_total',
    help: 'Migrations that took longer than they might, by `execution.timeout`.',
    labels: [],
  },
  migrationsVerified: {
    name: 'ballast_migrations_verified_total',
    help: 'Arrivals whose effect was looked at, by whether the source fell as projected: yes or no.',
    labels: ['kept'],
  },
  migrationGainError: {
    name: 'ballast_migration_gain_error_ratio',
    help: 'How far the fall of a source was from its projection, as a share of what the node has.',
    labels: [],
    buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  },
  migrationDuration: {
    name: 'ballast_migration_duration_seconds',
    help: 'Duration of migrations that were carried out.',
    labels: [],
    buckets: [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800],
  },
  migratedBytes: {
    name: 'ballast_migrated_bytes_total',
    help: 'Bytes that migrations transferred, as Proxmox VE reported them.',
    labels: [],
  },

  weight: {
    name: 'ballast_weight',
    help: 'Decided weight of a member, a ratio 0..1; 0 while it is drained.',
    labels: ['service', 'member'],
  },
  weightChanges: {
    name: 'ballast_weight_changes_total',
    help: 'Weights and states that were changed on a target and read back.',
    labels: ['target'],
  },
  targetUp: {
    name: 'ballast_target_up',
    help: '1 when the last weights reached the target, 0 when the target as a whole had a problem.',
    labels: ['target'],
  },
  targetProblems: {
    name: 'ballast_target_problems_total',
    help: 'Problems met while weights were applied, by target and code.',
    labels: ['target', 'code'],
  },
  targetApplyDuration: {
    name: 'ballast_target_apply_duration_seconds',
    help: 'Time a target took to be brought to its weights.',
    labels: ['target'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  },

  proxmoxRequests: {
    name: 'ballast_proxmox_requests_total',
    help: 'Requests to the Proxmox VE API, by path template and HTTP status; status error when no answer came.',
    labels: ['method', 'path', 'status'],
  },
  proxmoxRoundRequests: {
    name: 'ballast_proxmox_round_requests',
    help: 'Requests to the Proxmox VE API in the last round and since the one before, those that follow migrations included.',
    labels: [],
  },
  proxmoxPutOff: {
    name: 'ballast_proxmox_inspections_put_off_total',
    help: 'Guests that were inspected a round later, for the requests of a round were used up.',
    labels: [],
  },
  proxmoxRequestDuration: {
    name: 'ballast_proxmox_request_duration_seconds',
    help: 'Duration of requests to the Proxmox VE API.',
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
} as const;

/** Of the flow manager. A switch is labelled by its datapath id, a member by its guest and by address and port. */
export const FLOW_MANAGER_METRICS = {
  buildInfo: {
    name: 'ballast_flow_manager_build_info',
    help: 'Always 1; the label tells the version of the flow manager that runs.',
    labels: ['version'],
  },
  roleInfo: {
    name: 'ballast_flow_manager_role_info',
    help: 'Always 1; the label tells the role that the flow manager takes at switches: master, slave or equal.',
    labels: ['role'],
  },
  generation: {
    name: 'ballast_flow_manager_generation',
    help: 'The fencing token that the role is taken with; the leader has the highest.',
    labels: [],
  },
  registryVersion: {
    name: 'ballast_flow_manager_registry_version',
    help: 'Version of what is wanted of the switches; each change makes the next one.',
    labels: [],
  },

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

  reconciliations: {
    name: 'ballast_flow_manager_reconciliations_total',
    help: 'Times that a switch did not have what is wanted, by outcome: changed, or failed and tried again.',
    labels: ['outcome'],
  },
  reconciliationDuration: {
    name: 'ballast_flow_manager_reconciliation_duration_seconds',
    help: 'Time from the wish to the switch that was read back, where something had to be changed.',
    labels: [],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  rowChanges: {
    name: 'ballast_flow_manager_row_changes_total',
    help: 'Rows that were changed on switches, by kind (flow, group) and verb (add, change, remove).',
    labels: ['kind', 'verb'],
  },
  displaced: {
    name: 'ballast_flow_manager_displaced_flows_total',
    help: "Flows of others that stood in the place of one of Ballast's, and had to give it up.",
    labels: [],
  },
  failures: {
    name: 'ballast_flow_manager_failures_total',
    help: 'Failures at switches, monitors and the rest, by the code of the error; what can be tried again is.',
    labels: ['code'],
  },

  services: { name: 'ballast_flow_manager_services', help: 'Services that are registered.', labels: [] },
  serviceMembers: {
    name: 'ballast_flow_manager_service_members',
    help: 'Members of a service.',
    labels: ['service'],
  },
  serviceAvailable: {
    name: 'ballast_flow_manager_service_available_members',
    help: 'Members of a service that are ready, up and placed: those that new connections are meant for.',
    labels: ['service'],
  },
  memberUp: {
    name: 'ballast_flow_manager_member_up',
    help: '1 unless the health monitor says that the member is down.',
    labels: ['service', 'guest', 'endpoint'],
  },
  memberState: {
    name: 'ballast_flow_manager_member_state',
    help: '1 for the state that a member is in (ready, drain, held), 0 for the others; held: drained by a person.',
    labels: ['service', 'guest', 'endpoint', 'state'],
  },
  memberWeight: {
    name: 'ballast_flow_manager_member_weight_ratio',
    help: 'Weight of a member, relative to the others of its service, 0..1.',
    labels: ['service', 'guest', 'endpoint'],
  },
  memberRamp: {
    name: 'ballast_flow_manager_member_ramp_ratio',
    help: 'The part of its weight that a returning member has, 0..1; 1 for all others.',
    labels: ['service', 'guest', 'endpoint'],
  },
  memberPlaced: {
    name: 'ballast_flow_manager_member_placed',
    help: '1 while it is known how a member is reached, else 0: then it gets no connection.',
    labels: ['service', 'guest', 'endpoint'],
  },
  memberConnections: {
    name: 'ballast_flow_manager_member_open_connections',
    help: 'Open connections of a member, of services with least connections.',
    labels: ['service', 'guest', 'endpoint'],
  },
  healthChanges: {
    name: 'ballast_flow_manager_health_changes_total',
    help: 'Members that the health monitor found up or down when they were not before, by service.',
    labels: ['service', 'state'],
  },

  requests: {
    name: 'ballast_flow_manager_rest_requests_total',
    help: 'Requests to the REST API, by route and HTTP status; route other for paths that there are not.',
    labels: ['method', 'route', 'status'],
  },
  requestDuration: {
    name: 'ballast_flow_manager_rest_request_duration_seconds',
    help: 'Duration of requests to the REST API.',
    labels: [],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  fenced: {
    name: 'ballast_flow_manager_fenced_total',
    help: 'Requests that were refused (409): they came with an older fencing token than was seen before, or with none.',
    labels: [],
  },

  saves: {
    name: 'ballast_flow_manager_state_saves_total',
    help: 'Times that the state was written to disk, by outcome: saved or failed.',
    labels: ['outcome'],
  },
  saved: {
    name: 'ballast_flow_manager_state_saved',
    help: '1 unless the last attempt to write the state to disk failed.',
    labels: [],
  },
} as const;
