import type {
  Assessment,
  Clock,
  ClusterSource,
  History,
  Migration,
  Milliseconds,
  TargetReport,
  WeightTable,
  WeightTarget,
} from '@ballast/core';
import { weigh } from '@ballast/weigher';
import type { DecideSettings } from '../decide/decide.ts';
import { AddressBook } from './addresses.ts';
import { pushWeights } from './push.ts';

/** How long requests that a drained member still serves are given before its guest restarts. */
const SETTLE: Milliseconds = 5000;

interface WeightParts {
  readonly settings: DecideSettings;
  readonly source: Pick<ClusterSource, 'addresses'>;
  readonly targets: readonly WeightTarget[];
  readonly clock: Clock;
}

/** Pushes weight tables, one after the other: a round and a starting migration may both want to. */
export class Weights {
  readonly #parts: WeightParts;
  readonly #addresses: AddressBook;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: WeightParts) {
    this.#parts = parts;
    this.#addresses = new AddressBook(parts.source, parts.clock);
  }

  push(table: WeightTable, signal?: AbortSignal): Promise<readonly TargetReport[]> {
    const result = this.#last.then(() => this.#push(table, signal));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** The table while these migrations run: a step out of turn, so only what they change is changed. */
  during(assessment: Assessment, history: History, steps: readonly Migration[]): WeightTable {
    const { settings, clock } = this.#parts;
    const { balance, services, weights: policy } = settings;
    const migrating = steps.map(({ guest, mode, to }) => ({ guest, mode, to }));
    return weigh({ assessment, services, history, policy, balance, migrating, now: clock.now(), hold: true });
  }

  /** Lets requests on drained members end. */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#parts.clock.sleep(SETTLE, signal).catch(() => undefined);
  }

  async #push(table: WeightTable, signal?: AbortSignal): Promise<readonly TargetReport[]> {
    const { targets, settings, clock } = this.#parts;
    if (targets.length === 0) return [];
    const filled = targets.some((target) => target.usesAddresses) ? await this.#addresses.fill(table, signal) : table;
    return pushWeights(targets, settings.services, filled, clock, signal);
  }
}
