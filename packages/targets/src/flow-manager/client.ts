import type { GuestId, MemberState, Weight } from '@ballast/core';
import { badReply, FlowManagerError, refused } from './errors.ts';
import { DEFAULT_TIMEOUT, type FlowManagerOptions } from './options.ts';

/** The weights of a service as the flow manager states them. */
export interface ServiceRows {
  /** The newest fencing token that it has seen for the service. */
  readonly fencing?: bigint;
  readonly rows: ReadonlyMap<GuestId, MemberRow>;
}

export interface MemberRow {
  readonly weight: Weight;
  readonly state: MemberState;
  /** Drained by a person at the flow manager. */
  readonly held: boolean;
}

export interface WantedRow {
  readonly guest: GuestId;
  readonly weight: Weight;
  readonly state: MemberState;
}

/** Speaks with the REST API of one flow manager. Throws {@link FlowManagerError}. */
export interface Client {
  read(service: string, signal: AbortSignal | undefined): Promise<ServiceRows>;
  write(
    service: string,
    members: readonly WantedRow[],
    fencing: bigint | undefined,
    signal?: AbortSignal,
  ): Promise<void>;
}

export function clientOf(options: FlowManagerOptions): Client {
  // Paths are below that of the URL, whether or not it ends in a slash.
  const base = options.url.replace(/\/*$/, '/');
  const pathOf = (service: string): URL => new URL(`v1/services/${encodeURIComponent(service)}/weights`, base);
  return {
    read: async (service, signal) => rowsIn(await ask(options, pathOf(service), {}, signal), options.url),
    async write(service, members, fencing, signal): Promise<void> {
      const body = JSON.stringify({ members, ...(fencing !== undefined && { fencing: String(fencing) }) });
      const headers = { 'content-type': 'application/json' };
      await ask(options, pathOf(service), { method: 'PUT', body, headers }, signal);
    },
  };
}

/** One request within the time-out, its body included. */
async function ask(
  options: FlowManagerOptions,
  url: URL,
  init: { readonly method?: string; readonly body?: string; readonly headers?: Record<string, string> },
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { token, clock, timeout = DEFAULT_TIMEOUT, url: place } = options;
  const over = new AbortController();
  const answered = new AbortController();
  void clock.sleep(timeout, answered.signal).then(
    () => over.abort(),
    () => undefined,
  );
  const headers = { ...init.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const ends = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    // A token does not follow where somebody else points.
    const { ok, status, text } = await send(url, { ...init, headers, signal: ends, redirect: 'manual' });
    const body = parsed(text);
    if (!ok) throw refused(place, status, body);
    return body;
  } catch (error) {
    if (error instanceof FlowManagerError) throw error;
    throw failure(place, error, over.signal.aborted ? timeout : undefined, signal?.aborted === true);
  } finally {
    answered.abort();
  }
}

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

/**
 * Sends once more when the connection was lost: one that was kept open may be of a flow manager that has restarted
 * since. Every request of ours may be carried out twice.
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

function failure(place: string, cause: unknown, timeout: number | undefined, aborted: boolean): FlowManagerError {
  if (aborted) return new FlowManagerError('flow-manager-aborted', `The call to ${place} was given up.`, { cause });
  const hint = 'Is the flow manager running, and is its port open to this machine?';
  if (timeout !== undefined) {
    const message = `Expected an answer of the flow manager at ${place} within ${timeout} ms, got none.`;
    return new FlowManagerError('flow-manager-timeout', message, { cause, hint });
  }
  const message = `Expected the flow manager at ${place}, got ${reasonOf(cause)}.`;
  return new FlowManagerError('flow-manager-unreachable', message, { cause, hint });
}

/** fetch says "fetch failed"; what failed is its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tolerant: a newer flow manager may say more. */
function rowsIn(body: unknown, place: string): ServiceRows {
  const { members, fencing } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (!Array.isArray(members)) throw badReply(place, 'a reply without members');
  const rows = new Map<GuestId, MemberRow>();
  for (const member of members as readonly unknown[]) {
    const { guest, weight, state, held } = (member ?? {}) as Record<string, unknown>;
    if (typeof guest !== 'number' || typeof weight !== 'number' || (state !== 'ready' && state !== 'drain')) {
      throw badReply(place, 'a member without guest, weight and state');
    }
    rows.set(guest, { weight, state, held: held === true });
  }
  const seen = typeof fencing === 'string' && /^\d+$/.test(fencing) ? { fencing: BigInt(fencing) } : {};
  return { rows, ...seen };
}
