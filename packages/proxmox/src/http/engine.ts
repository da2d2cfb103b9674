import type { Clock, Milliseconds, Random } from '@ballast/core';
import proxmoxApi, { type ApiRequestable } from 'proxmox-api';
import type { Credentials } from '../auth/credentials.ts';
import { classify } from '../errors/classify.ts';
import type { FailedCall } from '../errors/failure.ts';
import { hasKind, ProxmoxError } from '../errors/proxmox-error.ts';
import type { Endpoint, RequestEvent } from '../options.ts';
import type { Api } from '../wire/api.ts';
import { row } from '../wire/fields.ts';
import { parseAnswer } from './answer.ts';
import { type Endpoints, nameOf } from './endpoints.ts';
import type { Transport } from './exchange.ts';
import { under } from './linked.ts';
import { NoAnswer } from './no-answer.ts';
import { summarize } from './summary.ts';
import { Underway } from './underway.ts';

const BASE = '/api2/json';
const FIRST_PAUSE: Milliseconds = 200;
const LONGEST_PAUSE: Milliseconds = 5000;
/** Patience with an endpoint that nobody has heard of. Proxmox VE itself takes 3 s to refuse credentials. */
const FIRST_LOOK: Milliseconds = 4000;
/** An abort without a reason makes an error of its own, with a stack, at each request. */
const DONE = 'done';
/** Failures after which nobody else need wait for the endpoint. */
const DEAD: readonly string[] = ['proxmox-timeout', 'proxmox-unreachable'];

export interface EngineParts {
  readonly endpoints: Endpoints;
  readonly credentials: Credentials;
  readonly transport: Transport;
  readonly timeout: Milliseconds;
  readonly retries: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly warn: (message: string) => void;
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
}

export interface CallSettings {
  readonly signal?: AbortSignal | undefined;
  /** Other than the engine's. */
  readonly retries?: number;
  /** Asked each time right before it leaves; what it throws is thrown, and nothing was sent. */
  readonly mayLeave?: (() => void) | undefined;
}

interface Call extends CallSettings {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** Less than the engine's. */
  readonly timeout?: Milliseconds;
}

