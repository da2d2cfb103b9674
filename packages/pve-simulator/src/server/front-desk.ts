import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Instant, Milliseconds, NodeName } from '@ballast/core';
import { routes } from '../api/index.ts';
import type { RawParams } from '../api/params.ts';
import { Router } from '../api/router.ts';
import type { Identity } from '../api/who.ts';
import { asOf } from '../schema/personality.ts';
import { majorOf, nodeOf } from '../world/world.ts';
import type { AnswerCache } from './answer-cache.ts';
import { isReply, readRequest } from './body.ts';
import { dispatch, type Setting } from './dispatch.ts';
import type { RequestFault, RequestFaults } from './faults.ts';
import type { Held } from './held.ts';
import type { LiveWorld } from './live-world.ts';
import type { RequestLog } from './request-log.ts';
import { failure, notImplemented, type Reply, send } from './respond.ts';
import { hasToken, type SignIn } from './sign-in.ts';

const PREFIX = '/api2/json';
const router = new Router(routes);

/** What all entry points of a simulator share. */
export interface Desk {
  readonly live: LiveWorld;
  readonly signIn: SignIn;
  readonly faults: RequestFaults;
  readonly log: RequestLog;
  readonly answers: AnswerCache;
  readonly fingerprint: string;
  readonly strict: boolean;
  /** Nodes that take requests and never answer. */
  readonly hanging: Set<NodeName>;
  /** How long a node waits for the one that it asks. */
  readonly proxyTimeout: Milliseconds;
  /** A failed sign-in is held back this long. */
  readonly authDelay: Milliseconds;
  /** Requests that wait. */
  readonly held: Held;
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
  if (fault?.kind === 'hang' || desk.hanging.has(entry)) return desk.held.forever(request);
  if (fault?.kind === 'reset') {
    request.socket.destroy();
    return;
  }
  const delay = fault?.kind === 'slow' ? fault.delay : 0;
  const reply = faulty(fault) ?? (await answer(desk, entry, { request, url, delay }, note));
  note.status = reply.status;
  if (fault?.kind === 'lost-answer') request.socket.destroy();
  else await send(request, response, reply, clockOf(desk, entry), fault?.kind === 'cut' ? half : undefined);
}

/** What time a node thinks it is. */
function clockOf({ live }: Desk, entry: NodeName): Instant {
  const { world } = live;
  return world.now + (nodeOf(world, entry)?.clockSkew ?? 0);
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
  { request, url, delay }: { readonly request: IncomingMessage; readonly url: URL; readonly delay: Milliseconds },
  note: { params?: RawParams; identity?: string },
): Promise<Reply> {
  const method = request.method ?? 'GET';
  if (!['GET', 'POST', 'PUT', 'DELETE'].includes(method))
    return { status: 501, reason: `method '${method}' not available` };
  if (!url.pathname.startsWith(`${PREFIX}/`)) return { status: 404, reason: `no such file '${url.pathname}'` };
  const path = url.pathname.slice(PREFIX.length);
  const raw = await readRequest(request, url);
  if (isReply(raw)) return raw;
  // It has arrived: it is carried out late even if whoever asked has hung up meanwhile.
  await desk.held.wait(request, delay);
  const match = router.find(method, path);
  const open = match?.route.description.permission.some(({ kind }) => kind === 'world') ?? false;
  const identity = open ? NOBODY : desk.signIn.identify(method, request.headers, desk.live.world.now);
  if (typeof identity === 'string') {
    await desk.held.wait(request, desk.authDelay);
    return { status: 401, reason: identity };
  }
  if (!open) Object.assign(note, { params: raw, identity: identity.name });
  const description = match === undefined ? undefined : asOf(match.route.description, majorOf(desk.live.world));
  if (match === undefined || description === undefined) return notImplemented(method, path);
  const setting: Setting = {
    entry,
    identity: { ...identity, poolOf: poolsOf(desk.live) },
    byToken: hasToken(request.headers),
    accounts: desk.signIn,
    fingerprint: desk.fingerprint,
    hanging: desk.hanging,
    proxyTimeout: desk.proxyTimeout,
    strict: desk.strict,
    world: () => desk.live.world,
    update: (change) => {
      desk.live.update(change);
    },
  };
  const asker = `${identity.name} ${url.search}`;
  const reply = desk.answers.of(desk.live, description.name, asker, () => dispatch(match, description, raw, setting));
  await desk.held.wait(request, reply.status === 401 ? desk.authDelay : (reply.delay ?? 0));
  return reply;
}

/** Looks guests up by their paths; the list of them is gone through once for a request, and only if it comes to that. */
function poolsOf(live: LiveWorld): (path: string) => string | undefined {
  let pools: ReadonlyMap<string, string> | undefined;
  return (path) => {
    pools ??= new Map(
      live.world.guests.flatMap(({ id, pool }) => (pool === undefined ? [] : [[`/vms/${id}`, pool] as const])),
    );
    return pools.get(path);
  };
}

/** Who asks for what needs no signing in. */
const NOBODY: Identity = { name: '', grants: [] };
