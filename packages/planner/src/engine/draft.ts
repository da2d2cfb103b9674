import type { Random } from '@ballast/core';
import { above } from '../limits.ts';
import type { Aim } from './choices.ts';
import { HEATS, type Problem } from './problem.ts';
import { State } from './state.ts';

export interface SettleInput {
  /** With the guests of every node as items: any of them may make room. */
  readonly problem: Problem;
  /** Node x heat: 1 where the node is to come down to its goal. */
  readonly hot: Uint8Array;
  readonly goal: Float64Array;
  /** Node x room: what nodes may hold, those that are above it at first no more than they hold. */
  readonly limit: Float64Array;
  /** Node x room: what a node may hold for a moment. */
  readonly ceiling: Float64Array;
  /** 1 for items that may move off a hot node: the gain is large enough. */
  readonly worth: Uint8Array;
  readonly aim: Aim;
  /** What is at hand, moves or price by the aim: only less is of use. */
  readonly known: number;
  /** No less is possible. */
  readonly least: number;
  readonly random: Random;
  /** Moves that may be looked at. */
  readonly work: number;
  readonly expired: () => boolean;
}

export interface Settled {
  readonly state: State;
  /** Items that move, in an order in which each finds its room. */
  readonly order: readonly number[];
}

/** A placement in the making: its nodes may hold too much, as long as it is not done. */
export class Draft {
  /** Those that may move at all. */
  readonly items: readonly number[];
  /** Nodes that take guests. */
  readonly targets: readonly number[];
  /** What moving an item costs, by the aim. */
  readonly weight: ArrayLike<number>;
  /** What is too much on each node, as a share of it. */
  readonly over: Float64Array;
  cost = 0;
  /** Moves looked at so far. */
  work = 0;
  readonly #input: SettleInput;
  readonly #cap: Float64Array;
  readonly #scale: Float64Array;
  #state: State;

  constructor(input: SettleInput) {
    const { problem, aim } = input;
    this.#input = input;
    this.weight = aim === 'fewest' ? problem.moves : problem.price;
    this.#cap = capsOf(input);
    this.#scale = scaleOf(input);
    this.over = new Float64Array(problem.nodes);
    this.items = Array.from({ length: problem.items }, (_, item) => item).filter(
      (item) => problem.movable[item] === 1 && input.worth[item] === 1,
    );
    this.#state = new State(problem, input.limit);
    this.targets = Array.from({ length: problem.nodes }, (_, node) => node).filter(
      (node) => input.limit[node * problem.rooms] !== Number.NEGATIVE_INFINITY,
    );
    this.reset();
  }

  /** Every item at home. */
  reset(): void {
    const { problem, limit } = this.#input;
    this.#state = new State(problem, limit);
    this.cost = 0;
    for (let node = 0; node < problem.nodes; node++) this.over[node] = this.excess(node, -1, 1);
  }

  at(item: number): number {
    return this.#state.at[item] as number;
  }

  /** What is too much on all nodes together; 0 where nothing is. */
  total(): number {
    let sum = 0;
    for (const amount of this.over) sum += amount;
    return sum;
  }

  /** Whether what is too much on some nodes is less than what others have room for, for each room. */
  hasRoom(): boolean {
    const { problem, limit } = this.#input;
    const { rooms, nodes } = problem;
    for (let d = 0; d < rooms; d++) {
      let rest = 0;
      for (let node = 0; node < nodes; node++) {
        const k = node * rooms + d;
        const excess = this.#excessIn(k, 0) * (this.#scale[k] as number);
        if (excess > 0 || limit[node * rooms] !== Number.NEGATIVE_INFINITY) rest -= excess;
      }
      if (above(0, rest / (this.#scale[d] as number))) return false;
    }
    return true;
  }

  moved(): readonly number[] {
    const { home } = this.#input.problem;
    return this.items.filter((item) => this.at(item) !== home[item]);
  }

  /** Whether the node takes guests, and rules let it take this one. */
  allows(item: number, node: number): boolean {
    const { limit, problem } = this.#input;
    return limit[node * problem.rooms] !== Number.NEGATIVE_INFINITY && this.#state.allows(item, node);
  }

  move(item: number, to: number): void {
    const from = this.at(item);
    const home = this.#input.problem.home[item] as number;
    const weight = this.weight[item] as number;
    this.cost += (to === home ? 0 : weight) - (from === home ? 0 : weight);
    this.#state.move(item, to);
    this.over[from] = this.excess(from, -1, 1);
    this.over[to] = this.excess(to, -1, 1);
  }

  /** What would be too much on a node with an item more or less, as shares of the node. */
  excess(node: number, item: number, sign: 1 | -1): number {
    const { rooms, size } = this.#input.problem;
    this.work += 1;
    let sum = 0;
    for (let d = 0; d < rooms; d++) {
      const change = item < 0 ? 0 : sign * (size[item * rooms + d] as number);
      const over = this.#excessIn(node * rooms + d, change);
      if (above(over, 0)) sum += over;
    }
    return sum;
  }

  /** The least number of items, of those that may still go, that bring a node down to what it may hold; without end where all do not. */
  needed(node: number, items: readonly number[]): number {
    const { rooms, size } = this.#input.problem;
    let most = 0;
    this.work += items.length / 2;
    for (let d = 0; d < rooms; d++) {
      const k = node * rooms + d;
      let over = this.#excessIn(k, 0) * (this.#scale[k] as number);
      if (!above(this.#excessIn(k, 0), 0)) continue;
      const sizes = Float64Array.from(items, (item) => -(size[item * rooms + d] as number)).sort();
      let count = 0;
      while (above(over / (this.#scale[k] as number), 0)) {
        const next = sizes[count];
        if (next === undefined || next === 0) return Number.POSITIVE_INFINITY;
        over += next;
        count += 1;
      }
      most = Math.max(most, count);
    }
    return most;
  }

  /** This placement, where its moves have an order: up to the limit, and only where that is none up to the ceiling. */
  solution(): Settled | undefined {
    const { problem, limit, ceiling } = this.#input;
    const state = new State(problem, limit);
    const order: number[] = [];
    for (let open = this.moved(); open.length > 0; ) {
      const next = [limit, ceiling].flatMap((bound) => {
        state.limit = bound;
        return open.find((item) => state.fits(item, this.at(item))) ?? [];
      })[0];
      if (next === undefined) return undefined;
      state.move(next, this.at(next));
      order.push(next);
      open = open.filter((item) => item !== next);
    }
    return { state, order };
  }

  #excessIn(k: number, change: number): number {
    return ((this.#state.load[k] as number) + change - (this.#cap[k] as number)) / (this.#scale[k] as number);
  }
}

/** Node x room: the goals of hot nodes; else the limit, or what the node holds already. The expected load stands first. */
function capsOf({ problem, hot, goal, limit }: SettleInput): Float64Array {
  const { rooms, load, heat } = problem;
  const caps = limit.map((value, k) => Math.max(value, load[k] as number));
  for (let node = 0; node < problem.nodes; node++) {
    for (let h = 0; h < HEATS; h++) {
      const [k, room] = [node * HEATS + h, node * rooms + h];
      if (hot[k] === 1) caps[room] = (goal[k] as number) + (load[room] as number) - (heat[k] as number);
    }
  }
  return caps;
}

/** Node x room: what counts as a whole node. */
function scaleOf({ problem, ceiling }: SettleInput): Float64Array {
  return ceiling.map((value, k) =>
    Number.isFinite(value) && value > 0 ? value : Math.max(1, problem.load[k] as number),
  );
}
