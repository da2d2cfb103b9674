/** Services and their members. A member is labelled by its guest and by address and port. */
export const SERVICE_METRICS = {
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
} as const;
