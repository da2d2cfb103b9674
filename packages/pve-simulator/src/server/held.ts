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
    const letGo = this.#take(request);
    // Whoever waits when the simulator stops finds its connection closed.
    await this.#clock.sleep(duration, this.#ended.signal).finally(letGo);
  }

  /** Never answers it; it is let go of when whoever asked hangs up. */
  forever(request: IncomingMessage): void {
    this.#take(request);
  }

  release(): void {
    this.#ended.abort(new Error('The simulator stops.'));
    this.#waiting.clear();
  }

  /** @returns lets go of it: its connection may be kept for many more */
  #take(request: IncomingMessage): () => void {
    const { socket } = request;
    const letGo = (): void => {
      socket.off('close', letGo);
      this.#waiting.delete(request);
    };
    this.#waiting.add(request);
    socket.once('close', letGo);
    return letGo;
  }
}

/** Waits without keeping the process alive. */
export const realTime: Pick<Clock, 'sleep'> = {
  sleep: (duration, signal) =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, duration).unref();
      signal?.addEventListener('abort', abort, { once: true });
    }),
};
