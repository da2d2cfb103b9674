import type { Socket } from 'node:net';
import { type Body, type BundleAdd, MessageBatch, type UnknownMessage } from '@ballast/openflow';
import type { Flushes } from './flushes.ts';
import type { ChannelLimits } from './options.ts';

export interface OutletEvents {
  /** More waits to be written than may; called with its bytes. */
  overflowing(bytes: number): void;
  /** All that waited has been written. */
  unblocked(): void;
}

export interface OutletParts {
  readonly socket: Socket;
  readonly limits: Required<ChannelLimits>;
  readonly flushes: Flushes;
}

/** Gathered bytes that are written without waiting for the end of the work that sends them. */
const FLUSH_AT = 64 * 1024;

/** An inside that was encoded before and is smaller than this is copied: a piece of its own costs more. */
const APART_AT = 2 * 1024;

/** The way to a switch: gathers what one piece of work sends into one write, and knows when the switch does not read. */
export class Outlet {
  readonly #socket: Socket;
  readonly #limits: Required<ChannelLimits>;
  readonly #flushes: Flushes;
  readonly #events: OutletEvents;
  readonly #batch = new MessageBatch();
  readonly #waiting: (() => void)[] = [];
  #blocked = false;
  #held = false;
  #flushDue = false;
  /** Bytes given to the socket that it holds back until the next flush. */
  #corked = 0;
  #ended = false;
  /** Messages sent so far. */
  sent = 0;

  constructor({ socket, limits, flushes }: OutletParts, events: OutletEvents) {
    this.#socket = socket;
    this.#limits = limits;
    this.#flushes = flushes;
    this.#events = events;
    socket.on('drain', () => this.#unblock());
  }

  /** Whether so much waits to be written that nothing that may wait is to be sent. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Bytes that wait for the network. */
  get unwritten(): number {
    return this.#socket.writableLength;
  }

  /** Bytes that the network has taken. */
  get written(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  /** Sends a message, with those before and after it that the same piece of work sends. Throws OpenFlowError. */
  write(body: Body, version: number, xid: number): void {
    const apart = sentApart(body);
    if (apart === undefined) this.#batch.add(body, version, xid);
    else this.#writeApart(apart, version, xid);
    this.sent += 1;
    if (this.#batch.size + this.#corked >= FLUSH_AT) this.flush();
    else if (!this.#held && !this.#flushDue) {
      this.#flushDue = true;
      queueMicrotask(() => {
        this.#flushDue = false;
        this.flush();
      });
    }
  }

  /** Sends bytes now, before what is gathered. */
  put(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#socket.write(bytes);
    const waiting = this.#socket.writableLength;
    if (waiting > this.#limits.maxUnwritten) this.#events.overflowing(waiting);
    else if (waiting > this.#limits.blockAt) this.#blocked = true;
  }

  /** Messages are gathered from here on, whatever turn it is, until `release`. */
  hold(): void {
    this.#held = true;
  }

  /** Sends what was gathered, in one write, in this turn. */
  release(): void {
    this.#held = false;
    if (this.#batch.size + this.#corked > 0) this.#flushes.add(this);
  }

  flush(): void {
    if (this.#batch.size > 0) this.put(this.#batch.take());
    if (this.#corked > 0) this.#socket.uncork();
    this.#corked = 0;
  }

  /** Resolves when more may be sent, or the connection has ended. */
  room(): Promise<void> {
    return this.#blocked && !this.#ended ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  end(): void {
    this.#ended = true;
    this.#release();
  }

  /** The inside goes to the socket as it is: many switches get the same memory. The socket writes all pieces at once. */
  #writeApart(add: BundleAdd<UnknownMessage>, version: number, xid: number): void {
    this.#batch.addHead(add, version, xid);
    if (this.#corked === 0) this.#socket.cork();
    const head = this.#batch.take();
    this.#corked += head.length + add.message.data.length;
    this.put(head);
    this.put(add.message.data);
  }

  #unblock(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#release();
    this.#events.unblocked();
  }

  #release(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}

/** The message, if it is one of a bundle whose inside was encoded before and is large. */
function sentApart(body: Body): BundleAdd<UnknownMessage> | undefined {
  if (body.type !== 'bundle_add' || body.message.type !== 'unknown') return undefined;
  const { message, properties } = body;
  return message.data.length >= APART_AT && properties.length === 0 ? { ...body, message } : undefined;
}
