import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Parallel, type Sequence, wavesOf } from '../src/engine/waves.ts';

interface Step {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  /** What the target may hold. */
  readonly limit?: number;
  readonly group?: number;
}

const ONE: Parallel = { perNode: 1, cluster: 100 };
const LIMIT = 100;

/** Every node holds what leaves it, and `load` beside. */
function sequenceOf(load: readonly number[], steps: readonly Step[]): Sequence {
  const leaving = (node: number): number => sum(steps.filter(({ from }) => from === node));
  return {
    count: steps.length,
    nodes: load.length,
    from: Int32Array.from(steps, ({ from }) => from),
    to: Int32Array.from(steps, ({ to }) => to),
    rooms: 1,
    size: Float64Array.from(steps, ({ size }) => size),
    load: Float64Array.from(load, (other, node) => other + leaving(node)),
    limit: Float64Array.from(steps, ({ limit }) => limit ?? LIMIT),
    group: Int32Array.from(steps, ({ group }) => group ?? -1),
    apart: steps.map(() => undefined),
    places: [],
    company: new Uint16Array(0),
  };
}

const sum = (steps: readonly Step[]): number => steps.reduce((total, { size }) => total + size, 0);

interface Case {
  readonly name: string;
  readonly load: readonly number[];
  readonly steps: readonly Step[];
  readonly parallel?: Parallel;
  readonly waves: readonly number[];
}

const cases: readonly Case[] = [
  {
    name: 'steps of other nodes pass one that waits for its turn, on its source and its target alike',
    load: [0, 0, 0, 0],
    steps: [
      { from: 0, to: 2, size: 10 },
      { from: 0, to: 3, size: 10 },
      { from: 1, to: 3, size: 10 },
    ],
    waves: [1, 2, 1],
  },
  {
    name: 'a step that would take the room of one that waits for its turn waits too',
    load: [0, 0, 0, 60],
    steps: [
      { from: 0, to: 2, size: 10 },
      { from: 0, to: 3, size: 10 },
      { from: 3, to: 2, size: 15 },
      { from: 1, to: 3, size: 20 },
    ],
    waves: [1, 2, 2, 3],
  },
  {
    name: 'room is held up to what the step that waits may fill, not to what the next may',
    load: [0, 0, 0, 60, 0],
    steps: [
      { from: 0, to: 2, size: 10 },
      { from: 0, to: 3, size: 10, limit: 80 },
      { from: 3, to: 4, size: 1 },
      { from: 1, to: 3, size: 15, limit: 90 },
    ],
    waves: [1, 2, 1, 3],
  },
  {
    // The last but one would fit in wave 2, and then the third waits for the fourth, which waits for it.
    name: 'nothing passes to a node where an earlier step has no room yet',
    load: [80, 0, 0, 70, 0, 0],
    steps: [
      { from: 3, to: 1, size: 10 },
      { from: 3, to: 2, size: 10 },
      { from: 0, to: 3, size: 20 },
      { from: 3, to: 0, size: 10 },
      { from: 4, to: 3, size: 10 },
      { from: 4, to: 5, size: 1 },
    ],
    waves: [1, 2, 3, 4, 5, 1],
  },
  {
    name: 'a group goes alone, and nothing passes it',
    load: [0, 0, 0, 0],
    steps: [
      { from: 0, to: 1, size: 1 },
      { from: 1, to: 2, size: 1, group: 7 },
      { from: 1, to: 2, size: 1, group: 7 },
      { from: 3, to: 0, size: 1 },
    ],
    waves: [1, 2, 3, 4],
  },
  {
    name: 'no more than the cluster may have at once',
    load: [0, 0, 0, 0, 0, 0],
    steps: [
      { from: 0, to: 1, size: 1 },
      { from: 2, to: 3, size: 1 },
      { from: 4, to: 5, size: 1 },
    ],
    parallel: { perNode: 1, cluster: 2 },
    waves: [1, 1, 2],
  },
  {
    name: 'two of one node where two may',
    load: [0, 0, 0],
    steps: [
      { from: 0, to: 1, size: 1 },
      { from: 0, to: 2, size: 1 },
      { from: 0, to: 1, size: 1 },
    ],
    parallel: { perNode: 2, cluster: 9 },
    waves: [1, 1, 2],
  },
  {
    name: 'steps without any order that holds run one after the other',
    load: [80, 80],
    steps: [
      { from: 0, to: 1, size: 20 },
      { from: 1, to: 0, size: 20 },
    ],
    waves: [1, 2],
  },
];

/** Moves by chance of which each holds in its turn. */
const anySequence = fc
  .record({
    load: fc.array(fc.integer({ min: 20, max: 90 }), { minLength: 3, maxLength: 6 }),
    tries: fc.array(
      fc.record({ from: fc.nat(5), to: fc.nat(5), size: fc.integer({ min: 1, max: 30 }), low: fc.boolean() }),
      { maxLength: 30 },
    ),
  })
  .map(({ load, tries }) => {
    const held = [...load];
    const steps: Step[] = [];
    // What each node holds before the first step is what it holds now; guests are cut out of it.
    for (const { from, to, size, low } of tries) {
      const [a, b, limit] = [from % load.length, to % load.length, low ? 70 : 90];
      const still = (load[a] ?? 0) - sum(steps.filter((step) => step.from === a));
      if (a === b || size > still || (held[b] ?? 0) + size > limit) continue;
      steps.push({ from: a, to: b, size, limit });
      held[a] = (held[a] ?? 0) - size;
      held[b] = (held[b] ?? 0) + size;
    }
    return { load, steps };
  });

describe('waves', () => {
  it.each(cases)('$name', ({ load, steps, parallel, waves }) => {
    expect([...wavesOf(sequenceOf(load, steps), parallel ?? ONE)]).toEqual(waves);
  });

  it('hold, whatever can be done one after the other, and end sooner where they can', () => {
    fc.assert(
      fc.property(anySequence, fc.integer({ min: 1, max: 2 }), ({ load, steps }, perNode) => {
        const rest = load.map((all, node) => all - sum(steps.filter(({ from }) => from === node)));
        const waves = wavesOf(sequenceOf(rest, steps), { perNode, cluster: 100 });
        const held = [...load];
        const open = new Set(steps);
        for (let number = 1; open.size > 0; number++) {
          const together = steps.filter((_, i) => waves[i] === number);
          expect(together.length).toBeGreaterThan(0);
          for (const [node] of load.entries()) {
            const coming = together.filter(({ to }) => to === node);
            expect(coming.length).toBeLessThanOrEqual(perNode);
            expect(together.filter(({ from }) => from === node).length).toBeLessThanOrEqual(perNode);
            const limit = Math.min(...coming.map((step) => step.limit ?? LIMIT));
            const filled = coming.length === 0 ? 0 : (held[node] ?? 0) + sum(coming);
            expect(filled).toBeLessThanOrEqual(limit);
          }
          // Never does the first step that is still to come wait while both of its nodes are free.
          const [first] = open;
          const busy = together.some((step) => step.from === first?.from || step.to === first?.to);
          expect(busy).toBe(true);
          for (const step of together) {
            held[step.from] = (held[step.from] ?? 0) - step.size;
            held[step.to] = (held[step.to] ?? 0) + step.size;
            open.delete(step);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
