import type { Random } from '@ballast/core';
import { above } from '../limits.ts';
import { HEATS } from './problem.ts';
import type { ReliefInput } from './relief-input.ts';
import { Sketch } from './sketch.ts';

const NONE = -1;
/**
 * How warm it is at first and at last: what a step may make worse, as shares of what a node may hold. Much warmer, and
 * nothing comes of it; much colder, and nothing changes any more.
 */
const WARMTH = { first: 0.013, last: 0.002 };
/** A move more than may be taken counts as much as this share of a node too much: one may be, on the way. */
const TOO_MANY = 0.02;
/** How often a step begins with an item that has to do with a node that holds too much. */
const FOCUS = 0.8;
/** How often an item that takes another's part also takes its place. */
const SAME_PLACE = 0.8;
/** Shares of the kinds of steps; the rest are exchanges within a node. */
const SHARES = { elsewhere: 0.2, swap: 0.1, home: 0.03, handOver: 0.05 };
/** How often one more item leaves, where no more moves may be taken, and where they may. */
const LEAVING = { seldom: 0.03, often: 0.3 };
/** Steps after which it is asked whether time is up. */
const BREATH = 4096;

/**
 * Simulated annealing (Kirkpatrick, Gelatt and Vecchi, 1983): which items leave their nodes, and where they go, both at
 * once, among placements with hardly more than so many moves. Nodes may hold too much, and the less they do the better;
 * a step that makes it worse is taken the more seldom the colder it is. Where room is short it comes by placements that
 * no node by itself leads to: the sets that leave several nodes have to fit together into what room there is.
 */
export class Annealing {
  readonly sketch: Sketch;
  readonly #random: Random;
  readonly #targets: readonly number[];
  /** 1 for items that may leave, and take enough along. */
  readonly #leaves: Uint8Array;
  #most = 0;
  /** What the step may make worse. */
  #slack = 0;

