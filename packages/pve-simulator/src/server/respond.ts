import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Instant, Milliseconds } from '@ballast/core';

/** What goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly reason: string;
  /** None: no content type either, as in the authentication phase. */
  readonly body?: string;
  readonly type?: string;
  /** How long it is held back. */
  readonly delay?: Milliseconds;
}

const JSON_TYPE = 'application/json;charset=UTF-8';
const GZIP_ABOVE = 1024;
const zip = promisify(gzip);

/** The envelope of a success; `total` is left out when it is 0. */
export function success(data: unknown, total?: number): Reply {
  return { status: 200, reason: 'OK', body: JSON.stringify({ data, ...(total ? { total } : {}) }), type: JSON_TYPE };
}

/** The envelope of a failure: the first line of the message is the reason phrase. */
export function failure(status: number, message: string, errors?: Readonly<Record<string, string>>): Reply {
  const body = JSON.stringify({ data: null, message: `${message}\n`, ...(errors === undefined ? {} : { errors }) });
  return { status, reason: reasonPhrase(message), body, type: JSON_TYPE };
}

/** A path or method that is not there: the only message without a line break. */
export function notImplemented(method: string, path: string): Reply {
  const message = `Method '${method} ${path}' not implemented`;
  return { status: 501, reason: reasonPhrase(message), body: JSON.stringify({ data: null, message }), type: JSON_TYPE };
}

/** One line of Latin-1: what a status line can carry. */
function reasonPhrase(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/[^\x20-\x7e\xa0-\xff]/g, '?');
}

/**
 * Sends a reply with the headers of pveproxy; it closes the connection after any failure.
 * @param cut bytes of the body after which the connection is broken
 */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  now: Instant,
  cut?: (length: number) => number,
): Promise<void> {
  const date = new Date(now).toUTCString();
  const headers: Record<string, string | number> = {
    Server: 'pve-api-daemon/3.0',
    'Cache-Control': 'max-age=0',
    Pragma: 'no-cache',
    Date: date,
    Expires: date,
    Connection: reply.status >= 400 ? 'close' : 'Keep-Alive',
  };
  if (reply.type !== undefined) headers['Content-Type'] = reply.type;
  let body: Buffer = Buffer.from(reply.body ?? '');
  if (body.length > GZIP_ABOVE && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    body = await zipped(reply, body);
    headers['Content-Encoding'] = 'gzip';
  }
  // Without a body there is no length either: the closed connection is the end.
  if (body.length > 0 || reply.status < 400) headers['Content-Length'] = body.length;
  else response.useChunkedEncodingByDefault = false;
  if (response.destroyed) return;
  response.writeHead(reply.status, reply.reason, headers);
  if (cut === undefined) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, cut(body.length)), () => response.destroy());
}

/** A reply that is sent again is packed once. */
const packed = new WeakMap<Reply, Promise<Buffer>>();

function zipped(reply: Reply, body: Buffer): Promise<Buffer> {
  const known = packed.get(reply);
  if (known !== undefined) return known;
  const made = zip(body, { level: constants.Z_BEST_SPEED });
  packed.set(reply, made);
  return made;
}
