import type { TargetProblem } from '@ballast/core';
import type { Client } from './client.ts';
import { dpidText } from './dpid.ts';
import { isOfController, problemOf, RyuError } from './errors.ts';
import { type Group, opaqueActions } from './groups.ts';
import { type Match, matchBuckets } from './matching.ts';
import { stateOf } from './scale.ts';
import type { Wanted } from './wanted.ts';

/** What became of the members of services at one switch. */
export interface SwitchOutcome {
  readonly members: readonly MemberOutcome[];
  readonly problems: readonly TargetProblem[];
}

export interface MemberOutcome {
  readonly service: string;
  readonly guest: number;
  readonly handle: string;
  readonly before: number;
  readonly after: number;
  readonly result: 'changed' | 'unchanged' | 'astray';
}

/** A service's group on one switch, and the weights that its buckets are to have. */
interface Planned {
  readonly wanted: Wanted;
  readonly group: Group;
  readonly matches: readonly Match[];
  /** Of every bucket, members or not. */
  readonly weights: readonly number[];
}

/**
 * Brings the groups of one switch to what is wanted:
 *  1. read them; 2. find the bucket of every member; 3. send each group that differs, whole; 4. read back.
 * Throws nothing: what fails is a problem.
 */
export async function applyAt(
  client: Client,
  dpid: bigint,
  services: readonly Wanted[],
  signal: AbortSignal | undefined,
): Promise<SwitchOutcome> {
  const problems: TargetProblem[] = [];
  try {
    const groups = await client.groups(dpid, signal);
    const planned = services.flatMap((wanted) => plan(wanted, dpid, groups, problems));
    const written: Planned[] = [];
    for (const one of planned.filter(differs)) {
      await client.modify(dpid, one.group, one.weights, signal);
      written.push(one);
    }
    const after = written.length === 0 ? groups : await client.groups(dpid, signal);
    const outcomes = planned.map((one) => outcomeOf(one, dpid, after));
    return {
      members: outcomes.flatMap(({ members }) => members),
      problems: [...problems, ...outcomes.flatMap((outcome) => outcome.problems)],
    };
  } catch (error) {
    return { members: [], problems: [...problems, problemOf(isOfController(error) ? error : atSwitch(error, dpid))] };
  }
}

function plan(wanted: Wanted, dpid: bigint, groups: readonly Group[], problems: TargetProblem[]): readonly Planned[] {
  try {
    const group = groupOf(wanted, dpid, groups);
    const { matches, problems: unmatched } = matchBuckets(wanted, dpid, group);
    problems.push(...unmatched);
    const weights = group.buckets.map(({ weight }, index) => matches.find((m) => m.index === index)?.scaled ?? weight);
    if (matches.length > 0 && weights.every((weight) => weight === 0)) throw nobodyLeft(wanted, dpid);
    return [{ wanted, group, matches, weights }];
  } catch (error) {
    problems.push(problemOf(error, wanted.service));
    return [];
  }
}

/** The group of a service, if its weights can be set. */
function groupOf({ group: id }: Wanted, dpid: bigint, groups: readonly Group[]): Group {
  const group = groups.find((candidate) => candidate.id === id);
  if (group === undefined) throw unknownGroup(id, dpid, groups);
  if (group.type !== 'SELECT') {
    throw new RyuError(
      'ryu-group-type',
      `Expected group ${id} of switch ${dpidText(dpid)} to be of type SELECT, got ${group.type}, whose buckets have no weights.`,
      { hint: 'Name the group that chooses between the members.' },
    );
  }
  const opaque = opaqueActions(group);
  if (opaque.length > 0) {
    throw new RyuError(
      'ryu-opaque-action',
      `Group ${id} of switch ${dpidText(dpid)} has an action that ofctl_rest can tell and cannot take: ${opaque[0]}.`,
      { hint: 'It was not changed. Move that action to a group or a table behind it, or use a flow manager.' },
    );
  }
  return group;
}

function differs({ group, weights }: Planned): boolean {
  return group.buckets.some(({ weight }, index) => weight !== weights[index]);
}

function outcomeOf(planned: Planned, dpid: bigint, after: readonly Group[]): SwitchOutcome {
  const { wanted, group, matches } = planned;
  const now = after.find(({ id }) => id === group.id);
  if (now === undefined || !sameBuckets(group, now)) {
    return { members: [], problems: [problemOf(otherGroup(planned, dpid, now), wanted.service)] };
  }
  const members = matches.map(({ member, handle, index, scaled }): MemberOutcome => {
    const before = group.buckets[index]?.weight ?? 0;
    const got = now.buckets[index]?.weight ?? 0;
    const result = got !== scaled ? 'astray' : before === scaled ? 'unchanged' : 'changed';
    return { service: wanted.service, guest: member.guest, handle, before, after: got, result };
  });
  const problems = members
    .filter(({ result }) => result === 'astray')
    .map((member) => problemOf(astray(member, dpid, planned), wanted.service, member.guest));
  return { members, problems };
}

function sameBuckets(a: Group, b: Group): boolean {
  const textOf = ({ buckets }: Group): string =>
    JSON.stringify(buckets.map(({ actions }) => actions.map(({ text }) => text)));
  return a.type === b.type && textOf(a) === textOf(b);
}

function astray({ handle, guest, after }: MemberOutcome, dpid: bigint, { matches }: Planned): RyuError {
  const scaled = matches.find(({ member }) => member.guest === guest)?.scaled ?? 0;
  return new RyuError(
    'ryu-read-back',
    `Set ${handle} of switch ${dpidText(dpid)} to weight ${scaled}, ${stateOf(scaled)}, and read back ${after}.`,
    {
      hint: "The switch refused it, or the application of Ryu sets the group too; Ryu's log shows errors of switches.",
    },
  );
}

function otherGroup({ group: { id, buckets } }: Planned, dpid: bigint, now: Group | undefined): RyuError {
  const got =
    now === undefined ? 'no such group' : `other buckets (${now.buckets.length} in place of ${buckets.length})`;
  return new RyuError('ryu-read-back', `Set group ${id} of switch ${dpidText(dpid)}, and read back ${got}.`, {
    hint: 'Does the application of Ryu change the group at the same time? The next round tries again.',
  });
}

function unknownGroup(id: number, dpid: bigint, groups: readonly Group[]): RyuError {
  const ids = groups.map((group) => group.id);
  const has =
    ids.length === 0 ? 'it tells none' : `it has ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''}`;
  return new RyuError('ryu-unknown-group', `Switch ${dpidText(dpid)} has no group ${id}; ${has}.`, {
    hint: 'The application of Ryu makes it. Of a switch that does not answer within a second, Ryu tells no groups.',
  });
}

function nobodyLeft({ group }: Wanted, dpid: bigint): RyuError {
  return new RyuError(
    'ryu-nobody-left',
    `Expected a bucket of group ${group} of switch ${dpidText(dpid)} to keep a weight above 0, got a drain of all; it was not changed.`,
    { hint: 'A service without a ready member would drop every new connection.' },
  );
}

function atSwitch(error: unknown, dpid: bigint): unknown {
  if (!(error instanceof RyuError) || error.message.includes(dpidText(dpid))) return error;
  const { cause, hint } = error;
  return new RyuError(error.code, `Switch ${dpidText(dpid)}: ${error.message}`, {
    cause,
    ...(hint !== undefined && { hint }),
  });
}