  constructor(input: ReliefInput, random: Random) {
    const { problem, target } = input;
    this.sketch = new Sketch(input);
    this.#random = random;
    this.#leaves = Uint8Array.from({ length: problem.items }, (_, item) => (pays(input, item) ? 1 : 0));
    this.#targets = Array.from({ length: problem.nodes }, (_, node) => node).filter(
      (node) => (target.limit[node * problem.rooms] as number) > 0,
    );
  }

  /**
   * Changes the sketch until nothing is too much anywhere with at most so many moves; tells whether it came to that.
   *
   * @param accepts asked of a placement that will do: the search goes on where it says no
   */
  run(most: number, steps: number, accepts: () => boolean, expired: () => boolean): boolean {
    const cooling = (WARMTH.last / WARMTH.first) ** (1 / steps);
    let warmth = WARMTH.first;
    this.#most = most;
    for (let step = 0; step < steps; step++) {
      if (step % BREATH === 0 && expired()) return false;
      warmth *= cooling;
      this.#slack = -warmth * Math.log(1 - this.#random());
      if (this.#step() && this.sketch.cost <= most && this.sketch.total() === 0 && accepts()) return true;
    }
    return false;
  }

  /** Lets an item of the same node leave for one that moved, which goes home, where nothing is too much then; tells whether it did. */
  replaces(other: number, item: number): boolean {
    const { at, problem } = this.sketch;
    const home = problem.home[item] as number;
    if (at[other] !== home || this.#leaves[other] === 0) return false;
    this.#slack = 0;
    return [at[item] as number, ...this.#targets].some((to) => this.#try(item, home, other, to));
  }

  /** Tries one step; tells whether it was taken. */
  #step(): boolean {
    const { cost, moved, problem } = this.sketch;
    const leaving = cost < this.#most ? LEAVING.often : LEAVING.seldom;
    if (moved.length === 0 || this.#random() < leaving) return this.#leave();
    const item = this.#busy();
    let draw = this.#random() - SHARES.elsewhere;
    if (draw < 0) return this.#try(item, this.#anyTarget());
    draw -= SHARES.swap;
    if (draw < 0) return this.#swap(item);
    draw -= SHARES.home;
    if (draw < 0) return this.#try(item, problem.home[item] as number);
    return this.#replace(item, draw < SHARES.handOver ? this.#full() : (problem.home[item] as number));
  }

  /** One more item leaves a node that holds too much. */
  #leave(): boolean {
    const item = this.#anyOf(this.#full());
    return item >= 0 && this.#try(item, this.#anyTarget());
  }

  /** Two that moved change places. */
  #swap(item: number): boolean {
    const { moved, at } = this.sketch;
    const other = moved[Math.floor(this.#random() * moved.length)] as number;
    return other !== item && this.#try(item, at[other] as number, other, at[item]);
  }

  /** An item goes home, and one of this node leaves instead. */
  #replace(item: number, node: number): boolean {
    const other = this.#anyOf(node);
    if (other < 0) return false;
    const { at, problem } = this.sketch;
    const to = this.#random() < SAME_PLACE ? (at[item] as number) : this.#anyTarget();
    return this.#try(item, problem.home[item] as number, other, to);
  }

  /** Moves one item, or two at once, where that is no worse than chance lets it be, and lawful. */
  #try(item: number, to: number, other = item, place = NONE): boolean {
    const { sketch } = this;
    const [from, left] = [sketch.at[item] as number, place === NONE ? NONE : (sketch.at[other] as number)];
    if (to === from || (place !== NONE && place === left)) return false;
    const more = this.#more(item, from, to) + (place === NONE ? 0 : this.#more(other, left, place));
    if (more > 0 && sketch.cost + more > this.#most + 1) return false;
    if (this.#dearer(more) + this.#fuller(item, from, to, other, left, place) > this.#slack) return false;
    sketch.move(item, to);
    if (place !== NONE) sketch.move(other, place);
    if (sketch.lawful(item) && sketch.lawful(other)) return true;
    if (place !== NONE) sketch.move(other, left);
    sketch.move(item, from);
    return false;
  }

  /** Migrations that a step adds. */
  #more(item: number, from: number, to: number): number {
    const { home, moves } = this.sketch.problem;
    if (from !== home[item] && to !== home[item]) return 0;
    return from === home[item] ? (moves[item] as number) : -(moves[item] as number);
  }

  #dearer(more: number): number {
    if (more === 0) return 0;
    const cost = this.sketch.cost - this.#most;
    return TOO_MANY * (Math.max(0, cost + more) - Math.max(0, cost));
  }

  /** How much more is too much after a step; where it is soon plain that it is more than it may be, at least so much. */
  #fuller(item: number, from: number, to: number, other: number, left: number, place: number): number {
    const { over } = this.sketch;
    let sum = this.#change(to, item, from, to, other, left, place);
    if (place !== NONE && place !== to) sum += this.#change(place, item, from, to, other, left, place);
    const first = from !== place;
    const second = left !== NONE && left !== from && left !== to;
    const best = sum - (first ? (over[from] as number) : 0) - (second ? (over[left] as number) : 0);
    if (best > this.#slack + TOO_MANY) return best;
    if (first) sum += this.#change(from, item, from, to, other, left, place);
    if (second) sum += this.#change(left, item, from, to, other, left, place);
    return sum;
  }

  #change(node: number, item: number, from: number, to: number, other: number, left: number, place: number): number {
    const sign = node === to ? 1 : node === from ? -1 : 0;
    const otherSign = place === NONE ? 0 : node === place ? 1 : node === left ? -1 : 0;
    return this.sketch.overWith(node, item, sign, other, otherSign) - (this.sketch.over[node] as number);
  }

  /** An item that moved, mostly one off or on a node that holds too much. */
  #busy(): number {
    const { moved, over, at, problem } = this.sketch;
    const start = Math.floor(this.#random() * moved.length);
    if (this.#random() >= FOCUS) return moved[start] as number;
    for (let i = 0; i < moved.length; i++) {
      const item = moved[(start + i) % moved.length] as number;
      if ((over[problem.home[item] as number] as number) > 0 || (over[at[item] as number] as number) > 0) return item;
    }
    return moved[start] as number;
  }

  /** A node that holds too much; {@link NONE} where the one that chance picked does not. */
  #full(): number {
    const { over } = this.sketch;
    const node = Math.floor(this.#random() * over.length);
    return (over[node] as number) > 0 ? node : NONE;
  }

  /** An item that may leave the node, and has not; {@link NONE} where chance picked another. */
  #anyOf(node: number): number {
    if (node === NONE) return NONE;
    const { at, problem } = this.sketch;
    const [start, end] = [problem.first[node] as number, problem.first[node + 1] as number];
    const item = problem.itemsOf[start + Math.floor(this.#random() * (end - start))];
    return item !== undefined && at[item] === node && this.#leaves[item] === 1 ? item : NONE;
  }

  #anyTarget(): number {
    return this.#targets[Math.floor(this.#random() * this.#targets.length)] as number;
  }
}

/** Whether an item may move, and takes enough of what its node has too much of along. */
function pays({ problem, hot, minGain }: ReliefInput, item: number): boolean {
  const home = (problem.home[item] as number) * HEATS;
  if (problem.movable[item] === 0) return false;
  return [0, 1].some((h) => {
    const share = (problem.relief[item * HEATS + h] as number) / (problem.capacity[home + h] as number);
    return hot[home + h] === 1 && share > 0 && !above(minGain, share);
  });
}
