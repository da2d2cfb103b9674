import loadHighs from 'highs';
import type { Cluster, ClusterGuest } from './cluster.ts';

/** What is best, found exactly. */
export interface Optimum {
  readonly moves: number;
  /** Memory of the guests moved, in GiB. */
  readonly gib: number;
}

/** Finds the best of all placements of a cluster; nothing where none will do, or where it gave up. */
export type Oracle = (cluster: Cluster, target: number, aim: 'moves' | 'bytes') => Optimum | undefined;

const GIB = 2 ** 30;
/** As the planner has it: ratios this close to a limit are at it. */
const SLACK = 1e-9;
/** Placements without an order that are ruled out before a cluster is given up: there may be very many. */
const MOST_CUTS = 4;
const OPTIONS = {
  time_limit: 1,
  output_flag: false,
  mip_rel_gap: 0,
  mip_abs_gap: 1e-6,
  primal_feasibility_tolerance: 1e-9,
  mip_feasibility_tolerance: 1e-9,
} as const;

/**
 * An integer program for each cluster, solved by HiGHS: every guest on one node; on every node used CPU and memory at most
 * the target, allocated memory at most the node's own; pins, local disks and groups kept. A placement that no order of
 * single moves leads to under the ceilings is ruled out, and the next best looked for.
 */
export async function loadOracle(): Promise<Oracle> {
  // Its types are those of a CommonJS module, which it is not when imported.
  const highs = await (loadHighs as unknown as typeof loadHighs.default)();
  return (cluster, target, aim) => {
    for (let cuts: readonly string[] = []; cuts.length < MOST_CUTS; ) {
      const { Status: status, Columns: columns } = highs.solve(program(cluster, target, aim, cuts), OPTIONS);
      if (status === 'Infeasible' || status === 'Time limit reached') return undefined;
      if (status !== 'Optimal') throw new Error(`Expected the optimum, got ${status}.`);
      const moves = cluster.guests.flatMap((guest, g): Move[] => {
        const n = cluster.nodes.findIndex((_, node) => (columns[name(g, node)]?.Primal ?? 0) > 0.5);
        const to = cluster.nodes[n]?.name ?? '';
        return to === guest.node ? [] : [{ guest, to, column: name(g, n) }];
      });
      if (hasOrder(cluster, moves)) {
        return { moves: moves.length, gib: moves.reduce((total, { guest }) => total + guest.memUsed, 0) / GIB };
      }
      cuts = [...cuts, `${sum(moves.map(({ column }) => `1 ${column}`))} <= ${moves.length - 1}`];
    }
    return undefined;
  };
}

interface Move {
  readonly guest: ClusterGuest;
  readonly to: string;
  readonly column: string;
}

/** Whether the moves can be made one after the other, each guest on both of its nodes for a moment. */
function hasOrder({ nodes, guests, overhead }: Cluster, moves: readonly Move[]): boolean {
  const place = new Map(guests.map((guest) => [guest, guest.node]));
  const fits = ({ guest, to }: Move): boolean => {
    const node = nodes.find((one) => one.name === to);
    const there = [guest, ...guests.filter((one) => place.get(one) === to)];
    const total = (of: (one: ClusterGuest) => number): number => there.reduce((all, one) => all + of(one), 0);
    return (
      node !== undefined &&
      total((one) => one.cpuUsed) + overhead.cpu <= (0.85 + SLACK) * node.cpu &&
      total((one) => one.memUsed) + overhead.mem <= (0.9 + SLACK) * node.mem &&
      total((one) => one.memTotal) <= (1 + SLACK) * node.mem &&
      !there.slice(1).some((one) => one.antiAffinity.some((rule) => guest.antiAffinity.includes(rule)))
    );
  };
  for (let open = moves; open.length > 0; ) {
    const next = open.find(fits);
    if (next === undefined) return false;
    place.set(next.guest, next.to);
    open = open.filter((move) => move !== next);
  }
  return true;
}

function name(guest: number, node: number): string {
  return `x${guest}_${node}`;
}

/** In the LP format of CPLEX: x of a guest and a node is 1 where the guest is on the node. */
function program(cluster: Cluster, target: number, aim: 'moves' | 'bytes', cuts: readonly string[]): string {
  const { nodes, guests } = cluster;
  const cost = guests.flatMap((guest, g) =>
    nodes.flatMap((node, n) =>
      node.name === guest.node ? [] : [`${aim === 'moves' ? 1 : figure(guest.memUsed / GIB)} ${name(g, n)}`],
    ),
  );
  const rows = [...places(cluster), ...loads(cluster, target), ...groups(cluster), ...cuts];
  return [
    'Minimize',
    sum(cost),
    'Subject To',
    ...rows,
    'Binary',
    ...guests.flatMap((_, g) => nodes.map((_node, n) => name(g, n))),
    'End',
  ].join('\n');
}

/** One node for each guest; one that is bound to its node or its pins nowhere else. */
function places({ nodes, guests }: Cluster): readonly string[] {
  return guests.flatMap((guest, g) => {
    const all = nodes.map((_, n) => `1 ${name(g, n)}`);
    const closed = nodes.flatMap((node, n) => (mayBeOn(guest, node.name) ? [] : [`1 ${name(g, n)}`]));
    return [`${sum(all)} = 1`, ...(closed.length === 0 ? [] : [`${sum(closed)} = 0`])];
  });
}

function mayBeOn(guest: ClusterGuest, node: string): boolean {
  if (guest.node === node) return true;
  return guest.storage !== 'local' && (guest.pin.length === 0 || guest.pin.includes(node));
}

function loads({ nodes, guests, overhead }: Cluster, target: number): readonly string[] {
  const row = (n: number, share: (guest: ClusterGuest) => number, limit: number): string =>
    `${sum(guests.map((guest, g) => `${figure(share(guest))} ${name(g, n)}`))} <= ${figure(limit + SLACK)}`;
  const allocated = (n: number): number =>
    guests.reduce((total, guest) => total + (guest.node === nodes[n]?.name ? guest.memTotal : 0), 0);
  return nodes.flatMap((node, n) => [
    row(n, ({ cpuUsed }) => cpuUsed / node.cpu, target - overhead.cpu / node.cpu),
    row(n, ({ memUsed }) => memUsed / node.mem, target - overhead.mem / node.mem),
    row(n, ({ memTotal }) => memTotal / node.mem, Math.max(1, allocated(n) / node.mem)),
  ]);
}

function groups({ nodes, guests }: Cluster): readonly string[] {
  const members = (key: 'affinity' | 'antiAffinity'): readonly (readonly number[])[] => {
    const names = new Set(guests.flatMap((guest) => guest[key]));
    return [...names].map((one) => guests.flatMap((guest, g) => (guest[key].includes(one) ? [g] : [])));
  };
  return nodes.flatMap((_, n) => [
    ...members('antiAffinity').map((group) => `${sum(group.map((g) => `1 ${name(g, n)}`))} <= 1`),
    ...members('affinity').flatMap(([first = 0, ...others]) =>
      others.map((g) => `1 ${name(first, n)} - 1 ${name(g, n)} = 0`),
    ),
  ]);
}

/** Lines are kept short: the format has a limit. */
function sum(terms: readonly string[]): string {
  return terms.length === 0 ? '0' : terms.join('\n + ');
}

function figure(value: number): string {
  return value.toFixed(12);
}
