import type { Clock, Instant, Milliseconds } from '@ballast/core';
import { SteadyTime } from '@ballast/machine';
import type { Agenda } from './agenda.ts';

/**
 * A process of an operator. It can be killed, and stopped and woken, between any two things that it waits for: all that
 * it ever waits for passes through here.
 */
export class Process {
  /** Of this life: no other process has it. */
  readonly name: string;
  /** The machine it runs on: 0 or 1. */
  readonly host: number;
  readonly #agenda: Agenda;
  readonly #time: SteadyTime;
  readonly #wall = (): Instant => this.#agenda.now + this.skew;
  /** How far its wall clock is ahead. */
  skew: Milliseconds;
  #alive = true;
  #stoppedUntil: Instant | undefined;
  #held: (() => void)[] = [];

  constructor(name: string, host: number, agenda: Agenda, skew: Milliseconds) {
    this.name = name;
    this.host = host;
    this.#agenda = agenda;
    this.skew = skew;
    this.#time = new SteadyTime({ wall: this.#wall, steady: this.steady });
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stopped(): boolean {
    return this.#stoppedUntil !== undefined;
  }

  /** Time that is never set, and runs on while the process is stopped. */
  readonly steady = (): Milliseconds => this.#agenda.now;

  readonly clock: Clock = {
    now: () => this.#time.now(),
    leaptAt: () => this.#time.leaptAt(),
    wall: () => this.#wall(),
    sleep: (duration, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const cancel = this.later(duration, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        const abort = (): void => {
          cancel();
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };

  /** Does something in this process after a time: later where it is stopped then, never where it was killed. */
  later(delay: Milliseconds, run: () => void): () => void {
    let given = true;
    const take = (): void => {
      if (!this.#alive || !given) return;
      if (this.#stoppedUntil === undefined) run();
      else this.#held.push(take);
    };
    const cancel = this.#agenda.in(delay, take);
    return () => {
      given = false;
      cancel();
    };
  }

  kill(): void {
    this.#alive = false;
    this.#held = [];
  }

  /** SIGSTOP, and SIGCONT after a time. What was due meanwhile comes then, in its order. */
  stop(duration: Milliseconds): void {
    const until = this.#agenda.now + duration;
    if (!this.#alive || (this.#stoppedUntil ?? 0) >= until) return;
    this.#stoppedUntil = until;
    this.#agenda.in(duration, () => {
      if (this.#stoppedUntil !== until) return;
      this.#stoppedUntil = undefined;
      // One by one: each may do all that it can before the next.
      for (const take of this.#held.splice(0)) this.#agenda.in(0, take);
    });
  }
}
