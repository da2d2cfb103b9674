import type { Clock, Milliseconds } from '@ballast/core';

/** Where a REST API is, and how it is asked. */
export interface Endpoint {
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string;
  readonly clock: Clock;
  /** For each request, its answer included. */
  readonly timeout: Milliseconds;
}

export interface Ask {
  readonly method?: 'GET' | 'PUT' | 'POST';
  /** Already encoded. */
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

/** Why there is no answer. Drivers translate it into errors of their own. */
export class NoAnswer extends Error {
  readonly why: 'aborted' | 'timeout' | 'unreachable';
  /** What failed, such as `ECONNREFUSED`. */
  readonly reason: string;

  constructor(why: NoAnswer['why'], cause: unknown) {
    super(why, { cause });
    this.why = why;
    this.reason = reasonOf(cause);
  }
}

/**
 * One request within the time-out. `path` is below that of the URL, whether or not it ends in a slash.
 * @throws {NoAnswer}
 */
export async function exchange(endpoint: Endpoint, path: string, ask: Ask = {}): Promise<Answer> {
  const { url, token, clock, timeout } = endpoint;
  const { method = 'GET', body, signal } = ask;
  const over = new AbortController();
  const answered = new AbortController();
  void clock.sleep(timeout, answered.signal).then(
    () => over.abort(),
    () => undefined,
  );
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const ends = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    // A token does not follow where somebody else points.
    const init = { method, headers, signal: ends, redirect: 'manual', ...(body !== undefined && { body }) } as const;
    return await send(new URL(path, url.replace(/\/*$/, '/')), init);
  } catch (error) {
    throw new NoAnswer(signal?.aborted === true ? 'aborted' : over.signal.aborted ? 'timeout' : 'unreachable', error);
  } finally {
    answered.abort();
  }
}

/**
 * Sends once more when the connection was lost: one that was kept open may be of a process that has restarted since.
 * Every request of ours may be carried out twice.
 */
async function send(url: URL, init: RequestInit): Promise<Answer> {
  const once = async (): Promise<Answer> => {
    const response = await fetch(url, init);
    return { ok: response.ok, status: response.status, text: await response.text() };
  };
  try {
    return await once();
  } catch (error) {
    if (LOST.includes(reasonOf(error))) return once();
    throw error;
  }
}

const LOST: readonly string[] = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/** fetch says "fetch failed"; what failed is its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}

/** The JSON of an answer; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
