import { asked, type FailureRow, IN_CONFIG } from '../row.ts';

/** The credentials, or what they may do. */
export const AUTH: readonly FailureRow[] = [
  {
    code: 'proxmox-login-refused',
    kind: 'auth',
    status: [401],
    request: /^POST \/access\/ticket$/,
    says: ({ call, text }) => `Expected Proxmox VE to accept the password of ${call.identity}, got 401 (${text}).`,
    hint: `Check user, realm and password ${IN_CONFIG}; a user with a second factor needs an API token.`,
  },
  {
    code: 'proxmox-unauthorized',
    kind: 'auth',
    status: [401],
    says: ({ call, text }) => `Expected Proxmox VE to accept ${call.identity}, got 401 (${text}).`,
    hint: ({ call }) =>
      call.identity.startsWith('token ')
        ? 'Check id and secret of the token, that it has not expired and that its user is enabled (`pveum user token list USER`).'
        : 'The login was renewed once and refused again: check that the user is enabled and that the clocks of the nodes agree.',
  },
  {
    code: 'proxmox-forbidden',
    kind: 'permission',
    status: [403],
    phrase: /\((\/[^,)]*),\s*([^)]+)\)/,
    says: (failure, found) =>
      `Expected ${failure.call.identity} to have ${found?.[2]} on ${found?.[1]}, which ${asked(failure)} needs, got 403 (${failure.text}).`,
    hint: (_, found) =>
      `Grant a role with ${found?.[2]?.replaceAll('|', ' or ')} on ${found?.[1]} to the user and, when its privileges are separated, to the token (\`pveum acl modify\`).`,
  },
  {
    code: 'proxmox-forbidden',
    kind: 'permission',
    status: [403],
    says: (failure) => `Expected ${failure.call.identity} to be allowed ${asked(failure)}, got 403 (${failure.text}).`,
    hint: 'Grant the privilege to the user and, when its privileges are separated, to the token (`pveum acl modify`).',
  },
];
