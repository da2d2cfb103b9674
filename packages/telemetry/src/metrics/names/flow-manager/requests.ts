/** The REST API, and the state on disk. */
export const REQUEST_METRICS = {
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
