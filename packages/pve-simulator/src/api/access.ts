import type { World } from '../world/world.ts';
import { may, requireAny, userOf } from './identity.ts';
import { badParameters, died, Refusal } from './refusal.ts';
import { rightsAt } from './rights.ts';
import type { Answer, Call, Handlers } from './route.ts';
import type { Identity } from './who.ts';

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
  const audits = identity !== undefined && may(identity, '/', 'Sys.Audit');
  return { data: { ...ticket, cap: CAPABILITIES, ...(audits ? { clustername: world.cluster } : {}) } };
}

function permissions({ identity, params, accounts, world }: Call): Answer {
  const name = params.optional('userid') ?? identity.name;
  if (name !== identity.name && userOf(name) !== identity.name) requireAny(identity, '/access', ['Sys.Audit']);
  const found = name === identity.name ? identity : accounts.identityOf(name);
  if (found === undefined) throw died(`no such user ('${name}')`);
  const asked: Identity = { ...found, ...(identity.poolOf && { poolOf: identity.poolOf }) };
  const path = params.optional('path');
  return { data: permissionsOf(asked, path === undefined ? pathsOf(asked, world) : [path]) };
}

/** The paths that Proxmox VE always lists, those that were granted something, and those of guests in pools. */
function pathsOf({ grants, owner }: Identity, world: World): readonly string[] {
  const always = ['/', '/access', '/access/groups', '/nodes', '/pool', '/sdn', '/storage', '/vms'];
  const granted = [...grants, ...(owner?.grants ?? [])].map((grant) => grant.path);
  const pooled = world.guests.filter((guest) => guest.pool !== undefined).map(({ id }) => `/vms/${id}`);
  return [...new Set([...always, ...granted, ...pooled])].sort();
}

/** By path, what is held there and whether it goes on below. Paths without anything are left out. */
function permissionsOf(identity: Identity, paths: readonly string[]): Readonly<Record<string, object>> {
  const entries = paths.map((path) => {
    const held = [...rightsAt(identity, path)].sort(([a], [b]) => (a < b ? -1 : 1));
    return [path, Object.fromEntries(held.map(([privilege, propagates]) => [privilege, propagates ? 1 : 0]))] as const;
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
