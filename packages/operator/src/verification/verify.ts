import {
  type Assessment,
  type BalancePolicy,
  type GuestId,
  type History,
  type Instant,
  type LoadShift,
  type Migration,
  type Milliseconds,
  type MoveRecord,
  type NodeName,
  type Projection,
  type Ratio,
  type Resource,
  utilization,
  type Verification,
} from '@ballast/core';

/** After this time an arrival is taken as it is: its nodes were never at rest, or the guest is gone. */
const PATIENCE: Milliseconds = 15 * 60_000;
/** How much of what was there before the migration may still be in smoothed loads when they are looked at. */
const REMNANT: Ratio = 0.1;
/** A source that fell by less than this share of what was projected, and by this much less, was not relieved. */
const SHARE: Ratio = 0.5;
const SLACK: Ratio = 0.05;

/** What a step is to bring, beside how its nodes stand right before it; nothing where they are not known. */
export function projectionOf({ gain, from, to }: Migration, { nodes }: Assessment): Projection | undefined {
  const { resource } = gain;
  const stands = (name: NodeName): Ratio | undefined =>
    nodes.find(({ node }) => node.name === name)?.utilization[resource];
  const [source, target] = [stands(from), stands(to)];
  if (source === undefined || target === undefined) return undefined;
  return {
    resource,
    before: { from: source, to: target },
    expected: { from: gain.fromBefore - gain.fromAfter, to: gain.toAfter - gain.toBefore },
  };
}

export interface VerifyInput {
  readonly history: History;
  readonly assessment: Assessment;
  readonly policy: Pick<BalancePolicy, 'smoothing'>;
  readonly now: Instant;
}

/**
 * Looks what arrivals brought, once the smoothed loads of their nodes tell of the time after: how far the source fell and the
 * target rose, without what other migrations took and brought meanwhile. Returns the records that are done with; the others
 * wait for samples. Pure.
 */
export function verifyMoves({ history, assessment, policy, now }: VerifyInput): readonly MoveRecord[] {
  return history.moves.flatMap((move): readonly MoveRecord[] => {
    if (move.outcome !== 'done' || move.verified !== undefined || move.endedAt === undefined) return [];
    const waits = now < move.endedAt + PATIENCE;
    const verified = waits ? verify(move, history, assessment, policy) : undefined;
    if (verified !== undefined) return [{ ...move, state: 'done', verified }];
    const over = move.state === 'verifying' && (!waits || move.projected === undefined || hasLeft(move, assessment));
    return over ? [{ ...move, state: 'done' }] : [];
  });
}

function verify(
  move: MoveRecord,
  history: History,
  assessment: Assessment,
  policy: Pick<BalancePolicy, 'smoothing'>,
): Verification | undefined {
  const { projected, guest, startedAt } = move;
  if (projected === undefined || hasLeft(move, assessment)) return undefined;
  if ((history.guests[guest]?.samples ?? 0) < samplesNeeded(policy.smoothing)) return undefined;
  const others = history.moves.filter((other) => other !== move && touches(other, move));
  if (others.some(({ outcome }) => outcome === 'running')) return undefined;
  const since = others.filter(({ outcome, endedAt = 0 }) => outcome === 'done' && endedAt > startedAt);
  const { resource, before, expected } = projected;
  const change = (name: NodeName): Ratio | undefined => {
    const node = assessment.nodes.find((entry) => entry.node.name === name);
    if (node === undefined || node.node.status !== 'online') return undefined;
    const share = (other: MoveRecord): Ratio => shareOf(other.guest, name, resource, assessment);
    const came = since.filter(({ to }) => to === name).reduce((sum, other) => sum + share(other), 0);
    const left = since.filter(({ from }) => from === name).reduce((sum, other) => sum + share(other), 0);
    return node.utilization[resource] - came + left;
  };
  const [source, target] = [change(move.from), change(move.to)];
  if (source === undefined || target === undefined) return undefined;
  const observed: LoadShift = { from: before.from - source, to: target - before.to };
  return { expected, observed, kept: observed.from >= expected.from - Math.max(SLACK, SHARE * expected.from) };
}

/** Smoothing keeps (1 - a)^n of what was before, after n samples. */
function samplesNeeded(smoothing: Ratio): number {
  return smoothing >= 1 ? 1 : Math.ceil(Math.log(REMNANT) / Math.log(1 - smoothing));
}

function touches(other: MoveRecord, { from, to }: MoveRecord): boolean {
  return [other.from, other.to].some((node) => node === from || node === to);
}

function hasLeft({ guest, to }: MoveRecord, { guests }: Assessment): boolean {
  const found = guests.find((entry) => entry.guest.id === guest)?.guest;
  return found === undefined || found.node !== to || found.status !== 'running';
}

function shareOf(guest: GuestId, name: NodeName, resource: Resource, { guests, nodes }: Assessment): Ratio {
  const usage = guests.find((entry) => entry.guest.id === guest)?.usage;
  const capacity = nodes.find(({ node }) => node.name === name)?.node.capacity;
  return usage === undefined || capacity === undefined ? 0 : utilization(usage, capacity)[resource];
}
