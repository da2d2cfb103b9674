/** Migrations in an order in which they hold one after the other, as numbers. */
export interface Sequence {
  readonly count: number;
  readonly nodes: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Columns of `size`, `load` and `limit`. */
  readonly rooms: number;
  /** Step x room. */
  readonly size: Float64Array;
  /** Node x room: what is on each node before the first step. */
  readonly load: Float64Array;
  /** Step x room: what the step's target may hold while it runs. */
  readonly limit: Float64Array;
  /** Steps of one affinity group, one behind the other, have the same number; -1 for all others. */
  readonly group: Int32Array;
  /** For each step what it may not meet: rule numbers of anti-affinity. */
  readonly apart: readonly (Int32Array | undefined)[];
  /** For each rule the node that stands for all of its rack; undefined where every node stands for itself. */
  readonly places: readonly (Int32Array | undefined)[];
  /** Rule x node: guests of the rule on each node before the first step; of a rack at the node that stands for it. */
  readonly company: Uint16Array;
}

/** How many migrations may run at once. */
export interface Parallel {
  /** Into one node, and out of one node. */
  readonly perNode: number;
  readonly cluster: number;
}

/**
 * The wave of each step, the first being 1: those of one wave may run together. In every wave each target has room for all
 * that arrive while nothing has left it yet, and a rule is kept as if all that arrive and all that leave were there.
 * A step that has room but not its turn is overtaken by those that leave it this room; one that has none yet keeps all
 * others from its target. A group moves in waves of its own, so that it is whole again before anything else moves.
 */
export function wavesOf(sequence: Sequence, parallel: Parallel): Int32Array {
  const { count } = sequence;
  const wave = new Int32Array(count);
  const board = new Board(sequence);
  let open = Array.from({ length: count }, (_, i) => i);
  for (let number = 1; open.length > 0; ) {
    const chosen = nextWave(sequence, board, open, parallel);
    // Steps that do not even hold one after the other: then there is nothing to save.
    if (chosen.length === 0) return wave.map((_, i) => i + 1);
    for (const run of chosen) {
      for (const i of run) wave[i] = number;
      number += 1;
    }
    const done = new Set(chosen.flat());
    open = open.filter((i) => !done.has(i));
  }
  return wave;
}

/** The steps that go next: several as one wave, or a group as several waves of one step each. */
function nextWave(
  sequence: Sequence,
  board: Board,
  open: readonly number[],
  { perNode, cluster }: Parallel,
): readonly (readonly number[])[] {
  const { from, to, group } = sequence;
  const head = open[0] as number;
  if ((group[head] as number) >= 0) return groupWaves(sequence, board, open);
  const chosen: number[] = [];
  const waiting: number[] = [];
  const closed = new Uint8Array(sequence.nodes);
  const [leaving, arriving] = [new Int32Array(sequence.nodes), new Int32Array(sequence.nodes)];
  for (const i of open) {
    // Nothing overtakes a group.
    if ((group[i] as number) >= 0 || chosen.length >= cluster) break;
    const [a, b] = [from[i] as number, to[i] as number];
    if (closed[b] === 1 || !board.fits(i)) {
      closed[b] = 1;
      continue;
    }
    board.hold(i);
    if ((leaving[a] as number) < perNode && (arriving[b] as number) < perNode) {
      chosen.push(i);
      leaving[a] = (leaving[a] as number) + 1;
      arriving[b] = (arriving[b] as number) + 1;
    } else {
      waiting.push(i);
    }
  }
  board.release(chosen, waiting);
  return chosen.length === 0 ? [] : [chosen];
}

function groupWaves({ group }: Sequence, board: Board, open: readonly number[]): readonly (readonly number[])[] {
  const waves: number[][] = [];
  for (const i of open) {
    if (group[i] !== group[open[0] as number]) break;
    if (!board.fits(i)) return [];
    board.arrive(i);
    board.leave(i);
    waves.push([i]);
  }
  return waves;
}

/** What is on the nodes while steps run. */
class Board {
  readonly #sequence: Sequence;
  readonly #load: Float64Array;
  readonly #company: Uint16Array;
  /** Node x room: the least that those who come in this wave, or wait for their turn, may fill a node to. */
  readonly #promised: Float64Array;

  constructor(sequence: Sequence) {
    this.#sequence = sequence;
    this.#load = sequence.load.slice();
    this.#company = sequence.company.slice();
    this.#promised = new Float64Array(sequence.load.length).fill(Number.POSITIVE_INFINITY);
  }

  fits(i: number): boolean {
    const { rooms, size, limit, from, to, apart, nodes, places } = this.#sequence;
    const node = to[i] as number;
    for (let d = 0; d < rooms; d++) {
      const k = node * rooms + d;
      const sum = (this.#load[k] as number) + (size[i * rooms + d] as number);
      if (sum > (limit[i * rooms + d] as number) || sum > (this.#promised[k] as number)) return false;
    }
    return (apart[i] ?? []).every((rule) => {
      const rack = places[rule];
      const self = rack !== undefined && rack[node] === rack[from[i] as number] ? 1 : 0;
      return this.#company[rule * nodes + (rack?.[node] ?? node)] === self;
    });
  }

  arrive(i: number): void {
    this.#change(i, this.#sequence.to[i] as number, 1);
  }

  leave(i: number): void {
    this.#change(i, this.#sequence.from[i] as number, -1);
  }

  /** Arrives for the time of a wave: until {@link release} nothing fills the target above what this step may. */
  hold(i: number): void {
    const { rooms, limit, to } = this.#sequence;
    this.arrive(i);
    for (let d = 0; d < rooms; d++) {
      const k = (to[i] as number) * rooms + d;
      this.#promised[k] = Math.min(this.#promised[k] as number, limit[i * rooms + d] as number);
    }
  }

  /** Ends a wave: some have moved, the others are still where they were. */
  release(moved: readonly number[], waiting: readonly number[]): void {
    for (const i of moved) this.leave(i);
    for (const i of waiting) this.#change(i, this.#sequence.to[i] as number, -1);
    this.#promised.fill(Number.POSITIVE_INFINITY);
  }

  #change(i: number, node: number, sign: 1 | -1): void {
    const { rooms, size, apart, nodes, places } = this.#sequence;
    for (let d = 0; d < rooms; d++) {
      const k = node * rooms + d;
      this.#load[k] = (this.#load[k] as number) + sign * (size[i * rooms + d] as number);
    }
    for (const rule of apart[i] ?? []) {
      const k = rule * nodes + (places[rule]?.[node] ?? node);
      this.#company[k] = (this.#company[k] as number) + sign;
    }
  }
}
