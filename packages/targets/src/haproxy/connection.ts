import net from 'node:net';
import type { Clock, Milliseconds } from '@ballast/core';
import { type HaproxyAddress, placeOf } from './address.ts';
import { connectError, HaproxyError } from './errors.ts';
import { PROMPT, PromptReader } from './prompt-reader.ts';

export interface ConnectionOptions {
  readonly address: HaproxyAddress;
  /** Longest silence while a reply is due. */
  readonly timeout: Milliseconds;
  readonly clock: Clock;
}

/**
 * Commands that may be under way at once. Enough to hide the round trip; small enough that they fit
 * into HAProxy's own buffer of 16 kB, so that neither side ever waits for the other to read.
 */
const WINDOW = 256;
/** HAProxy closes a silent runtime connection after 10 s (`stats timeout`); rounds are further apart. */
const IDLE_SECONDS = 3600;

interface Exchange {
  readonly commands: readonly string[];
  readonly replies: string[];
  sent: number;
  readonly resolve: (replies: readonly string[]) => void;
  readonly reject: (error: unknown) => void;
}

/** One connection to a runtime socket in prompt mode: commands go out in batches, replies come back in their order. */
export class PromptConnection {
  readonly #options: ConnectionOptions;
  readonly #place: string;
  readonly #socket: net.Socket;
  readonly #reader = new PromptReader();
  #exchange: Exchange | undefined;
  #greeted = false;
  #received = 0;
  #failure: HaproxyError | undefined;

  private constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#place = placeOf(options.address);
    this.#socket = connect(options.address);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk) => this.#take(String(chunk)));
    this.#socket.on('error', (cause) => this.#fail(this.#socketError(cause)));
    this.#socket.on('close', () => this.#fail(this.#lost()));
  }

  /**
   * Connects, turns prompt mode on and asks for a long idle time.
   * @throws {HaproxyError} when nothing is there, when it does not answer, or when it does not speak as HAProxy does
   */
  static async open(options: ConnectionOptions, signal?: AbortSignal): Promise<PromptConnection> {
    const connection = new PromptConnection(options);
    // A HAProxy that refuses the second command still serves: the connection then merely lives shorter.
    await connection.exchange(['prompt', `set timeout cli ${IDLE_SECONDS}`], signal);
    return connection;
  }

  get usable(): boolean {
    return this.#failure === undefined;
  }

  /** Sends the commands and resolves with one reply for each, in order. One exchange at a time. */
  async exchange(commands: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
    if (this.#failure !== undefined) throw this.#failure;
    if (commands.length === 0) return [];
    const done = new AbortController();
    const abort = (): void => this.#fail(aborted(this.#place, signal?.reason));
    signal?.addEventListener('abort', abort, { once: true });
    this.#watch(done.signal);
    try {
      return await new Promise<readonly string[]>((resolve, reject) => {
        this.#exchange = { commands, replies: [], sent: 0, resolve, reject };
        if (signal?.aborted) abort();
        else this.#send(this.#exchange);
      });
    } finally {
      this.#exchange = undefined;
      done.abort();
      signal?.removeEventListener('abort', abort);
    }
  }

  destroy(): void {
    this.#fail(this.#lost());
  }

  #send(exchange: Exchange): void {
    const end = Math.min(exchange.commands.length, exchange.replies.length + WINDOW);
    // Topping the window up for every reply would mean a system call for each command.
    if (
      exchange.sent >= end ||
      (exchange.sent > 0 && end < exchange.commands.length && end - exchange.sent < WINDOW / 4)
    )
      return;
    this.#socket.write(`${exchange.commands.slice(exchange.sent, end).join('\n')}\n`, 'latin1');
    exchange.sent = end;
  }

  #take(chunk: string): void {
    if (this.#failure !== undefined) return;
    this.#received += 1;
    const replies = this.#reader.push(chunk);
    const first = replies[0] ?? this.#reader.rest;
    // The first thing HAProxy says is its prompt; whoever says something else is not to get commands.
    if (!this.#greeted && (replies.length > 0 ? first !== '' : !PROMPT.startsWith(first))) {
      this.#fail(notRuntimeSocket(this.#place, first));
      return;
    }
    if (replies.length === 0) return;
    this.#greeted = true;
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.replies.length + replies.length > exchange.sent) {
      this.#fail(unasked(this.#place));
      return;
    }
    for (const reply of replies) exchange.replies.push(reply);
    if (exchange.replies.length === exchange.commands.length) exchange.resolve(exchange.replies);
    else this.#send(exchange);
  }

  /** Fails the exchange when nothing arrives for a whole time-out. Counts arrivals: the clock may be set meanwhile. */
  #watch(ended: AbortSignal): void {
    const { clock, timeout } = this.#options;
    const received = this.#received;
    clock.sleep(timeout, ended).then(
      () => {
        if (ended.aborted) return;
        if (this.#received === received) this.#fail(silent(this.#place, timeout));
        else this.#watch(ended);
      },
      () => undefined,
    );
  }

  #fail(error: HaproxyError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#socket.destroy();
    this.#exchange?.reject(error);
  }

  #socketError(cause: NodeJS.ErrnoException): HaproxyError {
    return this.#greeted || cause.code === 'EPIPE' || cause.code === 'ECONNRESET'
      ? this.#lost(cause)
      : connectError(this.#place, cause);
  }

  #lost(cause?: unknown): HaproxyError {
    const when = this.#greeted ? 'while replies were due' : 'before its prompt';
    return new HaproxyError('haproxy-connection-lost', `${this.#place} closed the connection ${when}.`, {
      ...(cause === undefined ? {} : { cause }),
      hint: this.#greeted
        ? 'HAProxy was stopped or restarted; the next round connects again.'
        : "Is this HAProxy's runtime socket (`stats socket`)?",
    });
  }
}

function connect(address: HaproxyAddress): net.Socket {
  return address.kind === 'unix'
    ? net.connect({ path: address.path })
    : net.connect({ host: address.host, port: address.port, noDelay: true, keepAlive: true });
}

function silent(place: string, timeout: Milliseconds): HaproxyError {
  return new HaproxyError('haproxy-timeout', `Expected a reply from ${place} within ${timeout} ms, got none.`, {
    hint: 'HAProxy hangs, or a firewall drops the packets on the way; the next round tries again.',
  });
}

function aborted(place: string, cause: unknown): HaproxyError {
  return new HaproxyError('haproxy-aborted', `The exchange with ${place} was aborted.`, { cause });
}

function unasked(place: string): HaproxyError {
  return new HaproxyError('haproxy-bad-reply', `Got a reply from ${place} that no command asked for.`, {
    hint: "Is this HAProxy's runtime socket (`stats socket`)?",
  });
}

function notRuntimeSocket(place: string, said: string): HaproxyError {
  const master = said.startsWith('master> ');
  const line = JSON.stringify(
    said
      .split(/\r?\n/)
      .find((part) => part !== '')
      ?.slice(0, 60) ?? '',
  );
  return new HaproxyError('haproxy-not-runtime-socket', `Expected HAProxy's prompt at ${place}, got ${line}.`, {
    hint: master
      ? 'This is the socket of the master process (`-S`); name the runtime socket of the worker (`stats socket`).'
      : "This port is not HAProxy's runtime socket: name the one of the line `stats socket` in haproxy.cfg.",
  });
}
