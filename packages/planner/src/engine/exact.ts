import type { Draft, Settled, SettleInput } from './draft.ts';

/**
 * The placement with the fewest moves, by trying all of them with iterative deepening: of a node that holds too much
 * something has to leave, whatever the rest of the plan. A branch ends where its nodes need more moves than are left.
 *
 * @param work moves that may be looked at
 * @returns nothing where it gave up, with the number of moves that it did not come to an end with
 */
export function fewestMoves(
  draft: Draft,
  { problem, known, least, expired }: SettleInput,
  work: number,
): { readonly found?: Settled; readonly open: number } {
  const stays = new Uint8Array(problem.items);
  const end = draft.work + work;
  let done = false;
  const homes = byHome(draft, problem.home, problem.nodes);
  let found: Settled | undefined;

  /** Whether a placement was found with so many moves more. */
  const descend = (left: number): boolean => {
    const node = fullest(draft);
    if (node < 0) {
      found = draft.solution();
      return found !== undefined;
    }
    if (draft.work > end || expired()) {
      done = true;
      return false;
    }
    const leaving = (homes[node] ?? []).filter((item) => stays[item] === 0 && draft.at(item) === node);
    if (neededMoves(draft, homes, stays) > left) return false;
    const passed: number[] = [];
    for (const item of leaving) {
      const weight = draft.weight[item] as number;
      stays[item] = 1;
      passed.push(item);
      for (const to of draft.targets) {
        if (weight > left || done) break;
        if (to === node || !draft.allows(item, to)) continue;
        // The last move has to fit.
        if (weight === left && draft.excess(to, item, 1) > (draft.over[to] as number)) continue;
        draft.move(item, to);
        if (descend(left - weight)) return true;
        draft.move(item, node);
      }
      if (done) break;
    }
    for (const item of passed) stays[item] = 0;
    return false;
  };

  for (let moves = least; moves < known; moves++) {
    draft.reset();
    if (descend(moves) && found !== undefined) return { found, open: moves };
    if (done) return { open: moves };
    if (moves >= draft.items.length) break;
  }
  return { open: known };
}

function byHome(draft: Draft, home: Int32Array, nodes: number): readonly (readonly number[])[] {
  const lists: number[][] = Array.from({ length: nodes }, () => []);
  for (const item of draft.items) lists[home[item] as number]?.push(item);
  return lists;
}

function fullest({ over }: Draft): number {
  let [best, most] = [-1, 0];
  for (let node = 0; node < over.length; node++) {
    if ((over[node] as number) <= most) continue;
    most = over[node] as number;
    best = node;
  }
  return best;
}

function neededMoves(draft: Draft, homes: readonly (readonly number[])[], stays: Uint8Array): number {
  let sum = 0;
  for (let node = 0; node < homes.length; node++) {
    if (draft.over[node] === 0) continue;
    const items = (homes[node] ?? []).filter((item) => stays[item] === 0 && draft.at(item) === node);
    sum += draft.needed(node, items);
  }
  return sum;
}
