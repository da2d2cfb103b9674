import { HEATS, type Problem } from './problem.ts';
import type { ReliefInput } from './relief-input.ts';

/** Shares below this are rounding: far below what a limit forgives. */
const ROUNDING = 1e-11;

/** Counted for each node that holds too much, however little: else a search goes about with a node that lacks a hair, and never gets rid of it. */
const FLOOR = 0.0075;

/**
 * A placement whose nodes may hold too much, as long as a search is not done with it: made for steps by the hundred
 * thousand, so each room is counted in shares of what a node may hold of it, and a step changes two nodes and no more.
 */
export class Sketch {
  readonly problem: Problem;
  /** The node each item is on. */
  readonly at: Int32Array;
  /** What is too much on each node, all rooms together. */
  readonly over: Float64Array;
  /** Items that are not at home, in no order. */
  readonly moved: number[] = [];
  /** Migrations that it takes. */
  cost = 0;
  /** Node x room: what is free, below zero where it is too much. */
  readonly #free: Float64Array;
  /** Item x room. */
  readonly #size: Float64Array;
  readonly #company: Uint16Array;
  /** Where each item stands among those that moved. */
  readonly #rank: Int32Array;

  constructor({ problem, hot, target }: Pick<ReliefInput, 'problem' | 'hot' | 'target'>) {
    const { nodes, rooms } = problem;
    this.problem = problem;
    this.at = problem.home.slice();
    this.over = new Float64Array(nodes);
    this.#company = problem.company.slice();
    this.#rank = new Int32Array(problem.items);
    const scale = Float64Array.from({ length: rooms }, (_, room) => meanLimit(target.limit, rooms, room));
    this.#size = problem.size.map((amount, k) => amount / (scale[k % rooms] as number));
    this.#free = new Float64Array(nodes * rooms);
    for (let k = 0; k < nodes * rooms; k++) {
      const [room, heat] = [k % rooms, Math.floor(k / rooms) * HEATS + (k % rooms)];
      const load = problem.load[k] as number;
      // A hot node has to come down; another may stay as it is, however full, but take nothing more.
      const free =
        room < HEATS && hot[heat] === 1
          ? (target.goal[heat] as number) - (problem.heat[heat] as number)
          : Math.max(0, (target.limit[k] as number) - load);
      this.#free[k] = free / (scale[room] as number) + ROUNDING;
    }
    for (let node = 0; node < nodes; node++) this.over[node] = this.overWith(node, 0, 0, 0, 0);
  }

  /** What is too much on all nodes together; 0 where nothing is. */
  total(): number {
    let sum = 0;
    for (let node = 0; node < this.over.length; node++) sum += this.over[node] as number;
    return sum;
  }

  /** What would be too much on a node with two items added (1), taken away (-1), or as they are (0). */
  overWith(node: number, item: number, sign: number, other: number, otherSign: number): number {
    const { rooms } = this.problem;
    const [free, size] = [this.#free, this.#size];
    let sum = 0;
    for (let d = 0, k = node * rooms, i = item * rooms, j = other * rooms; d < rooms; d++, k++, i++, j++) {
      const left = (free[k] as number) - sign * (size[i] as number) - otherSign * (size[j] as number);
      if (left < 0) sum -= left;
    }
    return sum > 0 ? sum + FLOOR : 0;
  }

  move(item: number, to: number): void {
    const { rooms, home } = this.problem;
    const from = this.at[item] as number;
    if (from === to) return;
    for (let d = 0; d < rooms; d++) {
      const amount = this.#size[item * rooms + d] as number;
      this.#free[from * rooms + d] = (this.#free[from * rooms + d] as number) + amount;
      this.#free[to * rooms + d] = (this.#free[to * rooms + d] as number) - amount;
    }
    this.#keepCompany(item, from, -1);
    this.#keepCompany(item, to, 1);
    this.at[item] = to;
    if (from === home[item]) this.#leave(item);
    if (to === home[item]) this.#return(item);
    this.over[from] = this.overWith(from, 0, 0, 0, 0);
    this.over[to] = this.overWith(to, 0, 0, 0, 0);
  }

  /** Whether rules let the item be where it is. */
  lawful(item: number): boolean {
    const { allowed, apart, home, nodes } = this.problem;
    const node = this.at[item] as number;
    if (node !== home[item] && allowed[item]?.[node] === 0) return false;
    const rules = apart[item];
    return rules === undefined || rules.every((rule) => (this.#company[this.#place(rule, node, nodes)] as number) <= 1);
  }

  #keepCompany(item: number, node: number, change: number): void {
    const rules = this.problem.apart[item];
    if (rules === undefined) return;
    for (const rule of rules) {
      const k = this.#place(rule, node, this.problem.nodes);
      this.#company[k] = (this.#company[k] as number) + change;
    }
  }

  #place(rule: number, node: number, nodes: number): number {
    const rack = this.problem.places[rule];
    return rule * nodes + (rack === undefined ? node : (rack[node] as number));
  }

  #leave(item: number): void {
    this.#rank[item] = this.moved.push(item) - 1;
    this.cost += this.problem.moves[item] as number;
  }

  #return(item: number): void {
    const rank = this.#rank[item] as number;
    const last = this.moved.pop() as number;
    if (last !== item) {
      this.moved[rank] = last;
      this.#rank[last] = rank;
    }
    this.cost -= this.problem.moves[item] as number;
  }
}

/** What a node may hold of a room, on average: so much counts as one. */
function meanLimit(limit: Float64Array, rooms: number, room: number): number {
  let [sum, count] = [0, 0];
  for (let k = room; k < limit.length; k += rooms) {
    const most = limit[k] as number;
    if (!Number.isFinite(most) || most <= 0) continue;
    sum += most;
    count += 1;
  }
  return count === 0 ? 1 : sum / count;
}
