import { boundOf } from '../engine/bound.ts';
import { HEATS } from '../engine/problem.ts';
import type { ReliefInput } from '../engine/relief-input.ts';
import type { PlacedNode } from '../placement/placed.ts';
import { settledUtilization } from '../placement/placement.ts';
import { type Compiled, compile } from './compile.ts';
import type { Planning } from './planning.ts';
import { MOST_NODES, type Roomy, settledIn } from './settle.ts';

/** Nodes that are looked at around a hot one. */
const AROUND = 12;
/** Hot nodes that one plan looks around. */
const MOST_PER_PLAN = 16;

/**
 * For each node that relief alone left hot, what relieves it when guests make room for each other on it and on the nodes
 * with most CPU and most memory to spare; in a cluster that is looked at as a whole, on all nodes, where another one that
 * stays hot would spoil it. Each is told of once those before it were carried over.
 */
export function* roomAround(planning: Planning, input: ReliefInput): Generator<Roomy> {
  const { nodes } = planning.placement;
  const whole = nodes.length <= MOST_NODES;
  if (whole && input.sources.length < 2) return;
  for (const source of input.sources) {
    const node = nodes[source];
    if (node === undefined || !planning.asksRelief(node)) continue;
    if (++planning.around > MOST_PER_PLAN || input.effort.expired()) return;
    const among = whole ? nodes : [node, ...spareNodes(planning, node)];
    const compiled = compile(planning, among, 'relieve-cpu');
    const hot = input.hot.map((flag, k) => (Math.floor(k / HEATS) === source ? flag : 0));
    const { moves, bytes } = boundOf(
      compiled.problem,
      source,
      { goal: input.high.goal, hot },
      input.aim,
      input.effort.expired,
    );
    const least = input.aim === 'fewest' ? moves : bytes;
    const limit = limitAmong(compiled, new Set(among));
    const roomy = settledIn(compiled, input, { hot, known: Number.POSITIVE_INFINITY, least, limit });
    if (roomy !== undefined) yield roomy;
  }
}

/** Nodes with most to spare of one resource or the other, in turn. */
function spareNodes(planning: Planning, hot: PlacedNode): readonly PlacedNode[] {
  const open = planning.placement.nodes.filter((node) => node !== hot && node.takesGuests);
  const used = new Map(open.map((node) => [node, settledUtilization(node)]));
  const orders = (['cpu', 'memory'] as const).map((resource) =>
    open.toSorted((a, b) => (used.get(a)?.[resource] ?? 0) - (used.get(b)?.[resource] ?? 0)),
  );
  const chosen = new Set<PlacedNode>();
  for (let i = 0; i < open.length && chosen.size < AROUND - 1; i++) {
    for (const order of orders) if (order[i] !== undefined) chosen.add(order[i] as PlacedNode);
  }
  return [...chosen].slice(0, AROUND - 1);
}

/** What nodes may hold: those that are not looked at take nothing. */
function limitAmong({ level, nodes, problem }: Compiled, among: ReadonlySet<PlacedNode>): Float64Array {
  const { limit } = level('high');
  return limit.map((value, k) =>
    among.has(nodes[Math.floor(k / problem.rooms)] as PlacedNode) ? value : Number.NEGATIVE_INFINITY,
  );
}
