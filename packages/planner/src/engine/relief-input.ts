import type { Bound } from './bound.ts';
import type { Aim } from './choices.ts';
import type { Problem } from './problem.ts';

/** What the search may spend. It ends earlier where it proves that nothing can be better. */
export interface Effort {
  readonly seed: number;
  /** Neighbourhoods tried for each node that is above its bound, without an improvement. */
  readonly patience: number;
  /** Neighbourhoods in all. */
  readonly most: number;
  readonly expired: () => boolean;
}

/** One threshold: what nodes may hold up to it (node x room), and what relief down to it means (node x heat). */
export interface Level {
  readonly limit: Float64Array;
  readonly goal: Float64Array;
}

export interface ReliefInput {
  readonly problem: Problem;
  /** Nodes to relieve, those that need it most first. */
  readonly sources: readonly number[];
  /** Node x heat: 1 for what is too hot. */
  readonly hot: Uint8Array;
  readonly target: Level;
  readonly high: Level;
  readonly minGain: number;
  readonly aim: Aim;
  readonly effort: Effort;
  /** For each source the least that brings it down to `target`. */
  readonly bounds: ReadonlyMap<number, Bound>;
}
