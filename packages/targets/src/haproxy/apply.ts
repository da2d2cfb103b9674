import type { AppliedWeight, TargetAssignment, TargetProblem } from '@ballast/core';
import { handleOf, setState, setWeight } from './commands.ts';
import { HaproxyError } from './errors.ts';
import { type Match, matchServers } from './matching.ts';
import type { HaproxyOptions } from './options.ts';
import { place, problemOf } from './placement.ts';
import { readBack } from './read-back.ts';
import { explainRefusals, type Refused } from './refusals.ts';
import { isAsWanted, readServers, type ServerRow, stateOf } from './servers.ts';
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

/** Sends every write and checks every reply; returns the refusals by handle. */
async function write(
  session: Session,
  where: string,
  matches: readonly Match[],
): Promise<ReadonlyMap<string, HaproxyError>> {
  const writes = matches.flatMap(writesOf);
  const replies = await session.run(writes.map((entry) => entry.command));
  const refused = new Map<string, Refused>();
  for (const [index, { match, command }] of writes.entries()) {
    const reply = (replies[index] ?? '').trim();
    const handle = handleOf(match.row);
    if (reply !== '' && !refused.has(handle)) refused.set(handle, { row: match.row, command, reply });
  }
  const errors = await explainRefusals(session, where, [...refused.values()]);
  return new Map(
    [...refused.keys()].flatMap((handle, index) => {
      const error = errors[index];
      return error === undefined ? [] : [[handle, error]];
    }),
  );
}

/** A drain comes before its weight, a return after it: no connection is ever sent by a weight that was not wanted. */
function writesOf(match: Match): readonly Write[] {
  const { placement, row } = match;
  const weight = row.weight === placement.scaled ? [] : [{ match, command: setWeight(row, placement.scaled) }];
  const state = stateOf(row) === placement.state ? [] : [{ match, command: setState(row, placement.state) }];
  return placement.state === 'drain' ? [...state, ...weight] : [...weight, ...state];
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
