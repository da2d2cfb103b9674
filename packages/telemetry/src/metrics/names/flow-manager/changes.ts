/** What is changed on switches. */
export const CHANGE_METRICS = {
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
} as const;
