import type { Clock, Milliseconds } from '@ballast/core';
import { flowFilter } from '@ballast/openflow';
import { RECHECK_INTERVAL } from '../controller/options.ts';
import type { Datapath } from '../datapath/datapath.ts';
import { TABLE } from '../services/identity.ts';
import type { Punts } from './punts.ts';

const EXACTLY = 0xffff_ffff_ffff_ffffn;

/**
 * Asks switches now and then how many connections they have to each member: what they tell when one ends may be lost
 * with the connection to them, and who takes over was not told of what began before.
 */
export class ConnectionCount {
  readonly #clock: Clock;
  readonly #punts: Punts;
  readonly #switches: () => Iterable<Datapath>;
  readonly #interval: Milliseconds;
  readonly #failed: (datapath: Datapath, error: unknown) => void;
  readonly #ended = new AbortController();

  constructor(parts: {
    readonly clock: Clock;
    readonly punts: Punts;
    readonly switches: () => Iterable<Datapath>;
    readonly interval: Milliseconds | undefined;
    readonly failed: (datapath: Datapath, error: unknown) => void;
  }) {
    this.#clock = parts.clock;
    this.#punts = parts.punts;
    this.#switches = parts.switches;
    this.#interval = parts.interval ?? RECHECK_INTERVAL;
    this.#failed = parts.failed;
  }

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#clock.sleep(this.#interval, signal).catch(() => undefined);
      if (signal.aborted) return;
      const switches = [...this.#switches()];
      this.#punts.forgetAllBut(new Set(switches.map(({ id }) => id)));
      await Promise.all(switches.map((datapath) => this.recount(datapath)));
    }
  }

  /** One request for each member that is counted. */
  async recount(datapath: Datapath): Promise<void> {
    if (datapath.role === 'slave') return;
    try {
      for (const cookie of this.#punts.countedCookies) {
        const filter = flowFilter({ tableId: TABLE.connections, cookie, cookieMask: EXACTLY });
        const answer = await datapath.query({ kind: 'aggregate', ...filter });
        if (answer.kind === 'aggregate') this.#punts.recount(datapath.id, cookie, answer.statistics.flowCount ?? 0);
      }
    } catch (error) {
      this.#failed(datapath, error);
    }
  }

  stop(): void {
    this.#ended.abort();
  }
}
