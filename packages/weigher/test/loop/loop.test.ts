import { DEFAULTS } from '@ballast/config';
import type { Ratio, WeightPolicy } from '@ballast/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Loop, type LoopRound, runLoop, turns } from './loop.ts';

const square = (u: Ratio): Ratio => Math.max(0, (u - 0.4) / 0.6) ** 2;
/** What hosts report, from nothing at all to a wall. */
const PRESSURES: Readonly<Record<string, (utilization: Ratio) => Ratio>> = {
  none: () => 0,
  utilization: (u) => u,
  square,
  stalls: (u) => 0.15 * u ** 6,
  wall: (u) => Math.max(0, (u - 0.75) / 0.25),
};
const BRISK: WeightPolicy = {
  headroomExponent: 1,
  pressureExponent: 1,
  migrationFactor: 0.5,
  damping: 0.5,
  deadBand: 0.05,
  maxStep: 0.3,
  floor: 0.05,
};

/** Three hosts, one of them busy with other things; two members on each. */
const hotHost = (fields: Partial<Loop> = {}): Loop => ({
  nodes: [
    { cores: 16, background: 10.5 },
    { cores: 16, background: 2 },
    { cores: 16, background: 2 },
  ],
  members: [0, 0, 1, 1, 2, 2].map((node) => ({ node, vcpus: 4, own: 0.2 })),
  traffic: 12,
  pressure: square,
  smoothing: 0.5,
  policy: DEFAULTS.weights,
  ...fields,
});

/** Settles without ringing: no member's weight turns round more than a time or two, and the last third hardly moves. */
function expectRest(rounds: readonly LoopRound[], members: number, mostTurns = 2): void {
  const tail = rounds.slice(-Math.floor(rounds.length / 3));
  for (let member = 0; member < members; member++) {
    const series = rounds.map((round) => round.weights[member] ?? 0);
    expect(turns(series, 0.03)).toBeLessThanOrEqual(mostTurns);
    const last = tail.map((round) => round.weights[member] ?? 0);
    expect(Math.max(...last) / Math.min(...last)).toBeLessThan(1.06);
  }
}

describe('where traffic moves load and load moves weights', () => {
  describe.each(Object.entries(PRESSURES))('with pressure: %s', (_, pressure) => {
    test.each([
      ['the default policy', DEFAULTS.weights],
      ['a brisk policy', BRISK],
    ])('%s settles, and relieves the hot host', (__, policy) => {
      for (const smoothing of [1, 0.5, 0.3]) {
        for (const trafficShare of [0, 0.6, 1]) {
          const rounds = runLoop(hotHost({ pressure, policy, smoothing, trafficShare }), 60);
          expectRest(rounds, 6);
          const [before, after] = [rounds[0], rounds.at(-1)];
          expect(after?.nodes[0]).toBeLessThan(before?.nodes[0] ?? 0);
          expect(after?.weights[0]).toBeLessThan(0.75);
          expect(after?.weights[2]).toBeGreaterThan(0.95);
        }
      }
    });
  });

  test('answering the present load instead would ring: what the aim is there for', () => {
    const steep = { ...BRISK, headroomExponent: 2, damping: 0.7, maxStep: 0.5 };
    const hard = {
      policy: steep,
      smoothing: 1,
      nodes: [0, 1, 2].map(() => ({ cores: 6, background: 0.1 })),
      traffic: 13,
    };
    // A traffic share of next to nothing takes the load as it is, and each answer meets the one before.
    const plain = runLoop(hotHost({ ...hard, trafficShare: 1e-9, members: uneven }), 60);
    const aimed = runLoop(hotHost({ ...hard, members: uneven }), 60);
    expect(
      turns(
        plain.map((round) => round.weights[0] ?? 0),
        0.03,
      ),
    ).toBeGreaterThan(10);
    expectRest(aimed, 6);
  });

  test('any pool on any hosts comes to rest under the default policy', () => {
    const loops = fc.record({
      nodes: fc.array(
        fc.record({ cores: fc.constantFrom(4, 16, 64), fill: fc.double({ min: 0, max: 0.9, noNaN: true }) }),
        { minLength: 1, maxLength: 4 },
      ),
      members: fc.array(
        fc.record({
          node: fc.nat(3),
          vcpus: fc.constantFrom(1, 2, 4, 8),
          own: fc.double({ min: 0, max: 0.5, noNaN: true }),
        }),
        { minLength: 2, maxLength: 8 },
      ),
      demand: fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      smoothing: fc.constantFrom(0.3, 0.5, 1),
      trafficShare: fc.constantFrom(0, 0.5, 1),
      pressure: fc.constantFrom(...Object.values(PRESSURES)),
    });
    fc.assert(
      fc.property(loops, ({ nodes, members, demand, ...rest }) => {
        const loop: Loop = {
          ...rest,
          nodes: nodes.map(({ cores, fill }) => ({ cores, background: cores * fill })),
          members: members.map((member) => ({ ...member, node: member.node % nodes.length })),
          traffic: demand * members.reduce((sum, member) => sum + member.vcpus, 0),
          policy: DEFAULTS.weights,
        };
        const rounds = runLoop(loop, 120);
        expect(rounds).toHaveLength(120);
        expectRest(rounds, members.length, 3);
      }),
      { numRuns: 60 },
    );
  });
});

/** Two small members beside four large ones. */
const uneven = [0, 0, 1, 1, 2, 2].map((node, i) => ({ node, vcpus: i % 2 === 0 ? 2 : 4, own: 0.1 }));
