import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Instant, Milliseconds, NodeName } from '@ballast/core';
import { type Grant, type Identity, PRIVILEGES, type Privilege, privilegesAt } from '../api/identity.ts';
import { routes } from '../api/index.ts';
import type { RawParams } from '../api/params.ts';
import { Router } from '../api/router.ts';
import { isReply, readRequest } from './body.ts';
import { dispatch } from './dispatch.ts';
import type { RequestFault, RequestFaults } from './faults.ts';
import type { LiveWorld } from './live-world.ts';
import type { RequestLog } from './request-log.ts';
import { failure, notImplemented, type Reply, send, success } from './respond.ts';
import type { SignIn } from './sign-in.ts';

const PREFIX = '/api2/json';
const router = new Router(routes);

/** What all entry points of a simulator share. */
export interface Desk {
  readonly live: LiveWorld;
  readonly signIn: SignIn;
  readonly faults: RequestFaults;
  readonly log: RequestLog;
  readonly fingerprint: string;
  /** A failed sign-in is held back this long. */
  readonly authDelay: Milliseconds;
  /** Waits without keeping the process alive. */
  readonly wait: (duration: Milliseconds) => Promise<void>;
}

/** Answers one request that came in at a node, or lets a fault befall it. */
export async function serve(
  desk: Desk,
  entry: NodeName,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://simulator');
  const method = request.method ?? 'GET';
  const note = desk.log.note({ at: desk.live.world.now, entry, method, path: url.pathname });
  const fault = desk.faults.take(method, url.pathname);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'slow') await desk.wait(fault.delay);
  const reply = faulty(fault) ?? (await answer(desk, entry, request, url, note));
  note.status = reply.status;
  if (fault?.kind === 'lost-answer') request.socket.destroy();
  else await send(request, response, reply, desk.live.world.now, fault?.kind === 'cut' ? half : undefined);
}

function half(length: number): number {
  return Math.floor(length / 2);
}

/** A reply in place of the true one. */
function faulty(fault: RequestFault | undefined): Reply | undefined {
  if (fault?.kind === 'garbage') {
    return { status: 200, reason: 'OK', body: '{"data":[{"id":"node/', type: 'application/json;charset=UTF-8' };
  }
  if (fault?.kind !== 'status') return undefined;
  if (fault.status >= 590) return { status: fault.status, reason: fault.reason };
  return failure(fault.status, fault.reason);
}

async function answer(
  desk: Desk,
  entry: NodeName,
  request: IncomingMessage,
  url: URL,
  note: { params?: RawParams; identity?: string },
): Promise<Reply> {
  const method = request.method ?? 'GET';
  if (!['GET', 'POST', 'PUT', 'DELETE'].includes(method))
    return { status: 501, reason: `method '${method}' not available` };
  if (!url.pathname.startsWith(`${PREFIX}/`)) return { status: 404, reason: `no such file '${url.pathname}'` };
  const path = url.pathname.slice(PREFIX.length);
  const raw = await readRequest(request, url);
  if (isReply(raw)) return raw;
  if (path === '/access/ticket' && method !== 'DELETE') return await giveTicket(desk, method, raw);
  if (path === '/access/domains' && method === 'GET') return success(REALMS);
  const identity = desk.signIn.identify(method, request.headers, desk.live.world.now);
  if (typeof identity === 'string') {
    await desk.wait(desk.authDelay);
    return { status: 401, reason: identity };
  }
  Object.assign(note, { params: raw, identity: identity.name });
  if (path === '/access/permissions' && method === 'GET') return success(permissionsOf(identity));
  const match = router.find(method, path);
  if (match === undefined) return notImplemented(method, path);
  return dispatch(match, raw, {
    entry,
    identity,
    fingerprint: desk.fingerprint,
    world: () => desk.live.world,
    update: (change) => {
      desk.live.update(change);
    },
  });
}

const REALMS = [
  { realm: 'pam', type: 'pam', comment: 'Linux PAM standard authentication', default: 1 },
  { realm: 'pve', type: 'pve', comment: 'Proxmox VE authentication server' },
];

/** What the web interface may show; clients of the API have no use for it. */
const CAPABILITIES = { vms: {}, storage: {}, access: {}, nodes: {}, dc: {}, mapping: {}, sdn: {} };

async function giveTicket(desk: Desk, method: string, raw: RawParams): Promise<Reply> {
  if (method === 'GET') return success(null);
  const now: Instant = desk.live.world.now;
  const name = text(raw, 'username');
  const username = name.includes('@') ? name : `${name}@${text(raw, 'realm') || 'pam'}`;
  const challenge = raw['tfa-challenge'] === undefined ? undefined : text(raw, 'tfa-challenge');
  const ticket = desk.signIn.sign(username, text(raw, 'password'), challenge, now);
  if (ticket !== undefined) {
    const whole = ticket.NeedTFA === undefined ? { cap: CAPABILITIES, clustername: desk.live.world.cluster } : {};
    return success({ ...ticket, ...whole });
  }
  await desk.wait(desk.authDelay);
  return failure(401, 'authentication failure');
}

function text(raw: RawParams, name: string): string {
  const value = raw[name];
  return typeof value === 'string' ? value : '';
}

/** Rights by path: of `/`, of the trees that Proxmox VE lists, and of every path that was granted something. */
function permissionsOf(identity: Identity): Readonly<Record<string, Readonly<Partial<Record<Privilege, 1>>>>> {
  const paths = new Set([
    '/',
    '/nodes',
    '/pool',
    '/storage',
    '/vms',
    ...identity.grants.map((grant: Grant) => grant.path),
  ]);
  const entries = [...paths].sort().map((path) => {
    const held = privilegesAt(identity, path);
    return [path, Object.fromEntries(PRIVILEGES.filter((p) => held.includes(p)).map((p) => [p, 1 as const]))] as const;
  });
  return Object.fromEntries(entries.filter(([, held]) => Object.keys(held).length > 0));
}
