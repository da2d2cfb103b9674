/** How a flow manager stands. */
export const CONTROLLER_METRICS = {
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
} as const;
