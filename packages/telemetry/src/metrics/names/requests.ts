/** Requests to the Proxmox VE API. */
export const REQUEST_METRICS = {
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
