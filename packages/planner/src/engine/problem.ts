/** CPU and memory: the two resources that make a node hot, in the order of {@link RESOURCES}. */
export const HEATS = 2;

/**
 * A cluster as numbers, for the search. Nodes and items are indices; a table with several columns is stored row by row.
 *
 * An item is what moves as one: a guest, or the members of an affinity group that share a node. All amounts are
 * absolute (cores, bytes), so that they can be added; a ratio is taken only where resources are compared.
 */
export interface Problem {
  readonly nodes: number;
  readonly items: number;
  /** Columns of `load`, `limit` and `size`: every amount that must fit into a node, each with its own limit. */
  readonly rooms: number;
  /** Node x heat: capacity, in cores and bytes. */
  readonly capacity: Float64Array;
  /** Node x room: what is on the node at the start; guests under way count on both of their nodes. */
  readonly load: Float64Array;
  /** Node x heat: what the node settles at, without those that are leaving. */
  readonly heat: Float64Array;
  /** Item x room. */
  readonly size: Float64Array;
  /** Item x heat: what its node loses when it leaves. */
  readonly relief: Float64Array;
  /** The node each item is on at the start. */
  readonly home: Int32Array;
  /** Migrations that it takes to move each item. */
  readonly moves: Int32Array;
  /** What settles between as few moves: bytes, and restarts before them. */
  readonly price: Float64Array;
  /** 1 where an item may leave its node at all. */
  readonly movable: Uint8Array;
  /** For each item the nodes that it may go to, 1 or 0; undefined where any will do. */
  readonly allowed: readonly (Uint8Array | undefined)[];
  /** For each item the anti-affinity rules it is under. */
  readonly apart: readonly (Int32Array | undefined)[];
  /** For each rule the node that stands for all of its rack; undefined where every node stands for itself. */
  readonly places: readonly (Int32Array | undefined)[];
  /** Rule x node: guests of the rule that are on the node, or on their way to it; for a rack at the node that stands for it. */
  readonly company: Uint16Array;
  /** Items by their home: those of node n stand at `first[n]` to `first[n + 1]` of `itemsOf`. */
  readonly first: Int32Array;
  readonly itemsOf: Int32Array;
}

/** The items of each node, as rows of different lengths one behind the other. */
export function rowsByHome(home: Int32Array, nodes: number): Pick<Problem, 'first' | 'itemsOf'> {
  const first = new Int32Array(nodes + 1);
  for (const node of home) if (node >= 0) first[node + 1] = (first[node + 1] ?? 0) + 1;
  for (let n = 0; n < nodes; n++) first[n + 1] = (first[n + 1] ?? 0) + (first[n] ?? 0);
  const next = first.slice();
  const itemsOf = new Int32Array(first[nodes] ?? 0);
  for (let i = 0; i < home.length; i++) {
    const node = home[i] ?? -1;
    if (node < 0) continue;
    const at = next[node] ?? 0;
    itemsOf[at] = i;
    next[node] = at + 1;
  }
  return { first, itemsOf };
}
