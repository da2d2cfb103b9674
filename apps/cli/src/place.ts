import type { Config } from '@ballast/config';
import { BallastError, type Clock, type HistoryStore, type LeaseStore } from '@ballast/core';
import { Leadership } from '@ballast/operator';
import type { Wired } from '@ballast/operator-app';
import type { Logger } from '@ballast/telemetry';
import { typist } from './typist.ts';

/** Whether this command is the one program that acts for the cluster and keeps its history. */
export type Place =
  | {
      readonly taken: true;
      /** The history, as it may be written from this place. */
      readonly store: HistoryStore;
      /** @throws {BallastError} `not-leading` once another program leads */
      readonly requireLead: () => void;
      readonly leave: () => Promise<void>;
    }
  /** Another program has it. */
  | { readonly taken: false; readonly by: string };

/** How often it is looked whether the lead has begun. */
const LOOK = 20;

/**
 * Takes the place that an operator has while it runs: in the directory of its state, or by the lease in Redis.
 * @throws {BallastError} where it cannot be found out
 */
export async function takePlace(
  { state }: Config,
  { store, hold, shared }: Wired,
  clock: Clock,
  log: Logger,
): Promise<Place> {
  const who = `ballast rebalance of ${typist()}`;
  if (shared === undefined || state.redis === undefined) {
    const found = await hold?.(who);
    if (found?.held === false) return { taken: false, by: found.by };
    return { taken: true, store, requireLead: () => undefined, leave: async () => found?.release() };
  }
  const { lease } = shared;
  const holder = `${who} (process ${process.pid})`;
  const answer = await lease.hold(holder, state.redis.lease);
  if (!answer.held) return { taken: false, by: answer.by };
  const leadership = await lead(holder, state.redis.lease, lease, clock, log);
  return {
    taken: true,
    store: shared.historyUnder(answer.token),
    requireLead: () => {
      if (leadership.token !== answer.token) throw new BallastError('not-leading', 'Another program leads by now.');
    },
    leave: () => leadership.stop(),
  };
}

/** Keeps the lease from here on. */
async function lead(
  holder: string,
  duration: number,
  lease: LeaseStore,
  clock: Clock,
  log: Logger,
): Promise<Leadership> {
  const steady = (): number => performance.now();
  const leadership = new Leadership({ lease, holder, duration, clock, steady, log, changed: () => undefined });
  leadership.start();
  const until = steady() + duration;
  while (leadership.token === undefined && steady() < until) await clock.sleep(LOOK);
  return leadership;
}
