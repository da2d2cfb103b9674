import type { CurrentWeight, TargetReport, WeightTarget } from '@ballast/core';
import { parseHaproxyAddress } from './address.ts';
import { applyTo, type Outcome } from './apply.ts';
import { handleOf } from './commands.ts';
import { matchServers } from './matching.ts';
import {
  assertNothingWrong,
  checkHaproxyOptions,
  DEFAULT_TIMEOUT,
  type HaproxyOptions,
  usesAddresses,
} from './options.ts';
import { place, problemOf } from './placement.ts';
import { LARGEST } from './scale.ts';
import { readServers, stateOf } from './servers.ts';
import { RuntimeSocket } from './socket.ts';

/**
 * A HAProxy whose weights and states are set through its runtime socket. Connects when it is first used, and again
 * whenever the connection was lost; {@link WeightTarget.close} drops the connection, and a later call opens another.
 *
 * A drain is undone when `ready` is asked for, whoever set it: what Ballast drained before a crash must come back.
 * To keep a server out, put it into maintenance (`set server B/S state maint`): that is never touched.
 * @throws {HaproxyError} `haproxy-options`
 */
export function haproxyTarget(options: HaproxyOptions): WeightTarget {
  const { name, clock, ...rest } = options;
  assertNothingWrong(checkHaproxyOptions(rest));
  const address = typeof options.address === 'string' ? parseHaproxyAddress(options.address) : options.address;
  const socket = new RuntimeSocket({ address, clock, timeout: options.timeout ?? DEFAULT_TIMEOUT });

  return {
    name,
    kind: 'haproxy',
    usesAddresses: usesAddresses(options),

    async apply(assignments, { signal } = {}): Promise<TargetReport> {
      const startedAt = clock.now();
      let outcome: Outcome;
      try {
        outcome = await socket.exclusive((session) => applyTo(session, socket.place, assignments, options), signal);
      } catch (error) {
        outcome = { changed: [], unchanged: 0, problems: [problemOf(error)] };
      }
      return { target: name, kind: 'haproxy', ...outcome, duration: clock.now() - startedAt };
    },

    async read(assignments, { signal } = {}): Promise<readonly CurrentWeight[]> {
      const { placements } = place(assignments, options);
      const backends = [...new Set(placements.map((placement) => placement.backend))];
      const truth = await socket.exclusive((session) => readServers(session, socket.place, backends), signal);
      return matchServers(name, placements, truth).matches.map(({ placement, row }) => ({
        service: placement.service,
        guest: placement.member.guest,
        handle: handleOf(row),
        weight: row.weight / LARGEST,
        scaled: row.weight,
        state: stateOf(row),
      }));
    },

    close: () => socket.close(),
  };
}
