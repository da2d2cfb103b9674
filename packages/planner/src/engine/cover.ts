import { above } from '../limits.ts';
import { cheapestSet } from './cheapest.ts';
import { type Aim, type Choices, indices, meets, total } from './choices.ts';
import { improved } from './exchange.ts';
import { fewestSet } from './least.ts';

/**
 * Choices that meet every need (each of size 1) together, as indices; nothing when all of them together do not.
 *
 * `fewest`: as few moves as it takes, then as cheap as can be: choices are exchanged for as long as that saves.
 * `cheapest`: as low a price as can be, whatever the moves.
 *
 * @param how `pairs`: whether two may be exchanged for two, the slow part; `soon`: whatever will do, where time is up
 */
export function cover(
  choices: Choices,
  aim: Aim = 'fewest',
  how: { readonly pairs?: boolean; readonly soon?: boolean } = {},
): readonly number[] | undefined {
  if (choices.needs === 0) return [];
  if (!meets(choices, indices(choices.count))) return undefined;
  if (how.soon === true) return greedily(choices, aim);
  if (aim === 'cheapest') return cheapestSet(choices, improved(choices, greedily(choices, aim), aim, false)).set;
  const grouped = indices(choices.count).some((i) => choices.moves[i] !== 1);
  const sets = [fewestSet(choices), grouped ? greedily(choices, aim) : undefined].filter((set) => set !== undefined);
  return sets
    .map((set) => improved(choices, set, aim, how.pairs ?? true))
    .reduce((best, set) => (compare(choices, set, best) < 0 ? set : best));
}

/** The largest step towards the needs each time, for each move or for its price. */
function greedily(choices: Choices, aim: Aim): readonly number[] {
  const { needs, relief, moves, price } = choices;
  const rest = new Float64Array(needs).fill(1);
  const set: number[] = [];
  const taken = new Uint8Array(choices.count);
  while (rest.some((value) => above(value, 0))) {
    let best = -1;
    let most = 0;
    for (let i = 0; i < choices.count; i++) {
      if (taken[i] === 1) continue;
      const cost = aim === 'fewest' ? (moves[i] as number) : Math.max(1, price[i] as number);
      const value = progress(choices, i, rest) / cost;
      const ties = best >= 0 && Math.abs(value - most) <= 1e-12 * most;
      if (ties ? (price[i] as number) < (price[best] as number) : value > most) {
        best = i;
        most = value;
      }
    }
    if (best < 0) break;
    set.push(best);
    taken[best] = 1;
    for (let h = 0; h < needs; h++) rest[h] = (rest[h] as number) - (relief[best * needs + h] as number);
  }
  return set;
}

function progress({ relief, needs }: Choices, i: number, rest: Float64Array): number {
  let sum = 0;
  for (let h = 0; h < needs; h++) {
    const open = rest[h] as number;
    if (above(open, 0)) sum += Math.min(relief[i * needs + h] as number, open);
  }
  return sum;
}

function compare({ moves, price }: Choices, a: readonly number[], b: readonly number[]): number {
  return total(moves, a) - total(moves, b) || total(price, a) - total(price, b);
}
