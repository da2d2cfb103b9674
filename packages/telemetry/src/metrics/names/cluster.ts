/** What a round sees and decides. */
export const CLUSTER_METRICS = {
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
  nodeTraffic: {
    name: 'ballast_node_traffic_bytes_per_second',
    help: 'What the running guests of a node receive and send, smoothed, once it was measured; with balance.network only.',
    labels: ['node', 'direction'],
  },
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
} as const;
