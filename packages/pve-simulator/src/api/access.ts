import { type Identity, privilegesAt, requireAny, userOf } from './identity.ts';
import { PRIVILEGES, type Privilege } from './privileges.ts';
import { badParameters, died, Refusal } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

const REALMS = [
  { realm: 'pam', type: 'pam', comment: 'Linux PAM standard authentication', default: 1 },
  { realm: 'pve', type: 'pve', comment: 'Proxmox VE authentication server' },
];

/** What the web interface may show; clients of the API have no use for it. */
const CAPABILITIES = { vms: {}, storage: {}, access: {}, nodes: {}, dc: {}, mapping: {}, sdn: {} };

/** Signing in, and who may what. */
export const accessHandlers: Handlers = {
  'GET /access/domains': () => ({ data: REALMS }),
  'GET /access/ticket': () => ({ data: null }),
  'POST /access/ticket': giveTicket,
  'GET /access/permissions': permissions,
  'GET /access/users/{userid}/token': tokens,
  'GET /access/users/{userid}/token/{tokenid}': token,
};

/** Whatever is wrong, it is told in the same words. */
function giveTicket({ params, accounts, world, byToken }: Call): Answer {
  if (byToken) throw new Refusal(403, "URI '/access/ticket' not available with API token, need proper ticket.");
  const name = params.text('username');
  const username = name.includes('@') ? name : `${name}@${params.optional('realm') ?? 'pam'}`;
  const ticket = accounts.sign(username, params.text('password'), params.optional('tfa-challenge'), world.now);
  if (ticket === undefined) throw new Refusal(401, 'authentication failure');
  if (ticket.NeedTFA !== undefined) return { data: ticket };
  const identity = accounts.identityOf(username);
  const audits = identity !== undefined && privilegesAt(identity, '/').includes('Sys.Audit');
  return { data: { ...ticket, cap: CAPABILITIES, ...(audits ? { clustername: world.cluster } : {}) } };
}

function permissions({ identity, params, accounts }: Call): Answer {
  const name = params.optional('userid') ?? identity.name;
  if (name !== identity.name && userOf(name) !== identity.name) requireAny(identity, '/access', ['Sys.Audit']);
  const asked = name === identity.name ? identity : accounts.identityOf(name);
  if (asked === undefined) throw died(`no such user ('${name}')`);
  const path = params.optional('path');
  return { data: permissionsOf(asked, path === undefined ? treesOf(asked) : [path]) };
}

/** `/`, the trees that Proxmox VE lists, and every path that was granted something. */
function treesOf(identity: Identity): readonly string[] {
  const granted = identity.grants.map((grant) => grant.path);
  return [...new Set(['/', '/nodes', '/pool', '/storage', '/vms', ...granted])].sort();
}

function permissionsOf(
  identity: Identity,
  paths: readonly string[],
): Readonly<Record<string, Readonly<Partial<Record<Privilege, 1>>>>> {
  const entries = paths.map((path) => {
    const held = privilegesAt(identity, path);
    return [path, Object.fromEntries(PRIVILEGES.filter((p) => held.includes(p)).map((p) => [p, 1 as const]))] as const;
  });
  return Object.fromEntries(entries.filter(([, held]) => Object.keys(held).length > 0));
}

function tokens({ params, accounts }: Call): Answer {
  const found = accounts.tokensOf(params.text('userid'));
  if (found === undefined) throw died(`no such user ('${params.text('userid')}')`);
  return { data: found };
}

function token({ params, accounts }: Call): Answer {
  const found = accounts.tokensOf(params.text('userid'))?.find(({ tokenid }) => tokenid === params.text('tokenid'));
  if (found === undefined) throw badParameters({ tokenid: 'no such token' });
  return { data: { privsep: found.privsep } };
}
