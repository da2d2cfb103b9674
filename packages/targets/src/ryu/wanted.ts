import type { Member, MemberState, TargetAssignment, TargetProblem } from '@ballast/core';
import { parseDpid } from './dpid.ts';
import { problemOf, RyuError } from './errors.ts';
import { assertNothingWrong, checkRyuServiceOptions, type RyuOptions, type RyuServiceOptions } from './options.ts';
import { scaleWeights } from './scale.ts';

/** A service, the group that carries it, and what its members are to have. */
export interface Wanted {
  readonly service: string;
  readonly group: number;
  readonly datapaths: readonly bigint[];
  readonly members: readonly WantedMember[];
}

export interface WantedMember {
  readonly member: Member;
  readonly state: MemberState;
  /** 0..65535 */
  readonly scaled: number;
  /** What its bucket is known by, where the options say it. */
  readonly known?: string | number;
}

/** What is wanted, without asking anybody. A service whose options are wrong, or whose group another has too, is left out. */
export function wantedOf(
  assignments: readonly TargetAssignment[],
  target: Pick<RyuOptions, 'datapaths'>,
): { readonly wanted: readonly Wanted[]; readonly problems: readonly TargetProblem[] } {
  const problems: TargetProblem[] = [];
  const wanted = assignments.flatMap((assignment): readonly Wanted[] => {
    const { service, options } = assignment;
    try {
      assertNothingWrong(checkRyuServiceOptions(options));
    } catch (error) {
      problems.push(problemOf(error, service.name));
      return [];
    }
    const own = options as unknown as RyuServiceOptions;
    const { members, refused } = membersOf(assignment, own);
    problems.push(...refused);
    const datapaths = (own.datapaths ?? target.datapaths).flatMap((id) => parseDpid(id) ?? []);
    return [{ service: service.name, group: own.group, datapaths, members }];
  });
  const shared = wanted.filter((one) => wanted.some((other) => other !== one && isSameGroup(one, other)));
  return {
    wanted: wanted.filter((one) => !shared.includes(one)),
    problems: [...problems, ...shared.map((one) => problemOf(sharedGroup(one, shared), one.service))],
  };
}

function membersOf(
  { service, weights }: TargetAssignment,
  { buckets = {} }: RyuServiceOptions,
): { readonly members: readonly WantedMember[]; readonly refused: readonly TargetProblem[] } {
  const refused: TargetProblem[] = [];
  const valid = weights.members.filter(({ member, weight }) => {
    if (weight >= 0 && weight <= 1) return true;
    const error = new RyuError(
      'ryu-bad-weight',
      `Expected the weight of guest ${member.guest} (${member.name}) to be a number 0 to 1, got ${weight}.`,
    );
    refused.push(problemOf(error, service.name, member.guest));
    return false;
  });
  const scaled = scaleWeights(valid);
  const members = valid.map(({ member, state }, index) => {
    // The id first: names need not be unique.
    const known = [String(member.guest), member.name].find((key) => Object.hasOwn(buckets, key));
    const by = known === undefined ? undefined : buckets[known];
    return { member, state, scaled: scaled[index] ?? 0, ...(by !== undefined && { known: by }) };
  });
  return { members, refused };
}

function isSameGroup(a: Wanted, b: Wanted): boolean {
  return a.group === b.group && a.datapaths.some((id) => b.datapaths.includes(id));
}

/** Two services in one group would overwrite each other's weights in every round. */
function sharedGroup(one: Wanted, shared: readonly Wanted[]): RyuError {
  const names = shared.filter((other) => isSameGroup(one, other)).map(({ service }) => service);
  return new RyuError('ryu-shared-group', `Expected one service for group ${one.group}, got ${names.join(' and ')}.`, {
    hint: 'Give each service a group of its own.',
  });
}
