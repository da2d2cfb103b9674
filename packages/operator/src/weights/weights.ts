import type {
  Assessment,
  Clock,
  ClusterSource,
  CurrentWeight,
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
import { assignmentsOf, pushWeights } from './push.ts';

/** How long requests that a drained member still serves are given before its guest restarts. */
const SETTLE: Milliseconds = 5000;

interface WeightParts {
  readonly settings: DecideSettings;
  readonly source: Pick<ClusterSource, 'addresses' | 'requireQuorum'>;
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

  /**
   * @param mayPush asked when its turn has come, which a slow target may put off; what it throws is thrown, and nothing is
   * pushed
   * @throws {BallastError} also where the cluster has told meanwhile that it has no quorum: nothing is pushed then
   */
  push(table: WeightTable, signal?: AbortSignal, mayPush?: () => void): Promise<readonly TargetReport[]> {
    const result = this.#last.then(() => {
      mayPush?.();
      return this.#push(table, signal);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** What each target has now, in their order: one that cannot be read fails alone. */
  async read(table: WeightTable): Promise<readonly PromiseSettledResult<readonly CurrentWeight[]>[]> {
    const { targets, settings } = this.#parts;
    const filled = await this.#filled(table);
    return Promise.allSettled(
      targets.map((target) => target.read(assignmentsOf(target.name, settings.services, filled))),
    );
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
    const { targets, settings, source, clock } = this.#parts;
    if (targets.length === 0) return [];
    const filled = await this.#filled(table, signal);
    source.requireQuorum();
    return pushWeights(targets, settings.services, filled, clock, signal);
  }

  async #filled(table: WeightTable, signal?: AbortSignal): Promise<WeightTable> {
    const { targets, settings } = this.#parts;
    const asks = targets.some((target) => target.usesAddresses);
    return asks ? await this.#addresses.fill(table, settings.services, signal) : table;
  }
}
