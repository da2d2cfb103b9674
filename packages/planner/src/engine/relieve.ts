import { seededRandom } from '@ballast/core';
import { above } from '../limits.ts';
import { type Bound, boundOf } from './bound.ts';
import { drain, type Relief } from './drain.ts';
import { HEATS } from './problem.ts';
import type { Effort, ReliefInput } from './relief-input.ts';
import { compare, movedFrom, scoreOf, search, shuffled, spread, takeBack } from './search.ts';
import { State } from './state.ts';
import { tighten } from './tighten.ts';

/** How often relief is begun where nodes find no room, and the items up to which it is begun anew. */
const BEGINNINGS = 5;
const MOST_ITEMS = 400;
/** Items from which relief is begun anew for fewer moves as well: below, all placements are looked through. */
const MANY_PLACES = 150;
/** Items up to which the sets of all nodes are looked for at once, and what is tried before: the rest of the time is better spent there. */
const TIGHTENED = { items: 600, most: 300 };
/** Moves, in terms of the least, above which relief is begun anew even so: where that came to something, and where to nothing. */
const POOR = { something: 1.25, nothing: 1.1 };

/** What moves that do not bring their node to its goal have to take off it, as a share of the node, where `minGain` says nothing. */
export const PALTRY = 0.02;

export interface Relieved {
  readonly state: State;
  /** Items that moved, in the order of their nodes. */
  readonly moved: readonly number[];
  /** Neighbourhoods tried. */
  readonly tries: number;
}

/**
 * Relieves nodes down to `target`, filling others up to `target`, with the fewest moves. A node for which that is not
 * enough goes just below `high` instead, filling others up to `high`; and where that is not enough either, it gets
 * what relief there is, unless that is less than {@link PALTRY}.
 */
export function relieve(input: ReliefInput): Relieved {
  const { problem, sources, target, high, effort } = input;
  const { relief, tries: first } = best(input);
  const { state, hint } = relief;
  let tries = first;
  const stuck = sources.filter((node) => isHot(input, state, node));
  if (stuck.length > 0 && target.limit !== high.limit) {
    for (const node of stuck) takeBack(relief, movedFrom(relief, node));
    // More fits under a higher limit.
    state.limit = high.limit;
    hint.fill(-1);
    for (let n = 0; n < problem.nodes; n++) state.admit(n);
    const tight = { ...relief, goal: high.goal };
    const floors = new Map(
      stuck.map((node) => [
        node,
        boundOf(problem, node, { goal: high.goal, hot: input.hot }, 'fewest', effort.expired),
      ]),
    );
    tries += attempt(tight, stuck, floors, effort, false);
    for (const node of stuck.filter((one) => isHot(input, state, one))) {
      takeBack(relief, movedFrom(relief, node));
      state.limit = target.limit;
      hint.fill(-1);
      drain(relief, node);
      state.limit = high.limit;
      hint.fill(-1);
      drain(tight, node);
    }
  }
  for (const node of sources) {
    if (input.minGain === 0 && isHot(input, state, node)) takeBack(relief, paltry(input, movedFrom(relief, node)));
  }
  const moved = sources.flatMap((node) => movedFrom(relief, node));
  return { state, moved, tries };
}

/** Items that each take too little off a node that stays hot even so, where they take too little together as well. */
function paltry({ problem, hot }: ReliefInput, moved: readonly number[]): readonly number[] {
  const most = (items: readonly number[]): number =>
    Math.max(
      ...[0, 1].map((h) => {
        const share = (item: number): number => {
          const home = (problem.home[item] as number) * HEATS + h;
          return hot[home] === 0
            ? 0
            : (problem.relief[item * HEATS + h] as number) / (problem.capacity[home] as number);
        };
        return items.reduce((sum, item) => sum + share(item), 0);
      }),
    );
  const few = moved.filter((item) => above(PALTRY, most([item])));
  return above(PALTRY, most(few)) ? few : [];
}

