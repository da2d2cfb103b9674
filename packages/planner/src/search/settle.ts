import { seededRandom } from '@ballast/core';
import { boundOf } from '../engine/bound.ts';
import type { Settled, SettleInput } from '../engine/draft.ts';
import { HEATS, type Problem } from '../engine/problem.ts';
import type { ReliefInput } from '../engine/relief-input.ts';
import type { Relieved } from '../engine/relieve.ts';
import { settle } from '../engine/settle.ts';
import { State } from '../engine/state.ts';
import { above } from '../limits.ts';
import { type Compiled, compile } from './compile.ts';
import type { Planning } from './planning.ts';

/** Larger clusters are not looked at as a whole: the search would take long. */
export const MOST_NODES = 24;
/** Guests times nodes, above which fewer moves are not looked for: the fewest are rarely found there. */
const MOST_PLACES = 4000;
/** Moves looked at: some fifty milliseconds. */
const MOST_WORK = { fewest: 600_000, cheapest: 400_000 };

/** Moves with which hot nodes are relieved, those of guests that make room among them. */
export interface Roomy {
  readonly compiled: Compiled;
  readonly settled: Settled;
  /** Node x heat: 1 for what is relieved. */
  readonly hot: Uint8Array;
  /** Items of hot nodes that fill another above `high` for a moment, so that theirs has room. */
  readonly early?: ReadonlySet<number>;
}

/** What relief comes to when guests of other nodes make room, where that relieves more or costs less; else nothing. */
export function makeRoom(
  planning: Planning,
  ring: Compiled,
  input: ReliefInput,
  { state, moved }: Relieved,
): Roomy | undefined {
  const { problem: asked } = ring;
  const { nodes } = planning.placement;
  const { high, target, aim } = input;
  // A node that stays hot whatever leaves it stands in nobody's way.
  const sources = input.sources.filter((node) => canBeRelieved(asked, node, input));
  const hot = input.hot.map((flag, k) => (flag === 1 && sources.includes(Math.floor(k / HEATS)) ? 1 : 0));
  const order = orderOf(asked, [high.limit], state, moved);
  const relieved = !sources.some((node) => isHot(state.heat, high.goal, asked.capacity, hot, node));
  const all = sources.length === input.sources.length;
  if (relieved && all && order === undefined && target.limit === high.limit) {
    const broken = orderOf(asked, [high.limit, ring.level('ceiling').limit], state, moved);
    if (broken !== undefined)
      return { compiled: ring, settled: { state, order: broken.order }, hot, early: broken.early };
  }
  const left = !relieved || order === undefined;
  if (sources.length === 0 || (!left && !all)) return undefined;
  if (nodes.length > MOST_NODES || (!left && target.limit !== high.limit)) return undefined;
  const weight = aim === 'fewest' ? asked.moves : asked.price;
  const known = left ? Number.POSITIVE_INFINITY : moved.reduce((sum, item) => sum + (weight[item] as number), 0);
  const bounds = sources.map((node) => boundOf(asked, node, { goal: high.goal, hot }, aim, input.effort.expired));
  const least = bounds.reduce((sum, bound) => sum + (aim === 'fewest' ? bound.moves : bound.bytes), 0);
  if (!above(known / Math.max(1, least), 1)) return undefined;
  const compiled = compile(planning, nodes, 'relieve-cpu');
  const { problem } = compiled;
  if (!left && problem.items * problem.nodes > MOST_PLACES) return undefined;
  return settledIn(compiled, input, { hot, known, least, limit: compiled.level('high').limit });
}

/** Looks for a placement in which what is `hot` is down at its goal, among the nodes with a limit. */
export function settledIn(
  compiled: Compiled,
  { high, aim, effort, minGain }: ReliefInput,
  asked: Pick<SettleInput, 'hot' | 'known' | 'least' | 'limit'>,
): Roomy | undefined {
  const { problem } = compiled;
  const { hot } = asked;
  const settled = settle({
    ...asked,
    problem,
    goal: high.goal,
    ceiling: compiled.level('ceiling').limit,
    worth: Uint8Array.from({ length: problem.items }, (_, item) => (pays(item) ? 1 : 0)),
    aim,
    random: seededRandom(effort.seed),
    work: MOST_WORK[aim],
    expired: effort.expired,
  });
  return settled === undefined ? undefined : { compiled, settled, hot };

  /** Whether an item of a hot node takes enough along; those of other nodes only make room. */
  function pays(item: number): boolean {
    const home = problem.home[item] as number;
    const hotter = [0, 1].filter((h) => hot[home * HEATS + h] === 1);
    if (hotter.length === 0) return true;
    return hotter.some((h) => {
      const share = (problem.relief[item * HEATS + h] as number) / (problem.capacity[home * HEATS + h] as number);
      return share > 0 && !above(minGain, share);
    });
  }
}

/** Whether all that may leave a node would bring it down to what is asked. */
function canBeRelieved({ first, itemsOf, movable, relief, heat }: Problem, node: number, input: ReliefInput): boolean {
  return [0, 1].every((h) => {
    const k = node * HEATS + h;
    if (input.hot[k] === 0) return true;
    let rest = (heat[k] as number) - (input.high.goal[k] as number);
    for (const item of itemsOf.subarray(first[node], first[node + 1])) {
      if (movable[item] === 1) rest -= relief[item * HEATS + h] as number;
    }
    return !above(rest / (input.problem.capacity[k] as number), 0);
  });
}

/**
 * The moves in an order in which each finds its room, up to the first limit; where all of them wait for each other in a ring,
 * one of them up to the next limit. Nothing where there is none.
 */
function orderOf(
  problem: Problem,
  limits: readonly Float64Array[],
  found: State,
  moved: readonly number[],
): { readonly order: readonly number[]; readonly early: ReadonlySet<number> } | undefined {
  const state = new State(problem, limits[0] as Float64Array);
  const order: number[] = [];
  const early = new Set<number>();
  const go = (item: number): boolean => {
    const to = found.at[item] as number;
    if (!state.fits(item, to)) return false;
    state.move(item, to);
    order.push(item);
    return true;
  };
  for (let open = moved; open.length > 0; ) {
    state.limit = limits[0] as Float64Array;
    let waiting = open.filter((item) => !go(item));
    if (waiting.length === open.length) {
      state.limit = limits[1] ?? state.limit;
      const first = waiting.find(go);
      if (first === undefined) return undefined;
      early.add(first);
      waiting = waiting.filter((item) => item !== first);
    }
    open = waiting;
  }
  return { order, early };
}

function isHot(heat: Float64Array, goal: Float64Array, capacity: Float64Array, hot: Uint8Array, node: number): boolean {
  return [node * HEATS, node * HEATS + 1].some(
    (k) => hot[k] === 1 && above(((heat[k] as number) - (goal[k] as number)) / (capacity[k] as number), 0),
  );
}
