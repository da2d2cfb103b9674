import type { GuestId, MemberState, Weight } from '@ballast/core';
import { type Ask, exchange, jsonOf, NoAnswer } from '../rest/exchange.ts';
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
  const pathOf = (service: string): string => `v1/services/${encodeURIComponent(service)}/weights`;
  return {
    read: async (service, signal) => rowsIn(await askFor(options, pathOf(service), { signal }), options.url),
    async write(service, members, fencing, signal): Promise<void> {
      const body = JSON.stringify({ members, ...(fencing !== undefined && { fencing: String(fencing) }) });
      await askFor(options, pathOf(service), { method: 'PUT', body, signal });
    },
  };
}

async function askFor(options: FlowManagerOptions, path: string, ask: Ask): Promise<unknown> {
  const { url, timeout = DEFAULT_TIMEOUT } = options;
  try {
    const { ok, status, text } = await exchange({ ...options, timeout }, path, ask);
    const body = jsonOf(text);
    if (!ok) throw refused(url, status, body);
    return body;
  } catch (error) {
    throw error instanceof NoAnswer ? failure(url, error, timeout) : error;
  }
}

function failure(place: string, cause: NoAnswer, timeout: number): FlowManagerError {
  const hint = 'Is the flow manager running, and is its port open to this machine?';
  switch (cause.why) {
    case 'aborted':
      return new FlowManagerError('flow-manager-aborted', `The call to ${place} was given up.`, { cause });
    case 'timeout': {
      const message = `Expected an answer of the flow manager at ${place} within ${timeout} ms, got none.`;
      return new FlowManagerError('flow-manager-timeout', message, { cause, hint });
    }
    case 'unreachable': {
      const message = `Expected the flow manager at ${place}, got ${cause.reason}.`;
      return new FlowManagerError('flow-manager-unreachable', message, { cause, hint });
    }
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