interface Begun {
  readonly relief: Relief;
  readonly tries: number;
}

/**
 * Relief down to `target`. Where some nodes find no room or take more moves than their bounds, all of them are relieved at
 * once, or, in small clusters and where that does not help, relief is begun anew, the nodes in another order.
 */
function best(input: ReliefInput): Begun {
  const { problem, sources, target, bounds, effort } = input;
  const many = problem.items > MANY_PLACES;
  const tightens = many && problem.items <= TIGHTENED.items && input.aim === 'fewest';
  const begin = (number: number, aim = input.aim): Begun => {
    const state = new State(problem, target.limit);
    const hint = new Int32Array(problem.items).fill(-1);
    const relief: Relief = {
      ...input,
      expired: effort.expired,
      aim,
      state,
      hint,
      lost: [],
      goal: target.goal,
      target: target.goal,
    };
    const seed = effort.seed + number;
    const order = number === 0 ? sources : shuffled(sources, seededRandom(seed));
    const most = tightens && number === 0 ? Math.min(effort.most, TIGHTENED.most) : effort.most;
    return { relief, tries: attempt(relief, order, bounds, { ...effort, seed, most }, number > 0 && many) };
  };
  let found = begin(0);
  const least = sources.reduce((sum, node) => sum + (bounds.get(node)?.moves ?? 0), 0);
  const together = tightens ? tightened(input, found, least) : undefined;
  found = together ?? found;
  const poor = least * POOR[together === undefined ? 'nothing' : 'something'];
  for (let i = 1; i < BEGINNINGS && problem.items <= MOST_ITEMS && !effort.expired(); i++) {
    const score = scoreOf(found.relief, sources);
    if (score.excess === 0 && (!tightens || score.moves <= poor)) break;
    const other = begin(i);
    const tries = found.tries + other.tries;
    found = { relief: compare(scoreOf(other.relief, sources), score) < 0 ? other.relief : found.relief, tries };
  }
  if (input.aim !== 'cheapest' || scoreOf(found.relief, sources).excess === 0) return found;
  // That no node stays hot comes before what it costs: fewer and larger guests find their places sooner.
  const other = begin(0, 'fewest');
  return scoreOf(other.relief, sources).excess < scoreOf(found.relief, sources).excess ? other : found;
}

/** With fewer moves, or with none of the nodes hot; nothing where that was not found. */
function tightened(input: ReliefInput, begun: Begun, least: number): Begun | undefined {
  const { problem, sources } = input;
  const { excess, moves } = scoreOf(begun.relief, sources);
  if (excess === 0 && moves <= least) return undefined;
  const state = tighten(input, excess > 0 ? Number.POSITIVE_INFINITY : moves, least);
  if (state === undefined) return undefined;
  for (const node of sources) state.admit(node);
  const relief = { ...begun.relief, state, hint: new Int32Array(problem.items).fill(-1), lost: [] };
  spread(relief, sources);
  return { relief, tries: begun.tries };
}

/** Drains each node, and improves on it until the bound is met or patience is at its end. */
function attempt(
  relief: Relief,
  sources: readonly number[],
  bounds: ReadonlyMap<number, Bound>,
  { seed, patience, most, expired }: Effort,
  wander: boolean,
): number {
  for (const node of sources) drain(relief, node);
  const least = new Map([...bounds].map(([node, { moves }]) => [node, moves]));
  const random = seededRandom(seed);
  const limits = { random, patience, most, expired, wander };
  const tries = search(relief, sources, least, limits);
  if (tries > 0) spread(relief, sources);
  return tries;
}

function isHot({ problem, hot, high }: ReliefInput, state: State, node: number): boolean {
  for (let h = 0; h < HEATS; h++) {
    const k = node * HEATS + h;
    if (
      hot[k] === 1 &&
      above(((state.heat[k] as number) - (high.goal[k] as number)) / (problem.capacity[k] as number), 0)
    )
      return true;
  }
  return false;
}
