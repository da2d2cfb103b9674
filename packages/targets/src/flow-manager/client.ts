import type { GuestId, MemberState, Weight } from '@ballast/core';
import { isRecord } from '../options/checks.ts';
import { type Ask, exchange, jsonOf, NoAnswer } from '../rest/exchange.ts';
import type { ServiceSpec } from './declared.ts';
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
  /** A service as it stands there; undefined where there is none of that name. */
  service(name: string, signal: AbortSignal | undefined): Promise<ServiceSpec | undefined>;
  /** Makes it, or makes it anew. */
  declare(name: string, spec: ServiceSpec, fencing: bigint | undefined, signal?: AbortSignal): Promise<void>;
  read(service: string, signal: AbortSignal | undefined): Promise<ServiceRows>;
  write(
    service: string,
    members: readonly WantedRow[],
    fencing: bigint | undefined,
    signal?: AbortSignal,
  ): Promise<void>;
}

export function clientOf(options: FlowManagerOptions): Client {
  const pathOf = (service: string): string => `v1/services/${encodeURIComponent(service)}`;
  const put = async (
    path: string,
    stated: object,
    fencing: bigint | undefined,
    signal?: AbortSignal,
  ): Promise<void> => {
    const body = JSON.stringify({ ...stated, ...(fencing !== undefined && { fencing: String(fencing) }) });
    await askFor(options, path, { method: 'PUT', body, signal });
  };
  return {
    async service(name, signal): Promise<ServiceSpec | undefined> {
      try {
        return specIn(await askFor(options, pathOf(name), { signal }), options.url);
      } catch (error) {
        if (error instanceof FlowManagerError && error.code === 'flow-manager-unknown-service') return undefined;
        throw error;
      }
    },
    declare: (name, spec, fencing, signal) => put(pathOf(name), spec, fencing, signal),
    async read(service, signal): Promise<ServiceRows> {
      return rowsIn(await askFor(options, `${pathOf(service)}/weights`, { signal }), options.url);
    },
    write: (service, members, fencing, signal) => put(`${pathOf(service)}/weights`, { members }, fencing, signal),
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

/** Tolerant: what it has not, or has otherwise, is put anew. */
function specIn(body: unknown, place: string): ServiceSpec {
  const spec = isRecord(body) ? body['spec'] : undefined;
  const { vip, members } = isRecord(spec) ? spec : {};
  if (!isAddressed(vip) || !Array.isArray(members) || !members.every(isAddressed)) {
    throw badReply(place, 'a service without its VIP and members');
  }
  return spec as ServiceSpec;
}

function isAddressed(value: unknown): boolean {
  return isRecord(value) && typeof value['address'] === 'string' && typeof value['port'] === 'number';
}

/** Tolerant: a newer flow manager may say more. */
function rowsIn(body: unknown, place: string): ServiceRows {
  const { members, fencing } = isRecord(body) ? body : {};
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
