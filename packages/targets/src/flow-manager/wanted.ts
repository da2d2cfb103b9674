import { type Member, type MemberWeight, memberKey, type TargetAssignment, type TargetProblem } from '@ballast/core';
import type { WantedRow } from './client.ts';
import { FlowManagerError, problemOf } from './errors.ts';
import { assertNothingWrong, checkFlowManagerServiceOptions, type FlowManagerServiceOptions } from './options.ts';

/** A service, what the flow manager calls it, and what its members are to have. */
export interface Wanted {
  readonly service: string;
  readonly named: string;
  /** What to make the service of there; left out where somebody else makes it. */
  readonly managed?: Pick<TargetAssignment, 'service' | 'weights'>;
  readonly members: readonly WantedMember[];
}

export interface WantedMember extends WantedRow {
  readonly member: Member;
  readonly handle: string;
}

/** Steps of a weight: finer ones would be told again and again, and steer nothing. */
const STEPS = 10_000;
/** A ready member has at least this part of the heaviest, as at a load balancer of 256 steps. */
const LEAST = 1 / 256;

/**
 * What is wanted of the flow manager, without asking it.
 * @param manages whether services that have a VIP are made there, unless they say otherwise
 */
export function wantedOf(
  assignments: readonly TargetAssignment[],
  manages: boolean,
): {
  readonly wanted: readonly Wanted[];
  readonly problems: readonly TargetProblem[];
} {
  const wanted: Wanted[] = [];
  const problems: TargetProblem[] = [];
  for (const { service, options, weights } of assignments) {
    try {
      assertNothingWrong(checkFlowManagerServiceOptions(options));
    } catch (error) {
      problems.push(problemOf(error, service.name));
      continue;
    }
    const { service: named = service.name, manage = manages } = options as FlowManagerServiceOptions;
    const valid = weights.members.filter(({ member, weight }) => {
      if (weight >= 0 && weight <= 1) return true;
      problems.push(problemOf(badWeight(member, weight), service.name, member.guest));
      return false;
    });
    const scaled = scaleWeights(valid);
    const members = valid.map(({ member, state }, index) => ({
      guest: member.guest,
      weight: scaled[index] ?? 1,
      state,
      member,
      handle: memberKey(named, member.guest),
    }));
    const managed = manage && service.vip !== undefined ? { managed: { service, weights } } : {};
    wanted.push({ service: service.name, named, members, ...managed });
  }
  return { wanted, problems };
}

/** As they were decided, in steps; ready members keep a little, and a pool of zeros is one of equals. */
function scaleWeights(members: readonly Pick<MemberWeight, 'weight' | 'state'>[]): readonly number[] {
  const largest = Math.max(0, ...members.map(({ weight }) => weight));
  const least = largest > 0 ? Math.ceil(largest * LEAST * STEPS) : STEPS;
  return members.map(({ weight, state }) => {
    const steps = Math.round(weight * STEPS);
    return (state === 'ready' ? Math.max(steps, least) : steps) / STEPS;
  });
}

function badWeight(member: Member, weight: number): FlowManagerError {
  return new FlowManagerError(
    'flow-manager-bad-weight',
    `Expected the weight of guest ${member.guest} (${member.name}) to be a number 0 to 1, got ${weight}.`,
  );
}
