import {
  codeOf,
  describeError,
  type Member,
  type MemberState,
  type TargetAssignment,
  type TargetProblem,
} from '@ballast/core';
import { HaproxyError } from './errors.ts';
import { checkName } from './names.ts';
import {
  assertNothingWrong,
  checkHaproxyServiceOptions,
  type HaproxyOptions,
  type HaproxyServiceOptions,
  usesAddresses,
} from './options.ts';
import { scaleWeights } from './scale.ts';
import { fillTemplate, namesAddress } from './template.ts';

/** A member, where it is to be looked for, and what it is to have. */
export interface Placement {
  readonly service: string;
  readonly member: Member;
  readonly scaled: number;
  readonly state: MemberState;
  readonly backend: string;
  /** Left out: the server is found by the member's address and port. */
  readonly server?: string;
}

export interface Placements {
  readonly placements: readonly Placement[];
  readonly problems: readonly TargetProblem[];
}

/** Says for every member of every assignment which server of which backend it is, without asking HAProxy. */
export function place(assignments: readonly TargetAssignment[], options: HaproxyOptions): Placements {
  const placements: Placement[] = [];
  const problems: TargetProblem[] = [];
  for (const assignment of assignments) {
    const service = assignment.service.name;
    try {
      assertNothingWrong(checkHaproxyServiceOptions(assignment.options));
    } catch (error) {
      problems.push(problemOf(error, service));
      continue;
    }
    const valid = assignment.weights.members.filter((entry) => {
      if (Number.isFinite(entry.weight) && entry.weight >= 0) return true;
      problems.push(problemOf(badWeight(entry.member, entry.weight), service, entry.member.guest));
      return false;
    });
    const scaled = scaleWeights(valid);
    valid.forEach(({ member, state }, index) => {
      try {
        const at = locate(service, member, assignment.options, options);
        placements.push({ service, member, state, scaled: scaled[index] ?? 1, ...at });
      } catch (error) {
        problems.push(problemOf(error, service, member.guest));
      }
    });
  }
  return { placements, problems };
}

/** An error as data. */
export function problemOf(error: unknown, service?: string, guest?: number): TargetProblem {
  return {
    code: codeOf(error),
    message: describeError(error),
    ...(service === undefined ? {} : { service }),
    ...(guest === undefined ? {} : { guest }),
  };
}

function locate(
  service: string,
  member: Member,
  own: HaproxyServiceOptions,
  target: HaproxyOptions,
): { readonly backend: string; readonly server?: string } {
  const fill = (template: string): string => fillFor(template, service, member, usesAddresses(target));
  const override = overrideOf(member, own.overrides) ?? overrideOf(member, target.overrides);
  const [first = '', second] = override?.split('/') ?? [];
  const backend = second === undefined ? fill(own.backend ?? target.backend ?? '{{service.name}}') : first;
  checkName('backend', backend);
  if (override !== undefined) return { backend, server: checkName('server', second ?? first) };
  if (target.match === 'address' && own.server === undefined) {
    if (member.address === undefined) throw noAddress(member, 'it is matched by address', true);
    return { backend };
  }
  return { backend, server: checkName('server', fill(own.server ?? target.server ?? '{{guest.name}}')) };
}

function overrideOf(member: Member, overrides: Readonly<Record<string, string>> = {}): string | undefined {
  for (const key of [String(member.guest), member.name]) {
    if (Object.hasOwn(overrides, key)) return overrides[key];
  }
  return undefined;
}

function fillFor(template: string, service: string, member: Member, read: boolean): string {
  if (member.address === undefined && namesAddress(template)) {
    throw noAddress(member, `the template "${template}" names it`, read);
  }
  return fillTemplate(template, service, member);
}

/** @param read whether addresses are read from the guests at all, which costs requests and is done when the target asks */
function noAddress(member: Member, why: string, read: boolean): HaproxyError {
  return new HaproxyError(
    'haproxy-no-address',
    `Expected guest ${member.guest} (${member.name}) to have an address, since ${why}, got none.`,
    {
      hint: read
        ? 'Install the guest agent in the guest, or map it to its server under `overrides`.'
        : 'Addresses are read only where the target itself says `match: address`: say it there.',
    },
  );
}

function badWeight(member: Member, weight: number): HaproxyError {
  return new HaproxyError(
    'haproxy-bad-weight',
    `Expected the weight of guest ${member.guest} (${member.name}) to be a number from 0 up, got ${weight}.`,
  );
}