/**
 * Carries requests to the cluster: fail-over between endpoints, repetition of GET with jitter, login, typed errors.
 * Anything but a GET is repeated only when nothing of it was sent.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #closed = new Underway();
  #pending = 0;
  #requests = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** HTTP exchanges under way. */
  get pending(): number {
    return this.#pending;
  }

  /** HTTP exchanges so far. */
  get requests(): number {
    return this.#requests;
  }

  /** The typed paths of the API; what they answer is `unknown` to us until it was read. */
  api(settings: CallSettings = {}): Api {
    const requestable: ApiRequestable = {
      doRequest: (method, path, _template, params) =>
        this.#request({ ...settings, method: method.toUpperCase(), path, params: formOf(params) }),
    };
    return proxmoxApi(requestable);
  }

  close(): void {
    this.#closed.end(new ProxmoxError('proxmox-closed', 'The connection to Proxmox VE was closed.', { kind: 'fatal' }));
    this.#parts.transport.close();
  }

  async #request(call: Call): Promise<unknown> {
    const { endpoints, retries: usual } = this.#parts;
    const failures: ProxmoxError[] = [];
    const tried = new Set<Endpoint>();
    let retries = call.retries ?? usual;
    for (const rested of endpoints.due()) this.#lookAfter(rested);
    for (let repetition = 0; ; ) {
      const endpoint = endpoints.next(tried);
      if (endpoint !== undefined) {
        try {
          const data = await this.#visit(endpoint, call);
          endpoints.prefer(endpoint);
          return data;
        } catch (error) {
          if (!(error instanceof ProxmoxError) || call.signal?.aborted) throw error;
          failures.push(error);
          tried.add(endpoint);
          if (call.method !== 'GET' && !error.unsent) throw summarize(failures);
          if (error.elsewhere && tried.size < endpoints.all.length) continue;
        }
      }
      if (call.method !== 'GET' || retries-- <= 0 || !failures.some((failure) => hasKind(failure, 'transient'))) {
        throw summarize(failures);
      }
      await this.#pause(repetition++, call.signal);
      tried.clear();
      failures.length = 0;
    }
  }

  /** Of an endpoint that nobody has heard of, one read finds out; the others wait, and share what it found. */
  async #visit(endpoint: Endpoint, call: Call): Promise<unknown> {
    const { endpoints, timeout } = this.#parts;
    for (let look = endpoints.look(endpoint); look !== undefined; look = endpoints.look(endpoint)) {
      const failure = await this.#await(look, call.signal);
      if (failure !== undefined) throw failure.asUnsent();
    }
    if (call.method !== 'GET' || !endpoints.unknown(endpoint)) return this.#judged(endpoint, call);
    const first = { ...call, timeout: Math.min(timeout, FIRST_LOOK) };
    return endpoints.explore(endpoint, this.#judged(endpoint, first));
  }

  /** Looks whether an endpoint that has rested is back, beside the request that passes by: none waits for it. */
  #lookAfter(endpoint: Endpoint): void {
    const { endpoints, timeout, warn } = this.#parts;
    const call: Call = { method: 'GET', path: `${BASE}/version`, params: {}, timeout: Math.min(timeout, FIRST_LOOK) };
    endpoints.explore(endpoint, this.#judged(endpoint, call)).then(
      () => warn(`${nameOf(endpoint)} answers again.`),
      () => undefined,
    );
  }

  /** One request to one endpoint, which is remembered for how it went. */
  async #judged(endpoint: Endpoint, call: Call): Promise<unknown> {
    const { endpoints } = this.#parts;
    try {
      const data = await this.#attempt(endpoint, call);
      endpoints.answered(endpoint);
      return data;
    } catch (error) {
      if (error instanceof ProxmoxError) {
        if (error.elsewhere) this.#blame(endpoint, error);
        else if (error.status !== undefined) endpoints.answered(endpoint);
      }
      throw error;
    }
  }

  /** One request to one endpoint; a refused ticket is renewed once. A 401 comes before anything is done, so this repeats nothing. */
  async #attempt(endpoint: Endpoint, call: Call): Promise<unknown> {
    const { credentials } = this.#parts;
    const login = (params: Readonly<Record<string, string>>): Promise<unknown> =>
      this.#login(endpoint, params, call.timeout);
    const headers = await credentials.headers(call.method, login);
    try {
      return await this.#exchange(endpoint, call, headers);
    } catch (error) {
      if (!hasKind(error, 'auth') || error.status !== 401 || !credentials.renew(headers)) throw error;
      return this.#exchange(endpoint, call, await credentials.headers(call.method, login));
    }
  }

  async #login(
    endpoint: Endpoint,
    params: Readonly<Record<string, string>>,
    timeout: Milliseconds | undefined,
  ): Promise<unknown> {
    const call: Call = {
      method: 'POST',
      path: `${BASE}/access/ticket`,
      params,
      ...(timeout === undefined ? {} : { timeout }),
    };
    const data = await this.#exchange(endpoint, call, {});
    if (row(data, 'a ticket')['NeedTFA'] === undefined) return data;
    throw classify({
      call: this.#describe(endpoint, call),
      status: 0,
      errno: 'BALLAST_NEED_TFA',
      text: '',
      fields: {},
      unsent: false,
    });
  }

  async #exchange(endpoint: Endpoint, call: Call, headers: Readonly<Record<string, string>>): Promise<unknown> {
    const { transport, clock, onRequest, credentials } = this.#parts;
    const redact = (text: string): string => credentials.redact(text);
    const { method, path, params } = call;
    const describe = (): FailedCall => this.#describe(endpoint, call);
    const startedAt = clock.now();
    let status: RequestEvent['status'] = 'error';
    this.#pending++;
    this.#requests++;
    try {
      const answer = await this.#inTime(endpoint, call, (signal) => {
        call.mayLeave?.();
        return transport.send({ endpoint, method, path, params, headers, signal });
      });
      status = answer.status;
      const parsed = parseAnswer(answer, describe, redact);
      if (parsed.ok) return parsed.data;
      throw classify(parsed.failure);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      const { errno, message, unsent } = error;
      throw classify({ call: describe(), status: 0, errno, text: redact(message), fields: {}, unsent });
    } finally {
      this.#pending--;
      onRequest?.({ method, path, status, duration: clock.now() - startedAt });
    }
  }

  /** Runs `work` under the time-out, the caller's signal, the closing of the engine, and, a read, the end of its endpoint. */
  #inTime<T>(endpoint: Endpoint, call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, endpoints } = this.#parts;
    const timeout = call.timeout ?? this.#parts.timeout;
    const up = call.method === 'GET' ? endpoints.askedOf(endpoint) : undefined;
    return under([call.signal, this.#closed, up], async (own) => {
      clock.sleep(timeout, own.signal).then(
        () => own.abort(new NoAnswer('BALLAST_TIMEOUT', 'no answer in time', false)),
        () => undefined,
      );
      try {
        return await work(own.signal);
      } finally {
        own.abort(DONE);
      }
    });
  }

  /** Waits for what another request does, under a signal of one's own. */
  #await<T>(other: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return under([signal, this.#closed], (own) => {
      own.signal.throwIfAborted();
      return new Promise<T>((resolve, reject) => {
        own.signal.addEventListener('abort', () => reject(own.signal.reason), { once: true });
        other.then(resolve, reject);
      });
    });
  }

  #blame(endpoint: Endpoint, error: ProxmoxError): void {
    const { endpoints, warn } = this.#parts;
    const news = !endpoints.resting(endpoint) && endpoints.all.length > 1;
    endpoints.failed(endpoint, DEAD.includes(error.code));
    if (news) warn(`${nameOf(endpoint)} is tried last for a while: ${error.message}`);
  }

  async #pause(repetition: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, random } = this.#parts;
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** repetition);
    await under([signal, this.#closed], (own) => clock.sleep(longest * (0.5 + random() / 2), own.signal));
  }

  #describe(endpoint: Endpoint, { method, path, timeout = this.#parts.timeout }: Call): FailedCall {
    const { credentials } = this.#parts;
    const shown = path.startsWith(BASE) ? path.slice(BASE.length) : path;
    return {
      method,
      path: decodeURIComponent(shown),
      endpoint: nameOf(endpoint),
      identity: credentials.identity,
      timeout,
    };
  }
}

/** Proxmox VE's forms know strings alone: booleans are 1 and 0. */
function formOf(params: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, string>> {
  const given = Object.entries(params ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([key, value]) => [key, typeof value === 'boolean' ? (value ? '1' : '0') : String(value)]),
  );
}
