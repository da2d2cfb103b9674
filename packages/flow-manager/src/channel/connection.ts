import type { Socket } from 'node:net';
import type { Clock } from '@ballast/core';
import {
  type Body,
  decode,
  encode,
  FrameReader,
  type Message,
  type MultipartAnswer,
  type MultipartQuery,
  OFPT_ECHO_REPLY,
  OFPT_ECHO_REQUEST,
  OFPT_PACKET_IN,
  type OpenFlowError,
  type PacketIn,
  type Version,
} from '@ballast/openflow';
import { ChannelError, closedHere, garbage, lost, noHello, slowReader } from './errors.ts';
import { agree, checkFirstBytes, HELLO, HELLO_FAILED, HELLO_VERSION } from './hello.ts';
import { Intake } from './intake.ts';
import type { ChannelLimits, ChannelStats } from './options.ts';
import { Outlet } from './outlet.ts';
import { type Probed, probe } from './probe.ts';
import type { SwitchRefusal } from './refusal.ts';
import { Transactions } from './transactions.ts';
import type { Turns } from './turns.ts';

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
  readonly limits: Required<ChannelLimits>;
}

/** One message of several, with its name for a person. */
export interface Step {
  readonly body: Body;
  readonly name: string;
}

/**
 * A connection to one switch. Echo requests are answered while the stream is cut into messages, before anything else
 * of the same bytes is looked at; packet-ins are handed out in bounded portions, not at all while writing is blocked.
 */
export class Connection implements Probed {
  readonly peer: string;
  readonly #options: ConnectionOptions;
  readonly #transactions: Transactions;
  readonly #frames = new FrameReader();
  readonly #outlet: Outlet;
  readonly #intake: Intake;
  readonly #ended = new AbortController();
  readonly #counts = { received: 0, echoes: 0, packetIns: 0, malformed: 0, strayErrors: 0 };
  #events: ConnectionEvents | undefined;
  #version: Version | undefined;
  #agreed: (version: Version) => void = () => undefined;
  #failure: ChannelError | undefined;

  constructor(options: ConnectionOptions) {
    const { socket, clock, turns, limits } = options;
    this.#options = options;
    this.peer = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
    this.#transactions = new Transactions(clock, this.peer, limits.maxParts);
    const outlet = new Outlet(socket, limits, {
      overflowing: (bytes) => this.fail(slowReader(this.peer, bytes)),
      unblocked: () => this.#intake.waitTurn(),
    });
    this.#outlet = outlet;
    const ended = this.#ended.signal;
    this.#intake = new Intake(turns, limits.backlog, {
      get blocked() {
        return outlet.blocked;
      },
      get ended() {
        return ended.aborted;
      },
      hand: (frame) => this.#hand(frame),
      gather: (work) => outlet.gather(work),
      pauseReading: () => void socket.pause(),
      resumeReading: () => void socket.resume(),
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
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (cause) => this.fail(lost(this.peer, cause)));
    socket.on('close', () => this.fail(lost(this.peer)));
    const late = new AbortController();
    clock.sleep(limits.handshakeTimeout, late.signal).then(
      () => this.fail(noHello(this.peer, limits.handshakeTimeout)),
      () => undefined,
    );
    try {
      return await new Promise<Version>((resolve, reject) => {
        this.#agreed = resolve;
        this.#ended.signal.addEventListener('abort', () => reject(this.#failure), { once: true });
        this.#outlet.write(HELLO, HELLO_VERSION, this.#transactions.next());
      });
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
    return {
      ...this.#counts,
      sent: this.#outlet.sent,
      bytesReceived: socket.bytesRead,
      bytesSent: socket.bytesWritten,
      droppedPacketIns: this.#intake.dropped,
    };
  }

  get heard(): number {
    return this.#counts.received;
  }

  get written(): number {
    return this.#outlet.written;
  }

  get unwritten(): number {
    return this.#outlet.unwritten;
  }

