import { HEATS } from './problem.ts';
import type { State } from './state.ts';
import { roomiest } from './targets.ts';

/**
 * Items that would find no place on the other nodes if theirs failed: the largest first, each goes where most room is,
 * under the state's limits. The state is left as it was.
 *
 * @param items on one node
 */
export function homeless(state: State, items: readonly number[], goal: Float64Array): readonly number[] {
  const places = items.map((item) => state.at[item] as number);
  const lost = bySize(state, items).filter((item) => {
    const to = roomiest(state, item, goal);
    if (to >= 0) state.move(item, to);
    return to < 0;
  });
  for (const [i, item] of items.entries()) if (state.at[item] !== places[i]) state.move(item, places[i] as number);
  return lost;
}

/** The largest first, each by what it takes most of on its node. */
export function bySize({ problem, at }: State, items: readonly number[]): readonly number[] {
  const size = (item: number): number => {
    let most = 0;
    for (let h = 0; h < HEATS; h++) {
      const capacity = problem.capacity[(at[item] as number) * HEATS + h] as number;
      if (capacity > 0) most = Math.max(most, (problem.relief[item * HEATS + h] as number) / capacity);
    }
    return most;
  };
  const sizes = new Map(items.map((item) => [item, size(item)]));
  return items.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) || a - b);
}
