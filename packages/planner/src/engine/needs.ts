import { above } from '../limits.ts';
import type { Choices } from './choices.ts';
import { HEATS, type Problem } from './problem.ts';

/** What a node has too much of. */
export interface Need {
  readonly heat: number;
  /** In cores or bytes. */
  readonly excess: number;
}

/** What is asked of nodes. */
export interface Asked {
  /** Node x heat: nodes are relieved down to it, in absolute amounts. */
  readonly goal: Float64Array;
  /** Node x heat: 1 for what is to be relieved. */
  readonly hot: Uint8Array;
}

/** @param heat node x heat: how they stand now */
export function needsOf(
  { capacity }: Problem,
  heat: Float64Array,
  { goal, hot }: Asked,
  node: number,
): readonly Need[] {
  const needs: Need[] = [];
  for (let h = 0; h < HEATS; h++) {
    const k = node * HEATS + h;
    const excess = (heat[k] as number) - (goal[k] as number);
    if (hot[k] === 1 && above(excess / (capacity[k] as number), 0)) needs.push({ heat: h, excess });
  }
  return needs;
}

/** Items that may leave a node, for what it needs. */
export function choicesOf(
  { relief, moves }: Problem,
  items: readonly number[],
  needs: readonly Need[],
  priceOf: (item: number) => number,
): Choices {
  const count = items.length;
  const choices = {
    count,
    needs: needs.length,
    relief: new Float64Array(count * needs.length),
    moves: new Int32Array(count),
    price: new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    const item = items[i] as number;
    choices.moves[i] = moves[item] as number;
    choices.price[i] = priceOf(item);
    for (let h = 0; h < needs.length; h++) {
      const { heat, excess } = needs[h] as Need;
      choices.relief[i * needs.length + h] = (relief[item * HEATS + heat] as number) / excess;
    }
  }
  return choices;
}