  /** Sends without waiting for anything; nothing is sent any more once the connection has ended. Throws OpenFlowError. */
  send(body: Body): void {
    if (this.#failure === undefined) this.#outlet.write(body, this.version, this.#transactions.next());
  }

  /** Sends, and resolves with the one answer. Rejects with SwitchRefusal, ChannelError, or OpenFlowError. */
  async request(body: Body, asked: string): Promise<Message> {
    const xid = this.#ask(body);
    return this.#transactions.single(xid, asked, this.#options.limits.requestTimeout);
  }

  /** Asks for state, and resolves with the whole answer, however many parts it came in. Rejects as `request` does. */
  async multipart(query: MultipartQuery): Promise<MultipartAnswer> {
    const xid = this.#ask({ type: 'multipart_request', flags: 0, query });
    return this.#transactions.parts(xid, query.kind, this.#options.limits.requestTimeout);
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
    const refusals = new Map<number, SwitchRefusal>();
    const xids: number[] = [];
    try {
      for (const [index, { body, name }] of steps.entries()) {
        const xid = this.#ask(body);
        xids.push(xid);
        this.#transactions.watch(xid, name, (refusal) => {
          // The first error names the cause; those after it follow from it.
          if (!refusals.has(index)) refusals.set(index, refusal);
        });
        if (this.#outlet.blocked) await this.#outlet.room();
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
    this.#options.socket.destroy();
    this.#outlet.end();
    this.#intake.clear();
    this.#ended.abort();
    this.#transactions.failAll(reason);
    this.#events?.closed(reason);
  }

  close(): void {
    this.fail(closedHere(this.peer));
  }

  /** Says "is anybody there" to the switch. */
  echo(): void {
    this.send({ type: 'echo_request', data: new Uint8Array(0) });
  }

  #ask(body: Body): number {
    if (this.#failure !== undefined) throw this.#failure;
    const xid = this.#transactions.next();
    this.#outlet.write(body, this.version, xid);
    return xid;
  }

  #read(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      if (this.#version === undefined && this.#frames.pending === 0) checkFirstBytes(this.peer, chunk);
      const frames = this.#frames.push(chunk);
      this.#counts.received += frames.length;
      this.#answerEchoes(frames);
      this.#outlet.gather(() => {
        for (const frame of frames) this.#take(frame);
      });
    } catch (error) {
      this.fail(error instanceof ChannelError ? error : garbage(this.peer, error as Error));
    }
    if (this.#failure === undefined) this.#intake.afterRead(chunk.length);
  }

  #answerEchoes(frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      if (frame[1] !== OFPT_ECHO_REQUEST) continue;
      const reply = frame.slice();
      reply[1] = OFPT_ECHO_REPLY;
      this.#counts.echoes += 1;
      this.#outlet.put(reply);
    }
  }

  #take(frame: Uint8Array): void {
    const type = frame[1];
    if (this.#version === undefined) this.#takeHello(frame);
    else if (type === OFPT_PACKET_IN) this.#intake.take(frame);
    else if (type !== OFPT_ECHO_REQUEST) this.#takeOther(frame);
  }

  #takeHello(frame: Uint8Array): void {
    try {
      this.#version = agree(this.peer, frame);
    } catch (error) {
      this.#outlet.put(encode(HELLO_FAILED, HELLO_VERSION, 0));
      throw error;
    }
    this.#agreed(this.#version);
  }

  #takeOther(frame: Uint8Array): void {
    const message = this.#decode(frame);
    if (message === undefined || this.#transactions.settle(message)) return;
    if (message.type === 'hello' || message.type === 'echo_reply') return;
    if (message.type === 'error' || message.type === 'experimenter_error') this.#counts.strayErrors += 1;
    this.#events?.message(message);
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

  #hand(frame: Uint8Array): void {
    const packet = this.#decode(frame);
    if (packet?.type !== 'packet_in') return;
    this.#counts.packetIns += 1;
    this.#events?.packetIn(packet);
  }
}
