import { HEATS, type Problem } from './problem.ts';

/**
 * Where every item is while a plan is searched. A move changes the rows of two nodes and nothing else, so that trying
 * and taking back cost the same however large the cluster is.
 */
export class State {
  readonly problem: Problem;
  /** The node each item is on now. */
  readonly at: Int32Array;
  /** Node x room. */
  readonly load: Float64Array;
  /** Node x heat. */
  readonly heat: Float64Array;
  readonly #company: Uint16Array;
  /** Node x room: what a node may hold. */
  limit: Float64Array;
  /** Nodes that targets are looked for among. A node that is still to be relieved has no room: looking there takes time. */
  readonly open: number[];

  constructor(problem: Problem, limit: Float64Array) {
    this.problem = problem;
    this.limit = limit;
    this.at = problem.home.slice();
    this.load = problem.load.slice();
    this.heat = problem.heat.slice();
    this.#company = problem.company.slice();
    this.open = [];
    for (let n = 0; n < problem.nodes; n++) if (this.#hasRoom(n)) this.open.push(n);
  }

  /** The same placement under other limits, with targets looked for among these nodes alone. */
  under(limit: Float64Array, open: readonly number[]): State {
    const copy = new State(this.problem, limit);
    copy.at.set(this.at);
    copy.load.set(this.load);
    copy.heat.set(this.heat);
    copy.#company.set(this.#company);
    copy.open.splice(0, copy.open.length, ...open);
    return copy;
  }

  /** Looks for targets on a node, too, from now on. */
  admit(node: number): void {
    if (!this.open.includes(node)) this.open.push(node);
  }

  #hasRoom(node: number): boolean {
    const { rooms } = this.problem;
    for (let k = node * rooms; k < (node + 1) * rooms; k++) {
      if ((this.load[k] as number) >= (this.limit[k] as number)) return false;
    }
    return true;
  }

  /** Whether the item may go to the node now: room under every limit, rules, and nothing that refuses the node. */
  fits(item: number, node: number): boolean {
    const { rooms, size } = this.problem;
    const { load, limit } = this;
    for (let d = 0, l = node * rooms, s = item * rooms; d < rooms; d++, l++, s++) {
      if ((load[l] as number) + (size[s] as number) > (limit[l] as number)) return false;
    }
    return this.at[item] !== node && this.allows(item, node);
  }

  /** Whether the item may be on the node as far as rules go, room or not. */
  allows(item: number, node: number): boolean {
    const { allowed, apart, nodes, places } = this.problem;
    const mask = allowed[item];
    if (mask !== undefined && mask[node] === 0) return false;
    const rules = apart[item];
    if (rules !== undefined) {
      const from = this.at[item] as number;
      for (const rule of rules) {
        const rack = places[rule];
        const place = rack === undefined ? node : (rack[node] as number);
        // Within its own rack it meets itself.
        const self = rack !== undefined && rack[from] === place ? 1 : 0;
        if (this.#company[rule * nodes + place] !== self) return false;
      }
    }
    return true;
  }

  move(item: number, to: number): void {
    const { rooms, size, relief, apart, nodes, places } = this.problem;
    const from = this.at[item] as number;
    const { load, heat } = this;
    for (let d = 0; d < rooms; d++) {
      const amount = size[item * rooms + d] as number;
      load[from * rooms + d] = (load[from * rooms + d] as number) - amount;
      load[to * rooms + d] = (load[to * rooms + d] as number) + amount;
    }
    for (let h = 0; h < HEATS; h++) {
      const amount = relief[item * HEATS + h] as number;
      heat[from * HEATS + h] = (heat[from * HEATS + h] as number) - amount;
      heat[to * HEATS + h] = (heat[to * HEATS + h] as number) + amount;
    }
    for (const rule of apart[item] ?? []) {
      const rack = places[rule];
      const left = rule * nodes + (rack === undefined ? from : (rack[from] as number));
      const reached = rule * nodes + (rack === undefined ? to : (rack[to] as number));
      this.#company[left] = (this.#company[left] as number) - 1;
      this.#company[reached] = (this.#company[reached] as number) + 1;
    }
    this.at[item] = to;
  }
}
