import type { Socket } from 'node:net';
import {
  decode,
  encode,
  FrameReader,
  type Message,
  OFPT_ECHO_REPLY,
  OFPT_ECHO_REQUEST,
  OFPT_MULTIPART_REPLY,
  OFPT_PACKET_IN,
  type OpenFlowError,
  type PacketIn,
  type Version,
} from '@ballast/openflow';
import { ChannelError, garbage } from './errors.ts';
import { agree, checkFirstBytes, HELLO_FAILED, HELLO_VERSION } from './hello.ts';
import { Intake, type Passage } from './intake.ts';
import type { Outlet } from './outlet.ts';
import type { Transactions } from './transactions.ts';
import type { Turns } from './turns.ts';

/** Who is told what comes in. Called in the turn in which it came. */
export interface InletEvents {
  /** The first message: both sides speak this version from here on. */
  agreed(version: Version): void;
  packetIn(packet: PacketIn): void;
  /** What nobody had asked for, but hellos, echoes and packet-ins. */
  message(message: Message): void;
  /** What came is no OpenFlow: nothing more can be read. */
  failed(reason: ChannelError): void;
}

export interface InletParts {
  readonly socket: Socket;
  readonly peer: string;
  readonly turns: Turns;
  /** Packet-ins that may wait. */
  readonly backlog: number;
  readonly outlet: Outlet;
  readonly transactions: Transactions;
  readonly events: InletEvents;
}

/**
 * What comes from a switch. Echo requests are answered while the stream is cut into messages, before anything else of
 * the same bytes is looked at; answers go to who asked; packet-ins are handed out in bounded portions.
 */
export class Inlet implements Passage {
  readonly #parts: InletParts;
  readonly #frames = new FrameReader();
  readonly #intake: Intake;
  #version: Version | undefined;
  /** Nothing is taken any more. */
  ended = false;
  received = 0;
  echoes = 0;
  packetIns = 0;
  malformed = 0;
  strayErrors = 0;

  constructor(parts: InletParts) {
    this.#parts = parts;
    this.#intake = new Intake(parts.turns, parts.backlog, this);
  }

  get dropped(): number {
    return this.#intake.dropped;
  }

  get blocked(): boolean {
    return this.#parts.outlet.blocked;
  }

  read(chunk: Uint8Array): void {
    if (this.ended) return;
    const { peer, events } = this.#parts;
    try {
      if (this.#version === undefined && this.#frames.pending === 0) checkFirstBytes(peer, chunk);
      const frames = this.#frames.push(chunk);
      this.received += frames.length;
      this.#answerEchoes(frames);
      this.#takeAll(frames);
    } catch (error) {
      events.failed(error instanceof ChannelError ? error : garbage(peer, error as Error));
    }
    if (!this.ended) this.#intake.afterRead(chunk.length);
  }

  /** All that was written has gone: packet-ins that waited for it are handed out. */
  unblocked(): void {
    this.#intake.waitTurn();
  }

  end(): void {
    this.ended = true;
    this.#intake.clear();
  }

  hand(frame: Uint8Array): void {
    const packet = this.#decode(frame);
    if (packet?.type !== 'packet_in') return;
    this.packetIns += 1;
    this.#parts.events.packetIn(packet);
  }

  hold(): void {
    this.#parts.outlet.hold();
  }

  release(): void {
    this.#parts.outlet.release();
  }

  pauseReading(): void {
    this.#parts.socket.pause();
  }

  resumeReading(): void {
    this.#parts.socket.resume();
  }

  #answerEchoes(frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      if (frame[1] !== OFPT_ECHO_REQUEST) continue;
      const reply = frame.slice();
      reply[1] = OFPT_ECHO_REPLY;
      this.echoes += 1;
      this.#parts.outlet.put(reply);
    }
  }

  #takeAll(frames: readonly Uint8Array[]): void {
    this.hold();
    try {
      for (const frame of frames) this.#take(frame);
    } finally {
      this.release();
    }
  }

  #take(frame: Uint8Array): void {
    const type = frame[1];
    if (this.#version === undefined) this.#takeHello(frame);
    else if (type === OFPT_PACKET_IN) this.#intake.take(frame);
    else if (type === OFPT_MULTIPART_REPLY && this.#parts.transactions.settleRaw(frame)) return;
    else if (type !== OFPT_ECHO_REQUEST) this.#takeOther(frame);
  }

  #takeHello(frame: Uint8Array): void {
    const { peer, outlet, events } = this.#parts;
    try {
      this.#version = agree(peer, frame);
    } catch (error) {
      outlet.put(encode(HELLO_FAILED, HELLO_VERSION, 0));
      throw error;
    }
    events.agreed(this.#version);
  }

  #takeOther(frame: Uint8Array): void {
    const message = this.#decode(frame);
    if (message === undefined || this.#parts.transactions.settle(message)) return;
    if (message.type === 'hello' || message.type === 'echo_reply') return;
    if (message.type === 'error' || message.type === 'experimenter_error') this.strayErrors += 1;
    this.#parts.events.message(message);
  }

  #decode(frame: Uint8Array): Message | undefined {
    try {
      return decode(frame);
    } catch (error) {
      this.malformed += 1;
      const xid = new DataView(frame.buffer, frame.byteOffset).getUint32(4);
      this.#parts.transactions.unreadable(xid, error as OpenFlowError);
      return undefined;
    }
  }
}
