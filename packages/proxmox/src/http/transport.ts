import type { Milliseconds } from '@ballast/core';
import axios, { type AxiosInstance, type AxiosResponse, isAxiosError } from 'axios';
import type { ProxmoxTls } from '../options.ts';
import { ConnectError, VerifyingAgent } from './agent.ts';
import { nameOf } from './endpoints.ts';
import type { Exchange, RawAnswer, Transport } from './exchange.ts';
import { NoAnswer } from './no-answer.ts';

/** More than the largest clusters answer, less than what would hurt. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** pveproxy runs three workers: more sockets would only queue there. */
const SOCKETS = 8;

/** Exchanges on axios, over verified connections. */
export class HttpsTransport implements Transport {
  readonly #axios: AxiosInstance;
  readonly #reads: VerifyingAgent;
  readonly #writes: VerifyingAgent;

  constructor(tls: ProxmoxTls, timeout: Milliseconds) {
    this.#reads = new VerifyingAgent({ tls, timeout, keepAlive: true, maxSockets: SOCKETS });
    // A write takes a connection of its own: on a kept one that the server just closed, nobody could tell whether it arrived.
    this.#writes = new VerifyingAgent({ tls, timeout, keepAlive: false, maxSockets: SOCKETS });
    this.#axios = axios.create({
      adapter: 'http',
      maxRedirects: 0,
      // A proxy of the environment would see the credentials.
      proxy: false,
      validateStatus: null,
      responseType: 'text',
      transformResponse: [(body: unknown) => body],
      maxContentLength: LARGEST_ANSWER,
    });
  }

  async send(exchange: Exchange): Promise<RawAnswer> {
    const { endpoint, method, path, params, headers, signal } = exchange;
    const form = new URLSearchParams(params).toString();
    const inBody = method === 'POST' || method === 'PUT';
    try {
      const answer: AxiosResponse<string> = await this.#axios.request({
        method,
        url: `https://${nameOf(endpoint)}${path}${inBody || form === '' ? '' : `?${form}`}`,
        headers: {
          Accept: 'application/json',
          'User-Agent': 'ballast',
          ...(inBody ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
          ...headers,
        },
        ...(inBody ? { data: form } : {}),
        httpsAgent: method === 'GET' ? this.#reads : this.#writes,
        signal,
      });
      return {
        status: answer.status,
        reason: answer.statusText,
        contentType: String(answer.headers['content-type'] ?? ''),
        body: answer.data ?? '',
      };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toNoAnswer(error);
    }
  }

  close(): void {
    this.#reads.destroy();
    this.#writes.destroy();
  }
}

function toNoAnswer(error: unknown): NoAnswer {
  if (!isAxiosError(error))
    return new NoAnswer('EUNKNOWN', error instanceof Error ? error.message : String(error), false);
  const cause: unknown = error.cause;
  const unsent = cause instanceof ConnectError;
  const message = unsent ? cause.message : error.message;
  if (/maxContentLength/.test(error.message)) return new NoAnswer('BALLAST_TOO_LARGE', message, false);
  if (/aborted/.test(error.message)) return new NoAnswer('BALLAST_TRUNCATED', message, false);
  return new NoAnswer((unsent ? cause.code : error.code) ?? 'EUNKNOWN', message, unsent);
}
