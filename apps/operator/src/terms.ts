import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Clock, codeOf, describeError, type Milliseconds } from '@ballast/core';
import { Leadership, type Operator } from '@ballast/operator';
import type { Logger } from '@ballast/telemetry';
import type { Shared } from './shared.ts';

/** Who carries rounds out. */
export interface Acting {
  /** The operator that acts; none while another program leads. */
  readonly operator: Operator | undefined;
  /** One round, where this program leads. */
  round(): Promise<unknown>;
  /** Finishes or abandons what runs. */
  stop(grace: Milliseconds): Promise<void>;
}

export interface TermsOptions {
  readonly shared: Shared;
  /** Of the lease. */
  readonly duration: Milliseconds;
  readonly clock: Clock;
  readonly log: Logger;
  /** An operator of one term. It knows nothing of those before but what the history tells. */
  readonly operatorOf: (token: bigint, leads: () => boolean) => Operator;
  /** Told when a term begins (with its token) and ends. */
  readonly changed: (token: bigint | undefined) => void;
  /** A name that no other operator has, nor this one after a restart; made of host and process when absent. */
  readonly holder?: string;
  /** Milliseconds on a clock that is never set; that of the process when absent. */
  readonly steady?: () => Milliseconds;
  /** How often the lease is asked for while another one has it; see `LeadershipOptions`. */
  readonly wait?: Milliseconds;
}

/**
 * Operators that lead by turns: each term of this program's has an operator of its own, so that nothing which an earlier
 * one believed outlives it. Migrations that it had begun go on in the cluster, and whoever leads next adopts them.
 */
export class Terms implements Acting {
  readonly #options: TermsOptions;
  readonly #leadership: Leadership;
  #operator: Operator | undefined;
  #ending: Promise<unknown> = Promise.resolve();
  #stopping = false;

  constructor(options: TermsOptions) {
    const { shared, duration, clock, log } = options;
    this.#options = options;
    this.#leadership = new Leadership({
      lease: shared.lease,
      holder: options.holder ?? `${hostname()} (process ${process.pid}, ${randomUUID().slice(0, 8)})`,
      duration,
      clock,
      steady: options.steady ?? (() => performance.now()),
      log,
      ...(options.wait === undefined ? {} : { wait: options.wait }),
      changed: (token) => this.#changed(token),
    });
  }

  get operator(): Operator | undefined {
    return this.#operator;
  }

  /** Asks for the lead from here on. */
  start(): void {
    this.#leadership.start();
  }

  async round(): Promise<unknown> {
    return this.#operator?.round();
  }

  async stop(grace: Milliseconds): Promise<void> {
    const operator = this.#operator;
    this.#stopping = true;
    this.#operator = undefined;
    try {
      // It leads until it has ended: nobody else may start while it finishes what it does.
      await operator?.stop(grace);
    } finally {
      await this.#leadership.stop();
      await this.#ending;
    }
  }

  #changed(given: bigint | undefined): void {
    const { operatorOf, changed } = this.#options;
    // One that stops begins no new term.
    const token = this.#stopping ? undefined : given;
    if (this.#operator !== undefined) this.#depose(this.#operator);
    this.#operator = token === undefined ? undefined : operatorOf(token, () => this.#leadership.token === token);
    changed(token);
  }

  /** Lets go at once of what an operator does that leads no more. */
  #depose(operator: Operator): void {
    const { log } = this.#options;
    this.#ending = Promise.allSettled([
      this.#ending,
      operator.stop(0).catch((error: unknown) => {
        log.debug({ code: codeOf(error) }, `what an ended term knew is not kept: ${describeError(error)}`);
      }),
    ]);
  }
}
