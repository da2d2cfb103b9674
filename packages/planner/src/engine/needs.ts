import { above } from '../limits.ts';
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

/** Item x need: what each item takes away, as a share of the need. */
export function sharesOf({ relief }: Problem, items: readonly number[], needs: readonly Need[]): Float64Array {
  const shares = new Float64Array(items.length * needs.length);
  for (let h = 0; h < needs.length; h++) {
    const { heat, excess } = needs[h] as Need;
    for (let i = 0; i < items.length; i++) {
      shares[i * needs.length + h] = (relief[(items[i] as number) * HEATS + heat] as number) / excess;
    }
  }
  return shares;
}
