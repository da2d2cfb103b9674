import type { CallOptions, CurrentWeight, TargetReport, WeightTarget } from '@ballast/core';
import { applyService, type Outcome } from './apply.ts';
import { type Client, clientOf } from './client.ts';
import { endsTheRound, FlowManagerError, problemOf } from './errors.ts';
import { assertNothingWrong, checkFlowManagerOptions, type FlowManagerOptions } from './options.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/**
 * A flow manager of Ballast, told weights and states by its REST API. Services that have a VIP are made there and kept
 * as the configuration says, unless `manage` is false; none is ever removed. Members are matched by their guests' ids. A
 * drain is undone when `ready` is asked for, unless a person made it at the flow manager: that is a problem in the
 * report, and left alone.
 * @throws {FlowManagerError} `flow-manager-options`
 */
export function flowManagerTarget(options: FlowManagerOptions): WeightTarget {
  const { name, clock, fencing, ...rest } = options;
  const { manage = true } = rest;
  assertNothingWrong(checkFlowManagerOptions(rest));
  const client = clientOf(options);
  let turn: Promise<unknown> = Promise.resolve();

  return {
    name,
    kind: 'flow-manager',
    usesAddresses: manage,

    // One after another: a table that was decided later is not to be overtaken.
    apply(assignments, { signal } = {}): Promise<TargetReport> {
      const mine = turn.then(async () => {
        const startedAt = clock.now();
        const outcome = await applyAll(client, wantedOf(assignments, manage), fencing, signal);
        return { target: name, kind: 'flow-manager', ...outcome, duration: clock.now() - startedAt };
      });
      turn = mine.catch(() => undefined);
      return mine;
    },

    async read(assignments, { signal } = {}): Promise<readonly CurrentWeight[]> {
      const found: CurrentWeight[] = [];
      for (const wanted of wantedOf(assignments, manage).wanted)
        found.push(...(await readService(client, wanted, signal)));
      return found;
    },

    close: () => turn.then(() => undefined),
  };
}

async function applyAll(
  client: Client,
  { wanted, problems }: ReturnType<typeof wantedOf>,
  fencing: FlowManagerOptions['fencing'],
  signal: CallOptions['signal'],
): Promise<Outcome> {
  const outcomes: Outcome[] = [{ changed: [], unchanged: 0, problems }];
  for (const service of wanted) {
    try {
      outcomes.push(await applyService(client, service, fencing?.(), signal));
    } catch (error) {
      const ends = endsTheRound(error);
      outcomes.push({ changed: [], unchanged: 0, problems: [problemOf(error, ends ? undefined : service.service)] });
      if (ends) break;
    }
  }
  return {
    changed: outcomes.flatMap(({ changed }) => changed),
    unchanged: outcomes.reduce((sum, { unchanged }) => sum + unchanged, 0),
    problems: outcomes.flatMap((outcome) => outcome.problems),
  };
}

/** A service that the flow manager does not know has no weights. */
async function readService(
  client: Client,
  { service, named, members }: Wanted,
  signal: CallOptions['signal'],
): Promise<readonly CurrentWeight[]> {
  try {
    const { rows } = await client.read(named, signal);
    return members.flatMap(({ guest, handle }) => {
      const row = rows.get(guest);
      if (row === undefined) return [];
      return [{ service, guest, handle, weight: row.weight, scaled: row.weight, state: row.state }];
    });
  } catch (error) {
    if (error instanceof FlowManagerError && error.code === 'flow-manager-unknown-service') return [];
    throw error;
  }
}
