import type { Socket } from 'node:net';
import type { Clock } from '@ballast/core';
import {
  type Body,
  decode,
  FrameReader,
  type Message,
  MessageBatch,
  type MultipartAnswer,
  type MultipartQuery,
  OFPT_ECHO_REPLY,
  OFPT_ECHO_REQUEST,
  OFPT_PACKET_IN,
  type OpenFlowError,
  type PacketIn,
  type Version,
} from '@ballast/openflow';
import { Backlog } from './backlog.ts';
import { type ChannelError, closedHere, garbage, lost, noHello, slowReader } from './errors.ts';
import { agree, checkFirstBytes, HELLO, HELLO_VERSION } from './hello.ts';
import type { ChannelLimits, ChannelStats } from './options.ts';
import { type Probed, probe } from './probe.ts';
import type { SwitchRefusal } from './refusal.ts';
import { Transactions } from './transactions.ts';
import type { Turns, Worker } from './turns.ts';

/** Who is told what a switch sends unasked. They are called in the turn in which it came, and must not wait. */
export interface ConnectionEvents {
  packetIn(packet: PacketIn & Message): void;
  /** Anything but hellos, echoes, packet-ins, and what answers a request. */
  message(message: Message): void;
  /** The connection ended; once. */
  closed(reason: ChannelError): void;
}

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly limits: Required<ChannelLimits>;
}

/** One message of several, with its name for a person. */
export interface Step {
  readonly body: Body;
  readonly name: string;
}

/** Read at most this in one turn from one switch: it bounds what a flood can cost the others. */
const READ_PER_TURN = 128 * 1024;
const FLUSH_AT = 64 * 1024;
const NOBODY: ConnectionEvents = { packetIn: () => undefined, message: () => undefined, closed: () => undefined };

/**
 * A connection to one switch. Echo requests are answered while the stream is cut into messages, before anything else
 * of the same bytes is looked at; packet-ins are handed out in bounded portions, not at all while writing is blocked.
 */
export class Connection implements Worker, Probed {
  readonly peer: string;
  readonly #socket: Socket;
  readonly #turns: Turns;
  readonly #limits: Required<ChannelLimits>;
  readonly #clock: Clock;
  readonly #transactions: Transactions;
  readonly #frames = new FrameReader();
  readonly #batch = new MessageBatch();
  readonly #backlog: Backlog;
  readonly #ended = new AbortController();
  #events: ConnectionEvents = NOBODY;
  #version: Version | undefined;
  #agreed: (version: Version) => void = () => undefined;
  #failure: ChannelError | undefined;
  #handing = false;
  #flushing = false;
  #blocked = false;
  #waiting = false;
  readonly #writers: (() => void)[] = [];
  /** The turn that the two counts below are of. */
  #turn = -1;
  #handedInTurn = 0;
  #readInTurn = 0;
  #counts = { received: 0, sent: 0, echoes: 0, packetIns: 0, malformed: 0, strayErrors: 0 };

  constructor(options: ConnectionOptions) {
    const { socket, clock, turns, limits } = options;
    this.#socket = socket;
    this.#turns = turns;
    this.#limits = limits;
    this.#clock = clock;
    this.peer = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
    this.#transactions = new Transactions(clock, this.peer, limits.maxParts);
    this.#backlog = new Backlog(limits.backlog);
  }

