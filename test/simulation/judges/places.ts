import type { GuestId, Milliseconds, NodeName } from '@ballast/core';
import type { GuestActivity, World } from '@ballast/pve-simulator';
import type { Evidence } from './evidence.ts';
import type { Judge } from './judge.ts';

/** What others have done in this time an operator may not know of yet. */
const NEWS: Milliseconds = 120_000;
/** CPU and memory that a node may stand at, and what measuring leaves open. */
const CEILING = { cpu: 0.85, memory: 0.9 };
const BLUR = 0.04;
/** What a guest of a full node would take where there is room is not known until two samples were taken there, and how much more. */
const UNTOLD: Milliseconds = 45_000;
const MORE = 0.3;

/** No node is driven over its ceilings: what runs on the target, what is on its way there, and the guest. */
export const ceilings: Judge = {
  leaves: (asked, evidence) => {
    const { to, guest, request, by } = asked;
    if (request.late || knowsLittle(evidence)) return undefined;
    const seen = evidence.known(by).resources?.world;
    const node = seen?.nodes.find(({ name }) => name === to);
    if (seen === undefined || node === undefined) return undefined;
    const coming = [guest, ...comingTo(to, evidence, seen)];
    const gone = goneFrom(to, evidence, seen);
    const sum = (of: keyof GuestActivity, start: number): number =>
      coming.reduce((all, id) => all + activityOf(seen, id, of), start) -
      gone.reduce((all, id) => all + activityOf(seen, id, of), 0);
    const cpu = sum('granted', node.activity.granted) - untold(to, evidence, seen);
    const memory = sum('memoryUsed', node.activity.memoryUsed);
    if (cpu / node.cores > CEILING.cpu + BLUR)
      return `${to} would stand at ${(cpu / node.cores).toFixed(2)} of its CPU`;
    if (memory / node.memory > CEILING.memory + BLUR)
      return `${to} would stand at ${(memory / node.memory).toFixed(2)} of its memory`;
    return undefined;
  },
};

function guestIn(world: World, id: GuestId): World['guests'][number] | undefined {
  return world.guests.find((guest) => guest.id === id);
}

function activityOf(world: World, id: GuestId, of: keyof GuestActivity): number {
  return guestIn(world, id)?.activity[of] ?? 0;
}

/** Guests that were moved away from a node, and that the operator saw on it still. */
function goneFrom(node: NodeName, { asked }: Evidence, seen: World): readonly GuestId[] {
  const left = asked.filter(({ done, from, guest }) => done && from === node && guestIn(seen, guest)?.node === node);
  return left.map(({ guest }) => guest);
}

/** Cores that guests take on a node since they came from a full one, and that nobody can have known of. */
function untold(node: NodeName, { asked, now }: Evidence, seen: World): number {
  return asked
    .filter(({ starved, done, doneAt, to }) => starved && done && to === node && now - doneAt < UNTOLD)
    .reduce((all, { guest }) => all + MORE * activityOf(seen, guest, 'granted'), 0);
}

/** Guests of ours that are under way to a node, and that the operator did not see on it. */
function comingTo(to: NodeName, evidence: Evidence, seen: World): readonly GuestId[] {
  // One that was asked for by a leader that slept meanwhile is not foreseen by its successor (docs/adr/0007).
  const late = new Set(evidence.asked.filter(({ request }) => request.late).map(({ guest }) => guest));
  const under = evidence
    .ours()
    .filter(({ to: target, guest }) => target === to && !late.has(guest) && guestIn(seen, guest)?.node !== to);
  return under.map(({ guest }) => guest);
}

function knowsLittle({ simulation, now }: Evidence): boolean {
  return now - simulation.touchedAt < NEWS;
}

/** Guests that are to be apart are not brought together. */
export const rules: Judge = {
  leaves: ({ guest, to, request, by }, evidence) => {
    if (request.late || knowsLittle(evidence)) return undefined;
    const there = evidence
      .companions(guest)
      // Rules are about guests that run: where one that stands still is may be where others come.
      .filter(({ status }) => status === 'running')
      .find(({ id, node }) => node === to || evidence.ours().some((other) => other.guest === id && other.to === to));
    return there === undefined ? undefined : `${by} asks for guest ${guest} to join guest ${there.id} on ${to}`;
  },
};

/** No guest is sent to where none is taken. */
export const targets: Judge = {
  leaves: ({ to, request, guest, by, at }, { simulation }) => {
    if (request.late) return undefined;
    const node = simulation.cluster.world.nodes.find(({ name }) => name === to);
    const settled = (simulation.changedAt.get(to) ?? 0) < at - NEWS;
    const closed = node?.online === false || node?.maintenance === true;
    return closed && settled ? `${by} sends guest ${guest} to ${to}, which takes none` : undefined;
  },
};
