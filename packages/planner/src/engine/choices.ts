import { above } from '../limits.ts';

/** Ways to take load off a node, as columns; each of one kind, whoever asks: loops over columns of many kinds take three times as long. */
export interface Choices {
  readonly count: number;
  /** Needs to meet: columns of `relief`. */
  readonly needs: number;
  /** Choice x need: what each takes away, as a share of the need. */
  readonly relief: Float64Array;
  /** Migrations that each choice takes. */
  readonly moves: Int32Array;
  /** What settles between equal numbers of moves; or what is to be least, with the aim `cheapest`. */
  readonly price: Float64Array;
}

/** What is to be least: the moves and then the price, or the price and then the moves. */
export type Aim = 'fewest' | 'cheapest';

export function indices(count: number): number[] {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push(i);
  return all;
}

/** Whether a set meets every need. */
export function meets({ relief, needs }: Choices, set: readonly number[]): boolean {
  for (let h = 0; h < needs; h++) {
    let sum = 0;
    for (const i of set) sum += relief[i * needs + h] as number;
    if (above(1, sum)) return false;
  }
  return true;
}

export function total(column: ArrayLike<number>, set: readonly number[]): number {
  let sum = 0;
  for (const i of set) sum += column[i] as number;
  return sum;
}
