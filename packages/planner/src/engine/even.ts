import { above } from '../limits.ts';
import { HEATS } from './problem.ts';
import type { State } from './state.ts';
import { roomiest } from './targets.ts';

export interface EvenInput {
  readonly state: State;
  /** Nodes that may give guests away. */
  readonly sources: readonly number[];
  /** Least fall of the fuller of the two nodes that makes a move worth its while, as a ratio. */
  readonly floor: number;
  /** Most moves. */
  readonly most: number;
  readonly expired: () => boolean;
}

interface Step {
  readonly item: number;
  readonly to: number;
  readonly gain: number;
}

/**
 * Evens out how full nodes are: of the fullest node that can give something away, the item whose move lowers the fuller of
 * its two nodes most goes to where most room is; again until no move lowers that by the floor. Each move lowers the
 * fuller of the two nodes it touches, so it comes to an end, and where it ended there is nothing left to do.
 *
 * @returns items that moved, in the order of their first moves
 */
export function even({ state, sources, floor, most, expired }: EvenInput): readonly number[] {
  const shut = new Set<number>();
  const items = itemsByNode(state);
  const moved = new Set<number>();
  for (let moves = 0; moves < most && !expired(); ) {
    const node = fullest(state, sources, shut);
    if (node < 0) break;
    const step = bestStep(state, node, items[node] ?? [], floor);
    if (step === undefined) {
      shut.add(node);
      continue;
    }
    state.move(step.item, step.to);
    items[node] = (items[node] ?? []).filter((item) => item !== step.item);
    items[step.to]?.push(step.item);
    moved.add(step.item);
    moves += 1;
    // What a node could not give away before may fit now.
    shut.clear();
  }
  return [...moved].filter((item) => state.at[item] !== state.problem.home[item]);
}

/** The items on each node as they stand now. */
export function itemsByNode({ at, problem }: State): number[][] {
  const lists: number[][] = Array.from({ length: problem.nodes }, () => []);
  for (let item = 0; item < problem.items; item++) lists[at[item] as number]?.push(item);
  return lists;
}

/** How full a node is: the fuller of its resources, over its capacity. */
export function dominantOf({ problem, heat }: State, node: number, item = -1, sign = 1): number {
  let most = 0;
  for (let h = 0; h < HEATS; h++) {
    const k = node * HEATS + h;
    const size = problem.capacity[k] as number;
    const change = item < 0 ? 0 : sign * (problem.relief[item * HEATS + h] as number);
    const share = size > 0 ? ((heat[k] as number) + change) / size : 0;
    if (share > most) most = share;
  }
  return most;
}

function fullest(state: State, sources: readonly number[], shut: ReadonlySet<number>): number {
  let [best, most] = [-1, 0];
  for (const node of sources) {
    if (shut.has(node)) continue;
    const share = dominantOf(state, node);
    if (share <= most) continue;
    most = share;
    best = node;
  }
  return best;
}

/** The move off the node that lowers the fuller of the two nodes most; of two the cheaper. */
function bestStep(state: State, node: number, items: readonly number[], floor: number): Step | undefined {
  const { problem } = state;
  const before = dominantOf(state, node);
  let best: Step | undefined;
  for (const item of items) {
    if (problem.movable[item] === 0) continue;
    const left = before - dominantOf(state, node, item, -1);
    // Nothing is gained beyond what leaves: most items need not look for a target.
    if (above(Math.max(floor, best?.gain ?? 0), left)) continue;
    const to = roomiest(state, item, problem.capacity);
    if (to < 0) continue;
    const gain = before - Math.max(before - left, dominantOf(state, to, item));
    if (above(floor, gain) || gain <= 0) continue;
    const ties = best !== undefined && !above(gain, best.gain) && !above(best.gain, gain);
    const cheaper = ties && (problem.price[item] as number) < (problem.price[best?.item ?? 0] as number);
    if (best === undefined || cheaper || (!ties && gain > best.gain)) best = { item, to, gain };
  }
  return best;
}
