import type { Blocker, ClusterSnapshot, Guest, Node, NodeName, Plan } from '@ballast/core';

/** Guests that a plan leaves on nodes that are to be emptied. */
export interface LeftBehind {
  /** All but stopped ones: what a paused guest holds is lost with its node, too. */
  readonly running: readonly Guest[];
  readonly stopped: readonly Guest[];
}

export function leftBehind(plan: Plan, { guests }: ClusterSnapshot, nodes: readonly NodeName[]): LeftBehind {
  const leaving = new Set(plan.steps.map((step) => step.guest));
  const staying = guests.filter((guest) => nodes.includes(guest.node) && !leaving.has(guest.id));
  return {
    running: staying.filter(({ status }) => status !== 'stopped'),
    stopped: staying.filter(({ status }) => status === 'stopped'),
  };
}

/**
 * The plan with a reason for each guest that is left behind, and without those of guests that nobody asked about: on nodes
 * that are hot, but are not to be emptied.
 */
export function withReasons(plan: Plan, { nodes, guests }: ClusterSnapshot, { running }: LeftBehind): Plan {
  const emptied = new Map(nodes.filter((node) => node.maintenance).map((node) => [node.name, node]));
  const asked = new Set(guests.filter((guest) => emptied.has(guest.node)).map((guest) => guest.id));
  const known = plan.blocked.filter((blocker) => asked.has(blocker.guest));
  const explained = new Set(known.map((blocker) => blocker.guest));
  const added = running
    .filter((guest) => !explained.has(guest.id))
    .map((guest) => reasonOf(guest, emptied.get(guest.node)));
  const told = new Set(plan.unresolved.map(({ node }) => node));
  const keeping = [...emptied.keys()].filter((name) => !told.has(name) && running.some((guest) => guest.node === name));
  const unresolved = keeping.map((node) => {
    const number = running.filter((guest) => guest.node === node).length;
    return { node, detail: `${node} keeps ${number} ${number === 1 ? 'guest' : 'guests'}.` };
  });
  return {
    ...plan,
    blocked: [...known, ...added].sort((a, b) => a.guest - b.guest),
    unresolved: [...plan.unresolved, ...unresolved],
  };
}

function reasonOf({ id, name }: Guest, node: Node | undefined): Blocker {
  if (node === undefined || node.status === 'online') {
    const who = name === '' ? `guest ${id}` : name;
    return { guest: id, code: 'no-room', detail: `No node has room for ${who} beside the others.` };
  }
  const state = node.status === 'offline' ? 'offline' : 'in an unknown state';
  return { guest: id, code: 'source-offline', detail: `${node.name} is ${state}: nothing can be moved off it.` };
}

/** Guests named in a sentence. */
const MOST_NAMES = 5;

/** That stopped guests stay; nothing where there are none. */
export function stoppedNote({ stopped }: LeftBehind): readonly string[] {
  if (stopped.length === 0) return [];
  const names = stopped.slice(0, MOST_NAMES).map(({ id, name }) => (name === '' ? String(id) : `${name} (${id})`));
  const rest = stopped.length - names.length;
  const who = names.join(', ') + (rest === 0 ? '' : ` and ${rest} more`);
  return stopped.length === 1
    ? [`${who} is stopped and stays: migrate it offline.`]
    : [`${stopped.length} guests are stopped and stay: ${who}. Migrate them offline.`];
}
