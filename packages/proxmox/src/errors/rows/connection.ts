import { asked, type FailureRow, IN_CONFIG } from '../row.ts';

/** No answer came: the connection, its encryption, its end. */
export const CONNECTION: readonly FailureRow[] = [
  {
    code: 'proxmox-tls-fingerprint',
    kind: 'tls',
    errno: ['BALLAST_FINGERPRINT'],
    elsewhere: true,
    says: ({ call, text }) => `Expected ${call.endpoint} to show ${text}. Nothing was sent to it.`,
    hint: 'If its certificate was renewed, read the new fingerprint on the node (`pvenode cert info`); if not, somebody stands in between.',
  },
  {
    code: 'proxmox-tls-untrusted',
    kind: 'tls',
    errno: [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_UNTRUSTED',
      'CERT_SIGNATURE_FAILURE',
    ],
    elsewhere: true,
    says: ({ call, errno }) =>
      `Expected ${call.endpoint} to show a certificate of a known authority, got one that is not (${errno}). Nothing was sent to it.`,
    hint: `Name the cluster's CA (/etc/pve/pve-root-ca.pem) or the certificate's SHA-256 fingerprint under \`tls\` ${IN_CONFIG}.`,
  },
  {
    code: 'proxmox-tls-name',
    kind: 'tls',
    errno: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    elsewhere: true,
    says: ({ call, text }) => `Expected ${call.endpoint} to show a certificate for its name, got: ${text}`,
    hint: `Use a name that the certificate holds as the endpoint, or pin its fingerprint under \`tls\` ${IN_CONFIG}.`,
  },
  {
    code: 'proxmox-tls-expired',
    kind: 'tls',
    errno: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    elsewhere: true,
    says: ({ call, errno }) => `Expected ${call.endpoint} to show a certificate that is valid now, got ${errno}.`,
    hint: 'Renew it (`pvecm updatecerts` on the node), and check the clocks of both machines.',
  },
  {
    code: 'proxmox-tls-protocol',
    kind: 'tls',
    errno: ['EPROTO', 'ERR_SSL_', 'ERR_TLS_'],
    elsewhere: true,
    says: ({ call, errno }) => `Expected ${call.endpoint} to speak TLS, got ${errno}.`,
    hint: 'Check the port: Proxmox VE listens on 8006 and speaks HTTPS alone.',
  },
  {
    code: 'proxmox-name-unknown',
    kind: 'transient',
    errno: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_'],
    elsewhere: true,
    says: ({ call, errno }) => `Expected the name in ${call.endpoint} to resolve to an address, got ${errno}.`,
    hint: `Check the spelling of the endpoint ${IN_CONFIG} and the name server, or use an address.`,
  },
  {
    code: 'proxmox-unreachable',
    kind: 'transient',
    errno: ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EADDRNOTAVAIL', 'ENETDOWN'],
    elsewhere: true,
    says: ({ call, errno }) => `Expected ${call.endpoint} to accept a connection, got ${errno}.`,
    hint: 'Check that the node is up, that pveproxy runs on it, and that no firewall stands in between.',
  },
  {
    code: 'proxmox-timeout',
    kind: 'transient',
    errno: ['BALLAST_TIMEOUT', 'ETIMEDOUT', 'ESOCKETTIMEDOUT'],
    elsewhere: true,
    says: (failure) =>
      `Expected ${failure.call.endpoint} to answer ${asked(failure)} within ${failure.call.timeout / 1000} s, got nothing.`,
    hint: `Check the node's load and the network, or raise \`timeout\` ${IN_CONFIG}.`,
  },
  {
    code: 'proxmox-endpoint-down',
    kind: 'transient',
    errno: ['BALLAST_ENDPOINT_DOWN'],
    elsewhere: true,
    says: (failure) =>
      `Expected ${failure.call.endpoint} to answer ${asked(failure)}, and gave it up: it did not answer another request in time.`,
    hint: 'Check that the node is up and that pveproxy runs on it.',
  },
  {
    code: 'proxmox-answer-broken',
    kind: 'transient',
    errno: ['BALLAST_TRUNCATED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_', 'Z_'],
    elsewhere: true,
    says: (failure) =>
      `Expected a whole answer of ${failure.call.endpoint} to ${asked(failure)}, got a connection that broke off (${failure.errno === 'BALLAST_TRUNCATED' ? 'half a response' : failure.errno}).`,
    hint: 'Check pveproxy on the node (`journalctl -u pveproxy`) and what stands in between.',
  },
  {
    code: 'proxmox-answer-too-large',
    kind: 'fatal',
    errno: ['BALLAST_TOO_LARGE'],
    says: (failure) => `Expected an answer of at most 64 MiB to ${asked(failure)}, got a larger one.`,
    hint: 'Check that the endpoint is a Proxmox VE node.',
  },
  {
    code: 'proxmox-second-factor',
    kind: 'auth',
    errno: ['BALLAST_NEED_TFA'],
    says: ({ call }) => `Expected a ticket for ${call.identity}, got a challenge for a second factor.`,
    hint: 'Use an API token: it needs none (Datacenter > Permissions > API Tokens).',
  },
];
