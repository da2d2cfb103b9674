import { type AppliedWeight, codeOf, type TargetProblem } from '@ballast/core';
import type { Client, MemberRow, ServiceRows } from './client.ts';
import { declaredService, isSameService } from './declared.ts';
import { endsTheRound, FlowManagerError, problemOf, unknownMember } from './errors.ts';
import type { Wanted, WantedMember } from './wanted.ts';

export interface Outcome {
  readonly changed: readonly AppliedWeight[];
  readonly unchanged: number;
  readonly problems: readonly TargetProblem[];
}

interface Found extends WantedMember {
  readonly before: MemberRow;
}

/**
 * Brings one service to what is wanted:
 *  1. make it, where it is ours to make and not as it is to be; 2. read the weights it has; 3. leave out who is no member;
 *  4. write all that differs at once; 5. read back.
 * Also written when nothing differs but the fencing token, so that who led before is refused from then on.
 * @throws {FlowManagerError}
 */
export async function applyService(
  client: Client,
  wanted: Wanted,
  fencing: bigint | undefined,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const declaring = await declare(client, wanted, fencing, signal);
  try {
    const { problems, ...outcome } = await applyWeights(client, wanted, fencing, signal);
    // Who has no address to be a member at has been told of already.
    const told = new Set(declaring.map(({ guest }) => guest));
    const news = problems.filter(({ code, guest }) => code !== 'flow-manager-unknown-member' || !told.has(guest));
    return { ...outcome, problems: [...declaring, ...news] };
  } catch (error) {
    // Of a service that could not be made it says nothing new that it is not there.
    const echo = declaring.length > 0 && codeOf(error) === 'flow-manager-unknown-service';
    if (endsTheRound(error)) throw error;
    const problems = echo ? declaring : [...declaring, problemOf(error, wanted.service)];
    return { changed: [], unchanged: 0, problems };
  }
}

/**
 * Makes the service as the configuration says it is, unless it is so already. What is wrong with it keeps its weights,
 * where it stands, from nothing.
 * @throws {FlowManagerError} nothing else will fare better
 */
async function declare(
  client: Client,
  { service: name, named, managed }: Wanted,
  fencing: bigint | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly TargetProblem[]> {
  if (managed === undefined) return [];
  try {
    const has = await client.service(named, signal);
    const { spec, problems } = declaredService(managed.service, managed.weights, has);
    if (spec === undefined || (has !== undefined && isSameService(spec, has))) return problems;
    await client.declare(named, spec, fencing, signal);
    return problems;
  } catch (error) {
    if (endsTheRound(error) || codeOf(error) === 'flow-manager-stale-token') throw error;
    return [problemOf(error, name)];
  }
}

async function applyWeights(
  client: Client,
  wanted: Wanted,
  fencing: bigint | undefined,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const has = await client.read(wanted.named, signal);
  const found = wanted.members.flatMap((member): Found[] => {
    const before = has.rows.get(member.guest);
    return before === undefined ? [] : [{ ...member, before }];
  });
  const problems = [...strangers(wanted, has), ...found.filter(isHeld).map((member) => heldProblem(wanted, member))];
  const differing = found.filter((member) => differs(member, member.before));
  if (differing.length > 0 || (fencing !== undefined && fencing !== has.fencing)) {
    const members = differing.map(({ guest, weight, state }) => ({ guest, weight, state }));
    await client.write(wanted.named, members, fencing, signal);
  }
  const after = differing.length === 0 ? has : await client.read(wanted.named, signal);
  const astray = differing.filter((member) => differs(member, after.rows.get(member.guest)));
  return {
    changed: differing.filter((member) => !astray.includes(member)).map((member) => appliedOf(wanted, member)),
    unchanged: found.filter((member) => !differing.includes(member) && !isHeld(member)).length,
    problems: [...problems, ...astray.map((member) => astrayProblem(wanted, member, after))],
  };
}

/** The state of a held member is not ours to judge. */
function differs(member: WantedMember, row: MemberRow | undefined): boolean {
  return row === undefined || row.weight !== member.weight || (row.state !== member.state && !row.held);
}

function isHeld({ before, state }: Found): boolean {
  return before.held && state === 'ready';
}

function appliedOf({ service }: Wanted, { guest, handle, before, weight, state }: Found): AppliedWeight {
  return { service, guest, handle, before: before.weight, after: weight, state: before.held ? 'drain' : state };
}

function strangers({ service, named, members, managed }: Wanted, { rows }: ServiceRows): readonly TargetProblem[] {
  return (
    members
      // Of a service that is made here, who is drained and not there yet waits for an address.
      .filter(({ guest, state }) => !rows.has(guest) && (managed === undefined || state === 'ready'))
      .map(({ guest, member }) => problemOf(unknownMember(named, guest, member.name, [...rows.keys()]), service, guest))
  );
}

function heldProblem({ service, named }: Wanted, { guest, handle }: Found): TargetProblem {
  const error = new FlowManagerError(
    'flow-manager-held',
    `Member ${handle} was drained by hand at the flow manager; it stays drained.`,
    { hint: `POST /v1/services/${encodeURIComponent(named)}/members/${guest}/ready takes it back.` },
  );
  return problemOf(error, service, guest);
}

function astrayProblem({ service }: Wanted, wanted: Found, { rows }: ServiceRows): TargetProblem {
  const { guest, handle, weight, state } = wanted;
  const row = rows.get(guest);
  const got = row === undefined ? 'no such member' : `weight ${row.weight}, ${row.state}`;
  const error = new FlowManagerError(
    'flow-manager-read-back',
    `Set ${handle} to weight ${weight}, ${state}, and read back ${got}.`,
    { hint: 'Does somebody else set the weights of this service?' },
  );
  return problemOf(error, service, guest);
}
