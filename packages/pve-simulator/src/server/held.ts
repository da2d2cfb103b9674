import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Clock, Milliseconds } from '@ballast/core';

/** Requests that came in and wait. */
export class Held {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #ended = new AbortController();
  readonly #waiting = new Set<IncomingMessage>();

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
    // Any number of answers may wait.
    setMaxListeners(0, this.#ended.signal);
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** Holds a request back for so long. */
  async wait(request: IncomingMessage, duration: Milliseconds): Promise<void> {
    if (duration <= 0) return;
    this.#take(request);
    // Whoever waits when the simulator stops finds its connection closed.
    await this.#clock.sleep(duration, this.#ended.signal);
    this.#waiting.delete(request);
  }

  /** Never answers it; it is let go of when whoever asked hangs up. */
  forever(request: IncomingMessage): void {
    this.#take(request);
  }

  release(): void {
    this.#ended.abort(new Error('The simulator stops.'));
    this.#waiting.clear();
  }

  #take(request: IncomingMessage): void {
    this.#waiting.add(request);
    request.socket.once('close', () => this.#waiting.delete(request));
  }
}

/** Waits without keeping the process alive. */
export const realTime: Pick<Clock, 'sleep'> = {
  sleep: (duration, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, duration).unref();
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};