  /**
   * Exchanges hellos; then messages flow to `events` and the switch is probed.
   * @throws {ChannelError} no hello in time, no version in common, or no OpenFlow at all
   */
  async open(events: ConnectionEvents): Promise<Version> {
    this.#events = events;
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => this.#unblock());
    socket.on('error', (cause) => this.fail(lost(this.peer, cause)));
    socket.on('close', () => this.fail(lost(this.peer)));
    this.#write(HELLO, HELLO_VERSION, this.#transactions.next());
    this.#flush();
    const { handshakeTimeout } = this.#limits;
    const greeted = new AbortController();
    const late = this.#clock.sleep(handshakeTimeout, greeted.signal);
    late.then(
      () => this.#version ?? this.fail(noHello(this.peer, handshakeTimeout)),
      () => undefined,
    );
    try {
      const version = await new Promise<Version>((resolve, reject) => {
        this.#agreed = resolve;
        this.#ended.signal.addEventListener('abort', () => reject(this.#failure), { once: true });
        if (this.#failure !== undefined) reject(this.#failure);
      });
      void probe(this, this.#clock, this.#limits, this.#ended.signal);
      return version;
    } finally {
      greeted.abort();
    }
  }

  /** The version agreed on; only after `open`. */
  get version(): Version {
    if (this.#version === undefined) throw closedHere(this.peer);
    return this.#version;
  }

  get alive(): boolean {
    return this.#failure === undefined;
  }

  get stats(): ChannelStats {
    return {
      ...this.#counts,
      bytesReceived: this.#socket.bytesRead,
      bytesSent: this.#socket.bytesWritten,
      droppedPacketIns: this.#backlog.dropped,
    };
  }

  /** Messages heard so far: what the probe looks at. */
  get heard(): number {
    return this.#counts.received;
  }

  /** Bytes that the network has taken. */
  get written(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  get unwritten(): number {
    return this.#socket.writableLength;
  }

  /** Sends without waiting for anything. Returns the xid. Throws OpenFlowError for what the version cannot say. */
  send(body: Body): number {
    const xid = this.#transactions.next();
    this.#write(body, this.version, xid);
    return xid;
  }

  /** Sends, and resolves with the one answer. Rejects with SwitchRefusal, ChannelError, or OpenFlowError. */
  async request(body: Body, asked: string = body.type): Promise<Message> {
    this.#check();
    const xid = this.send(body);
    return this.#transactions.single(xid, asked, this.#limits.requestTimeout);
  }

  /** Asks for state, and resolves with the whole answer, however many parts it came in. */
  async multipart(query: MultipartQuery): Promise<MultipartAnswer> {
    this.#check();
    const xid = this.send({ type: 'multipart_request', flags: 0, query });
    return this.#transactions.parts(xid, query.kind, this.#limits.requestTimeout);
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
  async watching<T>(
    steps: readonly Step[],
    run: (refusals: ReadonlyMap<number, SwitchRefusal>) => Promise<T>,
  ): Promise<T> {
    this.#check();
    const refusals = new Map<number, SwitchRefusal>();
    const xids: number[] = [];
    try {
      for (const [index, { body, name }] of steps.entries()) {
        const xid = this.#transactions.next();
        xids.push(xid);
        this.#transactions.watch(xid, name, (refusal) => {
          // The first error names the cause; those after it follow from it.
          if (!refusals.has(index)) refusals.set(index, refusal);
        });
        this.#write(body, this.version, xid);
        if (this.#blocked) await this.#room();
      }
      return await run(refusals);
    } finally {
      for (const xid of xids) this.#transactions.forget(xid);
    }
  }

  /** Ends the connection; what waits for answers is rejected with `reason`. */
  fail(reason: ChannelError): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#socket.destroy();
    this.#ended.abort();
    this.#backlog.clear();
    this.#transactions.failAll(reason);
    for (const writer of this.#writers.splice(0)) writer();
    this.#events.closed(reason);
  }

  close(): void {
    this.fail(closedHere(this.peer));
  }

  /** A new turn of the event loop: goes on with what waits. */
  work(): void {
    this.#waiting = false;
    this.#handOut();
    this.#flush();
    if (this.#backlog.length === 0 || this.#blocked) this.#socket.resume();
  }

  /** Says "is anybody there" to the switch. */
  echo(): void {
    this.send({ type: 'echo_request', data: new Uint8Array(0) });
  }

  #read(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    this.#freshTurn();
    try {
      if (this.#version === undefined && this.#frames.pending === 0) checkFirstBytes(this.peer, chunk);
      const frames = this.#frames.push(chunk);
      this.#counts.received += frames.length;
      this.#answerEchoes(frames);
      this.#handing = true;
      for (const frame of frames) this.#take(frame);
    } catch (error) {
      this.fail(isChannelError(error) ? error : garbage(this.peer, error as Error));
    } finally {
      this.#handing = false;
    }
    this.#flush();
    this.#readInTurn += chunk.length;
    if (this.#readInTurn > READ_PER_TURN || this.#backlog.length > 0) this.#holdReading();
  }

  /** While writing is blocked reading goes on, for the echoes: packet-ins then push older ones out. */
  #holdReading(): void {
    if (this.#failure !== undefined || (this.#blocked && this.#readInTurn <= READ_PER_TURN)) return;
    this.#socket.pause();
    this.#waitTurn();
  }

  #waitTurn(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#turns.wait(this);
  }

  #freshTurn(): void {
    if (this.#turn === this.#turns.number) return;
    this.#turn = this.#turns.number;
    this.#handedInTurn = 0;
    this.#readInTurn = 0;
  }

  #answerEchoes(frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      if (frame[1] !== OFPT_ECHO_REQUEST) continue;
      const reply = frame.slice();
      reply[1] = OFPT_ECHO_REPLY;
      this.#counts.echoes += 1;
      this.#put(reply);
    }
  }

  #take(frame: Uint8Array): void {
    const type = frame[1];
    if (this.#version === undefined) {
      this.#version = agree(this.peer, frame);
      this.#agreed(this.#version);
    } else if (type === OFPT_PACKET_IN) {
      if (this.#backlog.length === 0 && this.#mayHand()) this.#hand(frame);
      else this.#backlog.push(frame);
    } else if (type !== OFPT_ECHO_REQUEST) this.#takeOther(frame);
  }

  #takeOther(frame: Uint8Array): void {
    const message = this.#decode(frame);
    if (message === undefined || this.#transactions.settle(message)) return;
    if (message.type === 'hello' || message.type === 'echo_reply') return;
    if (message.type === 'error' || message.type === 'experimenter_error') this.#counts.strayErrors += 1;
    this.#events.message(message);
  }

  #decode(frame: Uint8Array): Message | undefined {
    try {
      return decode(frame);
    } catch (error) {
      this.#counts.malformed += 1;
      const xid = new DataView(frame.buffer, frame.byteOffset).getUint32(4);
      this.#transactions.unreadable(xid, error as OpenFlowError);
      return undefined;
    }
  }

  #mayHand(): boolean {
    if (this.#blocked || !this.#turns.take(this.#handedInTurn)) return false;
    this.#handedInTurn += 1;
    return true;
  }

  #hand(frame: Uint8Array): void {
    const packet = this.#decode(frame);
    if (packet?.type !== 'packet_in') return;
    this.#counts.packetIns += 1;
    this.#events.packetIn(packet);
  }

  /** Packet-ins that wait, as many as this turn allows. */
  #handOut(): void {
    this.#freshTurn();
    this.#handing = true;
    try {
      while (this.#backlog.length > 0 && this.#failure === undefined && this.#mayHand()) {
        const frame = this.#backlog.shift();
        if (frame !== undefined) this.#hand(frame);
      }
    } finally {
      this.#handing = false;
    }
    if (this.#backlog.length > 0 && !this.#blocked && this.#failure === undefined) this.#waitTurn();
  }

  #write(body: Body, version: number, xid: number): void {
    this.#batch.add(body, version, xid);
    this.#counts.sent += 1;
    if (this.#batch.size >= FLUSH_AT) this.#flush();
    else if (!this.#handing && !this.#flushing) {
      // One write for all that this piece of work sends.
      this.#flushing = true;
      queueMicrotask(() => {
        this.#flushing = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    if (this.#batch.size > 0) this.#put(this.#batch.take());
  }

  #put(bytes: Uint8Array): void {
    if (this.#failure !== undefined) return;
    this.#socket.write(bytes);
    const waiting = this.#socket.writableLength;
    if (waiting > this.#limits.maxUnwritten) this.fail(slowReader(this.peer, waiting));
    else if (waiting > this.#limits.blockAt) this.#blocked = true;
  }

  /** Resolves when writing is no longer blocked. */
  async #room(): Promise<void> {
    await new Promise<void>((resolve) => this.#writers.push(resolve));
    this.#check();
  }

  #unblock(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    for (const writer of this.#writers.splice(0)) writer();
    this.#waitTurn();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function isChannelError(error: unknown): error is ChannelError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('channel-');
}
