import { asked, type FailureRow, IN_CONFIG } from '../row.ts';

/** An answer came that is no answer of Proxmox VE's API. */
export const STRANGE: readonly FailureRow[] = [
  {
    code: 'proxmox-not-json',
    kind: 'transient',
    errno: ['BALLAST_NOT_JSON'],
    elsewhere: true,
    says: (failure) => `Expected JSON as the answer to ${asked(failure)}, got ${failure.text}.`,
    hint: 'Check that the endpoint is a Proxmox VE node, and whether a proxy or a login page stands in between.',
  },
  {
    code: 'proxmox-no-data',
    kind: 'transient',
    errno: ['BALLAST_NO_DATA'],
    elsewhere: true,
    says: (failure) => `Expected the key \`data\` in the answer to ${asked(failure)}, got ${failure.text}.`,
    hint: 'Check that the endpoint is a Proxmox VE node, and whether a proxy stands in between.',
  },
  {
    code: 'proxmox-not-proxmox',
    kind: 'fatal',
    status: [301, 302, 303, 307, 308, 404, 405],
    elsewhere: true,
    says: (failure) =>
      `Expected ${failure.call.endpoint} to be a Proxmox VE node, got HTTP ${failure.status} (${failure.text}) for ${asked(failure)}.`,
    hint: `Check host and port of the endpoint ${IN_CONFIG}.`,
  },
  {
    code: 'proxmox-unavailable',
    kind: 'transient',
    status: [429, 502, 503, 504],
    elsewhere: true,
    says: (failure) =>
      `Expected ${failure.call.endpoint} to answer ${asked(failure)}, got HTTP ${failure.status} (${failure.text}).`,
    hint: 'Check the proxy that stands in front of Proxmox VE.',
  },
];
