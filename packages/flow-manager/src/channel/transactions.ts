import type { Clock } from '@ballast/core';
import { joinAnswers, type Message, type MultipartAnswer, OFPMPF_MORE, type OpenFlowError } from '@ballast/openflow';
import { ChannelError, timedOut } from './errors.ts';
import type { ChannelLimits } from './options.ts';
import { SwitchRefusal } from './refusal.ts';

interface Pending {
  /** For messages to a person. */
  readonly asked: string;
  /** Takes an answer: `true` when it was the last. May throw. */
  readonly take: (message: Message) => boolean;
  /** Takes the parts of an answer as they came, instead of `take`. */
  readonly takeRaw?: (frame: Uint8Array) => boolean;
  readonly fail: (error: Error) => void;
  /** Ends the wait for the time-out. */
  readonly done: AbortController | undefined;
}

/** Why the wait for a time-out ends. Said, because the default is an error that is made anew, with its stack, each time. */
const ANSWERED = 'answered';

/** What was asked and is not yet answered, by xid. */
export class Transactions {
  readonly #pending = new Map<number, Pending>();
  readonly #clock: Clock;
  readonly #peer: string;
  readonly #limits: Required<ChannelLimits>;
  #last = 0;

  constructor(clock: Clock, peer: string, limits: Required<ChannelLimits>) {
    this.#clock = clock;
    this.#peer = peer;
    this.#limits = limits;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** An xid that nothing pending has. 0 is left to what the switch sends unasked. */
  next(): number {
    do this.#last = this.#last === 0xffff_ffff ? 1 : this.#last + 1;
    while (this.#pending.has(this.#last));
    return this.#last;
  }

  /** Waits for the one answer to `xid`. Rejects with SwitchRefusal or ChannelError. */
  single(xid: number, asked: string): Promise<Message> {
    return this.#wait(xid, asked, (resolve) => (message) => {
      resolve(message);
      return true;
    });
  }

  /** Waits for all parts of an answer, and joins them. */
  parts(xid: number, asked: string): Promise<MultipartAnswer> {
    const parts: MultipartAnswer[] = [];
    return this.#wait(xid, asked, (resolve) => (message) => {
      if (message.type !== 'multipart_reply') throw this.#unexpected(asked, message.type);
      parts.push(message.answer);
      // A switch that never ends must not fill memory.
      if (parts.length > this.#limits.maxParts) throw this.#tooLarge(asked);
      if ((message.flags & OFPMPF_MORE) !== 0) return false;
      resolve(joinAnswers(parts as [MultipartAnswer, ...MultipartAnswer[]]));
      return true;
    });
  }

  /** Waits for all parts of an answer, and resolves with them as they came. */
  frames(xid: number, asked: string): Promise<readonly Uint8Array[]> {
    const frames: Uint8Array[] = [];
    const take = (message: Message): boolean => {
      throw this.#unexpected(asked, message.type);
    };
    return this.#wait(
      xid,
      asked,
      () => take,
      (resolve) => (frame) => {
        // A view would keep all that came with it.
        frames.push(frame.slice());
        if (frames.length > this.#limits.maxParts) throw this.#tooLarge(asked);
        if ((rawFlags(frame) & OFPMPF_MORE) !== 0) return false;
        resolve(frames);
        return true;
      },
    );
  }

  /** Calls back for an error to `xid`, until `forget`. For what has no answer but an error. */
  watch(xid: number, asked: string, refused: (refusal: SwitchRefusal) => void): void {
    const fail = (error: Error): void => {
      if (error instanceof SwitchRefusal) refused(error);
    };
    this.#pending.set(xid, { asked, take: () => false, fail, done: undefined });
  }

  forget(xid: number): void {
    this.#end(xid);
  }

  /** Gives a message to who waits for it; `false` if nobody does. */
  settle(message: Message): boolean {
    const pending = this.#pending.get(message.xid);
    if (pending === undefined) return false;
    if (message.type === 'error' || message.type === 'experimenter_error') {
      // What is watched stays so: of a bundle's message there may be two errors.
      if (pending.done !== undefined) this.#end(message.xid);
      pending.fail(new SwitchRefusal(pending.asked, message));
      return true;
    }
    try {
      if (pending.take(message)) this.#end(message.xid);
    } catch (error) {
      this.#end(message.xid);
      pending.fail(error as Error);
    }
    return true;
  }

  /** Gives a part of an answer, as it came, to who waits for such; `false` if nobody does. */
  settleRaw(frame: Uint8Array): boolean {
    const xid = new DataView(frame.buffer, frame.byteOffset).getUint32(4);
    const pending = this.#pending.get(xid);
    if (pending?.takeRaw === undefined) return false;
    try {
      if (pending.takeRaw(frame)) this.#end(xid);
    } catch (error) {
      this.#end(xid);
      pending.fail(error as Error);
    }
    return true;
  }

  /** The answer to `xid` came but cannot be read. */
  unreadable(xid: number, cause: OpenFlowError): void {
    const pending = this.#pending.get(xid);
    if (pending === undefined) return;
    this.#end(xid);
    pending.fail(
      new ChannelError('channel-garbage', `The answer to ${pending.asked} from ${this.#peer} cannot be read.`, {
        cause,
      }),
    );
  }

  /** The connection is gone: nothing will be answered. */
  failAll(error: Error): void {
    const all = [...this.#pending];
    this.#pending.clear();
    for (const [, pending] of all) {
      pending.done?.abort(ANSWERED);
      pending.fail(error);
    }
  }

  #wait<T>(
    xid: number,
    asked: string,
    taker: (resolve: (value: T) => void) => Pending['take'],
    rawTaker?: (resolve: (value: T) => void) => NonNullable<Pending['takeRaw']>,
  ): Promise<T> {
    const timeout = this.#limits.requestTimeout;
    return new Promise<T>((resolve, reject) => {
      const done = new AbortController();
      const raw = rawTaker === undefined ? {} : { takeRaw: rawTaker(resolve) };
      this.#pending.set(xid, { asked, take: taker(resolve), ...raw, fail: reject, done });
      this.#clock.sleep(timeout, done.signal).then(
        () => {
          if (done.signal.aborted) return;
          this.#end(xid);
          reject(timedOut(this.#peer, asked, timeout));
        },
        () => undefined,
      );
    });
  }

  #end(xid: number): void {
    this.#pending.get(xid)?.done?.abort(ANSWERED);
    this.#pending.delete(xid);
  }

  #unexpected(asked: string, got: string): ChannelError {
    return new ChannelError('channel-unexpected', `Expected an answer to ${asked} from ${this.#peer}, got ${got}.`);
  }

  #tooLarge(asked: string): ChannelError {
    const text = `Expected an answer of at most ${this.#limits.maxParts} parts to ${asked} from ${this.#peer}, got more.`;
    return new ChannelError('channel-too-large', text, { hint: 'The switch holds far more than Ballast puts there.' });
  }
}

/** The flags of a part of an answer, OpenFlow 1.5.1 section 7.3.5. */
function rawFlags(frame: Uint8Array): number {
  return ((frame[10] ?? 0) << 8) | (frame[11] ?? 0);
}
