import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Instant, Milliseconds, NodeName } from '@ballast/core';
import type { RawParams } from '../api/params.ts';
import { nodeOf } from '../world/world.ts';
import { answerNow, type Records } from './answer.ts';
import { isReply, readRequest } from './body.ts';
import type { RequestFault, RequestFaults } from './faults.ts';
import type { Held } from './held.ts';
import type { RequestLog } from './request-log.ts';
import { failure, type Reply, send } from './respond.ts';

const PREFIX = '/api2/json';

/** What all entry points of a simulator share. */
export interface Desk extends Records {
  readonly faults: RequestFaults;
  readonly log: RequestLog;
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
  const { reply, identity } = answerNow(desk, {
    entry,
    method,
    path,
    search: url.search,
    params: raw,
    headers: request.headers,
  });
  if (identity !== undefined) Object.assign(note, { params: raw, identity });
  await desk.held.wait(request, reply.status === 401 ? desk.authDelay : (reply.delay ?? 0));
  return reply;
}
