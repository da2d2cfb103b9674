import { above } from '../limits.ts';

/** One way to take load off a node. */
export interface Choice<T> {
  readonly of: T;
  /** What it takes away of each wanted resource, in the unit of the need. */
  readonly relief: readonly number[];
  readonly moves: number;
  /** What settles between equal numbers of moves. */
  readonly price: number;
}

type Choices<T> = readonly Choice<T>[];

/** Above this many choices pairs are not exchanged: it would take longer than it saves. */
const MOST_FOR_PAIRS = 160;

/**
 * Choices that cover a need together: as few moves as it takes, then as cheap as can be. Nothing when all of them together
 * do not cover it. Choices come in an order that settles ties.
 *
 * One choice is found exactly. More are found greedily, the largest relief first, which for one resource gives the
 * fewest moves, and then exchanged, one for one and two for two, for as long as moves or price fall.
 */
export function cover<T>(choices: Choices<T>, need: readonly number[]): Choices<T> | undefined {
  const greedy = coverGreedily(choices, need);
  if (greedy === undefined) return undefined;
  let set = withoutNeedless(greedy, need);
  for (;;) {
    const better = exchanged(set, choices, need, 1) ?? exchanged(set, choices, need, 2);
    if (better === undefined) return set;
    set = withoutNeedless(better, need);
  }
}

/** The choice that goes the longest way towards the need. */
export function largest<T>(choices: Choices<T>, need: readonly number[]): Choice<T> | undefined {
  return best(choices, (choice) => -progress(choice, need) / choice.moves);
}

function coverGreedily<T>(choices: Choices<T>, need: readonly number[]): Choices<T> | undefined {
  const set: Choice<T>[] = [];
  let open = choices;
  let rest = need;
  while (rest.some((value) => above(value, 0))) {
    const next = largest(open, rest);
    if (next === undefined || progress(next, rest) <= 0) return undefined;
    set.push(next);
    open = open.filter((choice) => choice !== next);
    rest = rest.map((value, i) => value - (next.relief[i] ?? 0));
  }
  return set;
}

function withoutNeedless<T>(set: Choices<T>, need: readonly number[]): Choices<T> {
  const needless = [...set]
    .sort((a, b) => b.moves - a.moves || b.price - a.price)
    .find((choice) => set.length > 1 && covers(without(set, [choice]), need));
  return needless === undefined ? set : withoutNeedless(without(set, [needless]), need);
}

/** The set with `size` of its choices replaced by as many others, where that saves most; nothing when none saves. */
function exchanged<T>(
  set: Choices<T>,
  choices: Choices<T>,
  need: readonly number[],
  size: 1 | 2,
): Choices<T> | undefined {
  if (set.length < size || (size === 2 && choices.length > MOST_FOR_PAIRS)) return undefined;
  const others = without(choices, set);
  let found: { readonly set: Choices<T>; readonly moves: number; readonly price: number } | undefined;
  for (const out of subsets(set, size)) {
    const kept = without(set, out);
    const slack = need.map((value, i) => value - reliefOf(kept, i));
    for (const into of subsets(others, size)) {
      const moves = sum(into, (choice) => choice.moves) - sum(out, (choice) => choice.moves);
      const price = sum(into, (choice) => choice.price) - sum(out, (choice) => choice.price);
      const saves = moves < 0 || (moves === 0 && price < 0);
      const beats = found === undefined || moves < found.moves || (moves === found.moves && price < found.price);
      if (!saves || !beats || !covers(into, slack)) continue;
      found = { set: [...kept, ...into], moves, price };
    }
  }
  return found?.set;
}

function* subsets<T>(items: readonly T[], size: 1 | 2): Generator<readonly T[]> {
  for (const [i, a] of items.entries()) {
    if (size === 1) yield [a];
    else for (const b of items.slice(i + 1)) yield [a, b];
  }
}

function covers<T>(set: Choices<T>, need: readonly number[]): boolean {
  return need.every((value, i) => !above(value, reliefOf(set, i)));
}

function reliefOf<T>(set: Choices<T>, i: number): number {
  return sum(set, (choice) => choice.relief[i] ?? 0);
}

/** How much of the need a choice meets: the shares of what is wanted of each resource, added up. */
function progress<T>(choice: Choice<T>, need: readonly number[]): number {
  return need.reduce(
    (total, value, i) => (above(value, 0) ? total + Math.min(choice.relief[i] ?? 0, value) / value : total),
    0,
  );
}

function best<T>(choices: Choices<T>, cost: (choice: Choice<T>) => number): Choice<T> | undefined {
  let found: Choice<T> | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    const value = cost(choice);
    const ties = !above(value, least) && !above(least, value);
    if (ties ? found === undefined || choice.price < found.price : value < least) {
      found = choice;
      least = value;
    }
  }
  return found;
}

function without<T>(items: readonly T[], gone: readonly T[]): readonly T[] {
  return items.filter((item) => !gone.includes(item));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
