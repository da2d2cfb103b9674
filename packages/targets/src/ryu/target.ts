import type {
  CallOptions,
  CurrentWeight,
  TargetAssignment,
  TargetProblem,
  TargetReport,
  WeightTarget,
} from '@ballast/core';
import { applyAt, type MemberOutcome, type SwitchOutcome } from './apply.ts';
import { type Client, clientOf } from './client.ts';
import { dpidText } from './dpid.ts';
import { isOfController } from './errors.ts';
import { matchBuckets } from './matching.ts';
import { assertNothingWrong, checkRyuOptions, type RyuOptions } from './options.ts';
import { LARGEST, stateOf } from './scale.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/**
 * A stock Ryu or os-ken that runs ofctl_rest: weights become weights of the buckets of SELECT groups that an
 * application of Ryu has made. Groups and buckets are never made or removed; buckets that lead to no member keep their
 * weight. A drain is weight 0, and undone when `ready` is asked for. Several switches may have the same groups: one
 * that is away does not hold up the others.
 * @throws {RyuError} `ryu-options`
 */
export function ryuTarget(options: RyuOptions): WeightTarget {
  const { name, clock, ...rest } = options;
  assertNothingWrong(checkRyuOptions(rest));
  const client = clientOf(options);
  let turn: Promise<unknown> = Promise.resolve();

  return {
    name,
    kind: 'ryu',
    usesAddresses: true,

    // One after another: a table that was decided later is not to be overtaken.
    apply(assignments, { signal } = {}): Promise<TargetReport> {
      const mine = turn.then(async () => {
        const startedAt = clock.now();
        const outcome = await applyAll(client, assignments, options, signal);
        return { target: name, kind: 'ryu', ...outcome, duration: clock.now() - startedAt };
      });
      turn = mine.catch(() => undefined);
      return mine;
    },

    read: (assignments, { signal } = {}) => readAll(client, wantedOf(assignments, options).wanted, signal),

    close: () => turn.then(() => undefined),
  };
}

async function applyAll(
  client: Client,
  assignments: readonly TargetAssignment[],
  options: RyuOptions,
  signal: CallOptions['signal'],
): Promise<Pick<TargetReport, 'changed' | 'unchanged' | 'problems'>> {
  const { wanted, problems } = wantedOf(assignments, options);
  const outcomes = await Promise.all(
    bySwitch(wanted).map(([dpid, services]) => applyAt(client, dpid, services, signal)),
  );
  const members = byMember(outcomes.flatMap((outcome) => outcome.members));
  return {
    // What a member was and is on the first switch where it changed: on the others it changed alike, or is a problem.
    changed: members.flatMap((of) => {
      const first = of.find(({ result }) => result === 'changed');
      if (first === undefined) return [];
      const { result: _, ...change } = first;
      return [{ ...change, state: stateOf(change.after) }];
    }),
    unchanged: members.filter((of) => of.every(({ result }) => result === 'unchanged')).length,
    problems: withoutEchoes([...problems, ...outcomes.flatMap((outcome) => outcome.problems)]),
  };
}

async function readAll(
  client: Client,
  wanted: readonly Wanted[],
  signal: CallOptions['signal'],
): Promise<readonly CurrentWeight[]> {
  const attempts = bySwitch(wanted).map(async ([dpid, services]) => readAt(client, dpid, services, signal));
  const results = await Promise.allSettled(attempts);
  const failures = results.flatMap((result): readonly unknown[] =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const fatal = failures.length === results.length ? failures[0] : failures.find(isOfController);
  if (fatal instanceof Error) throw fatal;
  const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  // Where the switches agree a member has one weight; where they do not, each switch's is told.
  return byMember(found).flatMap((of) => {
    const [first] = of;
    const alike = first !== undefined && of.every(({ scaled }) => scaled === first.scaled);
    return (alike ? [first] : of).map(({ dpid, ...row }) =>
      alike ? row : { ...row, handle: `${row.handle} at ${dpidText(dpid)}` },
    );
  });
}

async function readAt(
  client: Client,
  dpid: bigint,
  services: readonly Wanted[],
  signal: CallOptions['signal'],
): Promise<readonly (CurrentWeight & { readonly dpid: bigint })[]> {
  const groups = await client.groups(dpid, signal);
  return services.flatMap((wanted) => {
    const group = groups.find(({ id }) => id === wanted.group);
    if (group === undefined) return [];
    return matchBuckets(wanted, dpid, group).matches.map(({ member, handle, index }) => {
      const scaled = group.buckets[index]?.weight ?? 0;
      const { service } = wanted;
      return { dpid, service, guest: member.guest, handle, weight: scaled / LARGEST, scaled, state: stateOf(scaled) };
    });
  });
}

function bySwitch(wanted: readonly Wanted[]): readonly (readonly [bigint, readonly Wanted[]])[] {
  const dpids = [...new Set(wanted.flatMap(({ datapaths }) => datapaths))];
  return dpids.map((dpid) => [dpid, wanted.filter(({ datapaths }) => datapaths.includes(dpid))]);
}

function byMember<T extends Pick<MemberOutcome, 'service' | 'guest'>>(rows: readonly T[]): readonly (readonly T[])[] {
  const members = new Map<string, T[]>();
  for (const row of rows) {
    const key = `${row.guest} ${row.service}`;
    const of = members.get(key) ?? [];
    members.set(key, [...of, row]);
  }
  return [...members.values()];
}

/** Several switches may say the same. */
function withoutEchoes(problems: SwitchOutcome['problems']): readonly TargetProblem[] {
  const said = new Set<string>();
  return problems.filter(({ message, service, guest }) => {
    const key = JSON.stringify([message, service, guest]);
    return said.has(key) ? false : said.add(key);
  });
}
