/** Packet-ins handed out in one turn of the event loop, by all connections together, and by one of them. */
const TURN_TOTAL = 1024;
const TURN_SHARE = 128;

export interface Worker {
  /** Called once in the next turn; takes what it may by `Turns.take`, and waits again if it is not done. */
  work(): void;
}

/**
 * Shares the event loop between connections: bounded work in a turn, and those who had to wait come first in the next.
 * Between two turns all sockets are read, so nobody's echo waits longer than one turn takes.
 *
 * What may be handed out is renewed between turns, and only once half of it is used: where little comes, the event
 * loop is spared a callback, and a second look at the sockets, for every packet-in.
 */
export class Turns {
  #left = TURN_TOTAL;
  #waiting: Worker[] = [];
  #scheduled = false;
  /** Counts renewals, so that a worker can see that its own share is new. */
  number = 0;

  /** Whether one more packet-in may be handed out now, of a worker that has had `had` since the last renewal. */
  take(had: number): boolean {
    if (this.#left === 0 || had >= TURN_SHARE) return false;
    this.#left -= 1;
    if (this.#left < TURN_TOTAL / 2 || had >= TURN_SHARE / 2) this.renew();
    return true;
  }

  /** Calls the worker in the next turn. */
  wait(worker: Worker): void {
    this.#waiting.push(worker);
    this.renew();
  }

  /** Sees to it that the next turn begins anew. */
  renew(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#left = TURN_TOTAL;
      this.number += 1;
      const round = this.#waiting;
      this.#waiting = [];
      let served = 0;
      while (served < round.length && this.#left > 0) round[served++]?.work();
      // Those for whom nothing was left come first in the next turn.
      if (served < round.length) {
        this.#waiting = [...round.slice(served), ...this.#waiting];
        this.renew();
      }
    });
  }
}
