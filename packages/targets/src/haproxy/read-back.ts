import type { AppliedWeight, GuestId, MemberState, TargetProblem } from '@ballast/core';
import { handleOf } from './commands.ts';
import { HaproxyError } from './errors.ts';
import type { Match } from './matching.ts';
import { problemOf } from './placement.ts';
import { isAsWanted, type ServerRow, stateOf, type Truth } from './servers.ts';

/** Compares what was written with what HAProxy has now: what changed, and what is not as it was to be. */
export function readBack(
  differing: readonly Match[],
  after: Truth,
  refused: ReadonlyMap<string, HaproxyError>,
): { readonly changed: readonly AppliedWeight[]; readonly problems: readonly TargetProblem[] } {
  const changed: AppliedWeight[] = [];
  const problems: TargetProblem[] = [];
  for (const { placement, row } of differing) {
    const { service, member } = placement;
    const handle = handleOf(row);
    const now = after.backends.get(row.backend)?.find((candidate) => candidate.server === row.server);
    if (now !== undefined && (now.weight !== row.weight || stateOf(now) !== stateOf(row))) {
      changed.push({
        service,
        guest: member.guest,
        handle,
        before: row.weight,
        after: now.weight,
        state: stateOf(now),
      });
    }
    const error = refused.get(handle) ?? mismatch(handle, placement, now);
    if (error === undefined) continue;
    const problem = problemOf(error, ...whose(error, service, member.guest));
    if (!problems.some((said) => isSame(said, problem))) {
      problems.push(problem);
    }
  }
  return { changed, problems };
}

/** The level of a socket concerns all services, an algorithm all members of one: such things are said once. */
function whose(error: HaproxyError, service: string, guest: GuestId): [service?: string, guest?: GuestId] {
  if (error.code === 'haproxy-permission-denied') return [];
  return error.code === 'haproxy-static-algorithm' ? [service] : [service, guest];
}

function isSame(a: TargetProblem, b: TargetProblem): boolean {
  return a.code === b.code && a.service === b.service && a.guest === b.guest;
}

function mismatch(
  handle: string,
  wanted: { readonly scaled: number; readonly state: MemberState },
  now: ServerRow | undefined,
): HaproxyError | undefined {
  if (now !== undefined && isAsWanted(wanted, now)) return undefined;
  const got =
    now === undefined ? 'no such server' : `weight ${now.weight}, ${now.maintenance ? 'maintenance' : stateOf(now)}`;
  return new HaproxyError(
    'haproxy-read-back',
    `Expected ${handle} to have weight ${wanted.scaled}, ${wanted.state} after it was set, got ${got}.`,
    {
      hint: 'Something else sets this server too (an agent-check, a tracked server, a person); the next round tries again.',
    },
  );
}
