import type { Socket } from 'node:net';
import type { Clock } from '@ballast/core';
import type { Body, Message, MultipartAnswer, MultipartQuery, PacketIn, Version } from '@ballast/openflow';
import { type ChannelError, closedHere, lost, noHello, slowReader } from './errors.ts';
import type { Flushes } from './flushes.ts';
import { HELLO, HELLO_VERSION } from './hello.ts';
import { Inlet } from './inlet.ts';
import type { ChannelLimits, ChannelStats } from './options.ts';
import { Outlet } from './outlet.ts';
import { type Probed, probe } from './probe.ts';
import type { SwitchRefusal } from './refusal.ts';
import { Requests, type Step, type Wire } from './requests.ts';
import { Transactions } from './transactions.ts';
import type { Turns } from './turns.ts';

export type { Step } from './requests.ts';

/** Who is told what a switch sends unasked. They are called in the turn in which it came, and must not wait. */
export interface ConnectionEvents {
  packetIn(packet: PacketIn): void;
  /** Anything but hellos, echoes, packet-ins, and what answers a request. */
  message(message: Message): void;
  /** The connection ended; once. */
  closed(reason: ChannelError): void;
}

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly flushes: Flushes;
  readonly limits: Required<ChannelLimits>;
}

/** A connection to one switch: what comes in ({@link Inlet}), what goes out ({@link Outlet}), and how it ends. */
export class Connection implements Probed, Wire {
  readonly peer: string;
  readonly #options: ConnectionOptions;
  readonly #transactions: Transactions;
  readonly #requests: Requests;
  readonly #outlet: Outlet;
  readonly #inlet: Inlet;
  readonly #ended = new AbortController();
  #events: ConnectionEvents | undefined;
  #version: Version | undefined;
  #agreed: () => void = () => undefined;
  #failure: ChannelError | undefined;

  constructor(options: ConnectionOptions) {
    const { socket, clock, turns, flushes, limits } = options;
    this.#options = options;
    this.peer = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
    this.#transactions = new Transactions(clock, this.peer, limits);
    this.#requests = new Requests(this, this.#transactions);
    this.#outlet = new Outlet(
      { socket, limits, flushes },
      {
        overflowing: (bytes) => this.fail(slowReader(this.peer, bytes)),
        unblocked: () => this.#inlet.unblocked(),
      },
    );
    this.#inlet = new Inlet({
      socket,
      peer: this.peer,
      turns,
      backlog: limits.backlog,
      outlet: this.#outlet,
      transactions: this.#transactions,
      events: {
        agreed: (version) => {
          this.#version = version;
          this.#agreed();
        },
        packetIn: (packet) => this.#events?.packetIn(packet),
        message: (message) => this.#events?.message(message),
        failed: (reason) => this.fail(reason),
      },
    });
  }

  /**
   * Exchanges hellos; then messages flow to `events` and the switch is probed.
   * @throws {ChannelError} no hello in time, no version in common, or no OpenFlow at all
   */
  async open(events: ConnectionEvents): Promise<Version> {
    const { socket, clock, limits } = this.#options;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#inlet.read(chunk));
    socket.on('error', (cause) => this.fail(lost(this.peer, cause)));
    socket.on('close', () => this.fail(lost(this.peer)));
    const late = new AbortController();
    clock.sleep(limits.handshakeTimeout, late.signal).then(
      () => this.fail(noHello(this.peer, limits.handshakeTimeout)),
      () => undefined,
    );
    try {
      await new Promise<void>((resolve, reject) => {
        this.#agreed = resolve;
        this.#ended.signal.addEventListener('abort', () => reject(this.#failure), { once: true });
        this.#outlet.write(HELLO, HELLO_VERSION, this.#transactions.next());
      });
      return this.version;
    } finally {
      late.abort();
      void probe(this, clock, limits, this.#ended.signal);
    }
  }

  /** The version agreed on. Throws what the connection failed with, where none was. */
  get version(): Version {
    if (this.#version === undefined) throw this.#failure ?? closedHere(this.peer);
    return this.#version;
  }

  get alive(): boolean {
    return this.#failure === undefined;
  }

  get stats(): ChannelStats {
    const { socket } = this.#options;
    const { received, echoes, packetIns, malformed, strayErrors, dropped: droppedPacketIns } = this.#inlet;
    const bytes = { bytesReceived: socket.bytesRead, bytesSent: socket.bytesWritten };
    const { sent } = this.#outlet;
    return { received, sent, ...bytes, echoes, packetIns, droppedPacketIns, malformed, strayErrors };
  }

  get heard(): number {
    return this.#inlet.received;
  }

  get written(): number {
    return this.#outlet.written;
  }

  get unwritten(): number {
    return this.#outlet.unwritten;
  }

  get blocked(): boolean {
    return this.#outlet.blocked;
  }

  room(): Promise<void> {
    return this.#outlet.room();
  }

  /** Sends without waiting for anything; nothing is sent any more once the connection has ended. Throws OpenFlowError. */
  send(body: Body): void {
    if (this.#failure === undefined) this.#outlet.write(body, this.version, this.#transactions.next());
  }

  ask(body: Body): number {
    if (this.#failure !== undefined) throw this.#failure;
    const xid = this.#transactions.next();
    this.#outlet.write(body, this.version, xid);
    return xid;
  }

  /** Sends, and resolves with the one answer. Rejects with SwitchRefusal, ChannelError, or OpenFlowError. */
  request(body: Body, asked: string): Promise<Message> {
    return this.#requests.single(body, asked);
  }

  /** Asks for state, and resolves with the whole answer, however many parts it came in. Rejects as `request` does. */
  multipart(query: MultipartQuery): Promise<MultipartAnswer> {
    return this.#requests.multipart(query);
  }

  /** The same, unread: the parts as they came. */
  frames(query: MultipartQuery): Promise<readonly Uint8Array[]> {
    return this.#requests.frames(query);
  }

  /** Resolves when the switch has carried out all that was sent before. */
  async barrier(): Promise<void> {
    await this.request({ type: 'barrier_request' }, 'a barrier');
  }

  /** A number that no message under way has: for bundles, which are numbered by the controller. */
  freshId(): number {
    return this.#transactions.next();
  }

  /** Sends all steps and a barrier; resolves with what was refused, by the index of its step. */
  steps(steps: readonly Step[]): Promise<ReadonlyMap<number, SwitchRefusal>> {
    return this.watching(steps, async (refusals) => {
      await this.barrier();
      return refusals;
    });
  }

  /** Sends all steps, and gathers what is refused of them, by index, for as long as `run` runs. */
  watching<T>(steps: readonly Step[], run: (refusals: ReadonlyMap<number, SwitchRefusal>) => Promise<T>): Promise<T> {
    return this.#requests.watching(steps, run);
  }

  /** Says "is anybody there" to the switch. */
  echo(): void {
    this.send({ type: 'echo_request', data: new Uint8Array(0) });
  }

  close(): void {
    this.fail(closedHere(this.peer));
  }

  /** Ends the connection; what waits for answers is rejected with `reason`. */
  fail(reason: ChannelError): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#options.socket.destroy();
    this.#outlet.end();
    this.#inlet.end();
    this.#ended.abort();
    this.#transactions.failAll(reason);
    this.#events?.closed(reason);
  }
}
