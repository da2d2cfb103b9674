import { Backlog } from './backlog.ts';
import type { Turns, Worker } from './turns.ts';

/** What packet-ins pass through on their way from the stream to who handles them. */
export interface Passage {
  /** Whether nothing can be written, so that what would be answered must wait. */
  readonly blocked: boolean;
  readonly ended: boolean;
  hand(frame: Uint8Array): void;
  /** From here on answers are gathered; `release` sends them together. */
  hold(): void;
  release(): void;
  pauseReading(): void;
  resumeReading(): void;
}

/** Bytes read at most in one turn from one switch: it bounds what a flood can cost the others. */
const READ_PER_TURN = 128 * 1024;

/**
 * Hands packet-ins out, at once where the turn allows it, else in a later turn. While more wait than were handed out,
 * reading pauses, so that the switch itself holds the rest. While writing is blocked nothing is handed out but reading
 * goes on, for the echoes: packet-ins then push older ones out.
 */
export class Intake implements Worker {
  readonly #turns: Turns;
  readonly #passage: Passage;
  readonly #backlog: Backlog;
  #waiting = false;
  /** The renewal that the two counts below go back to. */
  #turn = -1;
  #handed = 0;
  #read = 0;

  constructor(turns: Turns, capacity: number, passage: Passage) {
    this.#turns = turns;
    this.#passage = passage;
    this.#backlog = new Backlog(capacity);
  }

  /** Packet-ins that were pushed out by newer ones. */
  get dropped(): number {
    return this.#backlog.dropped;
  }

  take(frame: Uint8Array): void {
    if (this.#backlog.length === 0 && this.#mayHand()) this.#passage.hand(frame);
    else this.#backlog.push(frame);
  }

  /** So many bytes have been read and dealt with. */
  afterRead(bytes: number): void {
    this.#freshTurn();
    this.#read += bytes;
    const handingLater = this.#backlog.length > 0 && !this.#passage.blocked;
    if (handingLater || this.#read > READ_PER_TURN) {
      this.#passage.pauseReading();
      this.waitTurn();
    } else if (this.#read > READ_PER_TURN / 2) this.#turns.renew();
  }

  /** Goes on in the next turn. */
  waitTurn(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#turns.wait(this);
  }

  work(): void {
    this.#waiting = false;
    if (this.#passage.ended) return;
    this.#passage.hold();
    try {
      while (this.#backlog.length > 0 && this.#mayHand()) {
        const frame = this.#backlog.shift();
        if (frame !== undefined) this.#passage.hand(frame);
      }
    } finally {
      this.#passage.release();
    }
    if (this.#backlog.length === 0 || this.#passage.blocked) this.#passage.resumeReading();
    else this.waitTurn();
  }

  clear(): void {
    this.#backlog.clear();
  }

  #mayHand(): boolean {
    this.#freshTurn();
    if (this.#passage.ended || this.#passage.blocked || !this.#turns.take(this.#handed)) return false;
    this.#handed += 1;
    return true;
  }

  #freshTurn(): void {
    const { number } = this.#turns;
    if (this.#turn === number) return;
    this.#turn = number;
    this.#handed = 0;
    this.#read = 0;
  }
}
