import type { AppliedWeight, MemberState, TargetAssignment, TargetProblem } from '@ballast/core';
import { handleOf, setState, setWeight, showBackendStatistics } from './commands.ts';
import { HaproxyError, permissionDenied } from './errors.ts';
import { type Match, matchServers } from './matching.ts';
import type { HaproxyOptions } from './options.ts';
import { place, problemOf } from './placement.ts';
import { readServers, type ServerRow, type Truth } from './servers.ts';
import type { Session } from './socket.ts';

export interface Outcome {
  readonly changed: readonly AppliedWeight[];
  readonly unchanged: number;
  readonly problems: readonly TargetProblem[];
}

/** One write: what it is to do to which member, and the command that does it. */
interface Write {
  readonly match: Match;
  readonly command: string;
}

/**
 * Brings the servers to what the assignments say:
 *  1. place every member; 2. read what HAProxy has; 3. match members and servers; 4. write what differs;
 *  5. read back, and report what is not as it was set.
 * When HAProxy was reloaded between reading and reading back, the new process knows nothing of it: all is done again.
 */
export async function applyTo(
  session: Session,
  where: string,
  assignments: readonly TargetAssignment[],
  options: HaproxyOptions,
): Promise<Outcome> {
  const placed = place(assignments, options);
  const backends = [...new Set(placed.placements.map((placement) => placement.backend))];
  if (backends.length === 0) return { changed: [], unchanged: 0, problems: placed.problems };
  for (let attempt = 1; ; attempt++) {
    const before = await readServers(session, where, backends);
    const matched = matchServers(options.name, placed.placements, before);
    const { untouchable, steady, differing } = sort(matched.matches);
    const refused = await write(session, where, differing);
    const after = differing.length === 0 ? before : await readServers(session, where, backends);
    if (after.process !== before.process && attempt === 1) continue;
    const result = readBack(differing, after, refused);
    return {
      changed: result.changed,
      unchanged: steady.length,
      problems: [...placed.problems, ...matched.problems, ...untouchable.map(inMaintenance), ...result.problems],
    };
  }
}

/** The state a row stands for: a server in maintenance takes no new connections either. */
export function stateOf(row: ServerRow): MemberState {
  return row.draining || row.maintenance !== undefined ? 'drain' : 'ready';
}

function sort(matches: readonly Match[]): {
  readonly untouchable: readonly Match[];
  readonly steady: readonly Match[];
  readonly differing: readonly Match[];
} {
  const untouchable = matches.filter((match) => match.row.maintenance !== undefined);
  const served = matches.filter((match) => match.row.maintenance === undefined);
  return {
    untouchable,
    steady: served.filter(({ placement, row }) => isAsWanted(placement, row)),
    differing: served.filter(({ placement, row }) => !isAsWanted(placement, row)),
  };
}

function isAsWanted(wanted: { readonly scaled: number; readonly state: MemberState }, row: ServerRow): boolean {
  return row.weight === wanted.scaled && stateOf(row) === wanted.state;
}

/** Sends every write and checks every reply; returns the refusals by handle. */
async function write(
  session: Session,
  where: string,
  matches: readonly Match[],
): Promise<ReadonlyMap<string, HaproxyError>> {
  const writes = matches.flatMap(writesOf);
  const replies = await session.run(writes.map((entry) => entry.command));
  const refused = new Map<string, HaproxyError>();
  for (const [index, { match, command }] of writes.entries()) {
    const reply = (replies[index] ?? '').trim();
    if (reply !== '' && !refused.has(handleOf(match.row))) {
      refused.set(handleOf(match.row), await refusal(session, where, match.row, command, reply));
    }
  }
  return refused;
}

/** A drain comes before its weight, a return after it: no connection is ever sent by a weight that was not wanted. */
function writesOf(match: Match): readonly Write[] {
  const { placement, row } = match;
  const weight = row.weight === placement.scaled ? [] : [{ match, command: setWeight(row, placement.scaled) }];
  const state = stateOf(row) === placement.state ? [] : [{ match, command: setState(row, placement.state) }];
  return placement.state === 'drain' ? [...state, ...weight] : [...weight, ...state];
}

async function refusal(
  session: Session,
  where: string,
  row: ServerRow,
  command: string,
  reply: string,
): Promise<HaproxyError> {
  if (reply.startsWith('Permission denied')) return permissionDenied(where, command);
  if (reply.includes('static LB algorithm'))
    return staticAlgorithm(row.backend, await algorithmOf(session, row.backend));
  return new HaproxyError('haproxy-command-refused', `HAProxy refused \`${command}\`: ${reply.split('\n')[0]}`);
}

/** The algorithm as `show stat` names it; the words for none when it does not. */
async function algorithmOf(session: Session, backend: string): Promise<string> {
  const [header = '', line = ''] = ((await session.run([showBackendStatistics(backend)]))[0] ?? '').split('\n');
  return line.split(',')[header.split(',').indexOf('algo')] || 'a static algorithm';
}

function staticAlgorithm(backend: string, algorithm: string): HaproxyError {
  return new HaproxyError(
    'haproxy-static-algorithm',
    `Backend "${backend}" balances by ${algorithm}, which takes no weights while HAProxy runs.`,
    { hint: 'Set `balance roundrobin` (or, for a hash, `hash-type consistent`) in that backend of haproxy.cfg.' },
  );
}

function readBack(
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
    if (error?.code === 'haproxy-permission-denied') {
      // The socket's level is the same for all of them: said once.
      if (!problems.some((problem) => problem.code === error.code)) problems.push(problemOf(error));
    } else if (error !== undefined) problems.push(problemOf(error, service, member.guest));
  }
  return { changed, problems };
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

const WHOSE: Readonly<Record<NonNullable<ServerRow['maintenance']>, string>> = {
  administrator: 'was put into maintenance',
  configuration: 'is disabled in haproxy.cfg',
  inherited: 'is in maintenance as the server that it tracks',
  resolution: 'is in maintenance since its name does not resolve',
};

function inMaintenance({ placement, row }: Match): TargetProblem {
  const error = new HaproxyError(
    'haproxy-maintenance',
    `Server ${handleOf(row)} ${WHOSE[row.maintenance ?? 'administrator']}; it is left alone.`,
    row.maintenance === 'resolution'
      ? { hint: 'Check the name of the server and the `resolvers` of HAProxy.' }
      : { hint: `\`set server ${handleOf(row)} state ready\` at the runtime socket takes it back.` },
  );
  return problemOf(error, placement.service, placement.member.guest);
}
