import type { ClusterSnapshot } from '@ballast/core';
import { aGuest, aNode, aSnapshot } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { project } from '../src/index.ts';
import { anyCluster } from './arbitrary.ts';
import { codesOf, decideOn, ignore, moves, pin } from './stage.ts';

/** Guests of these cores on nodes of 16; those below zero are managed by HA. */
function cluster(loads: Readonly<Record<string, readonly number[]>>): ClusterSnapshot {
  let id = 0;
  const guests = Object.entries(loads).flatMap(([node, cores]) =>
    cores.map((cpu) => {
      const usage = { cpu: Math.abs(cpu), memory: 2 ** 28 };
      return aGuest(++id, node, {}, { usage, ...(cpu < 0 ? { haState: 'started' } : {}) });
    }),
  );
  const nodes = Object.entries(loads).map(([name, cores]) => {
    const cpu = cores.reduce((sum, one) => sum + Math.abs(one), 0);
    return aNode(name, {}, { capacity: { cpu: 16, memory: 2 ** 36 }, usage: { cpu, memory: cores.length * 2 ** 28 } });
  });
  return aSnapshot({ nodes, guests });
}

describe('room for the HA guests of a node that fails', () => {
  const full = cluster({ a: [-6, -5], b: [9], c: [10] });

  it('is told of where it is missing', () => {
    const { notices } = decideOn({ snapshot: full, policy: { reserve: 'warn' } }).plan;
    expect(notices).toEqual([
      {
        code: 'reserve',
        nodes: ['a'],
        guests: [1, 2],
        detail: 'If a failed, 2 HA guests would find no room on the other nodes: guest-1 and guest-2.',
      },
    ]);
  });

  it('is not, where there is enough, and where nobody asks', () => {
    expect(
      decideOn({ snapshot: cluster({ a: [-4, -3], b: [9], c: [10] }), policy: { reserve: 'warn' } }).plan,
    ).not.toHaveProperty('notices');
    expect(decideOn({ snapshot: full, policy: { reserve: 'off' } }).plan).not.toHaveProperty('notices');
    expect(
      decideOn({ snapshot: cluster({ a: [6, 5], b: [9], c: [10] }), policy: { reserve: 'warn' } }).plan,
    ).not.toHaveProperty('notices');
  });

  const tight = cluster({ a: [4, 10], b: [6], c: [4], d: [-9] });

  it('is kept when that is asked for: a step goes elsewhere, or is left out with the reason', () => {
    const rules = [ignore(2)];
    expect(moves(decideOn({ snapshot: tight, rules }).plan)).toEqual(['1 a>c']);
    expect(moves(decideOn({ snapshot: tight, rules, policy: { reserve: 'enforce' } }).plan)).toEqual(['1 a>b']);
    const only = { snapshot: tight, rules: [...rules, pin(1, 'a', 'c')], policy: { reserve: 'enforce' } } as const;
    const { plan } = decideOn(only);
    expect(plan.steps).toEqual([]);
    expect(codesOf(plan, 1)).toEqual(['reserve']);
    expect(plan.blocked.find((blocker) => blocker.guest === 1)?.detail).toContain(
      'With guest-1 on c, HA guests would find no room if a node failed (balance.reserve).',
    );
  });

  it('is never less after a plan that keeps it, whatever the cluster', () => {
    fc.assert(
      fc.property(anyCluster, (any) => {
        const snapshot = {
          ...any.snapshot,
          guests: any.snapshot.guests.map((guest) => (guest.id % 2 === 0 ? { ...guest, haState: 'started' } : guest)),
        };
        const lost = (at: ClusterSnapshot): number =>
          decideOn({ ...any, snapshot: at, policy: { profile: 'rules', maxSteps: 0, reserve: 'warn' } }).plan
            .notices?.[0]?.guests.length ?? 0;
        const { plan } = decideOn({ ...any, snapshot, policy: { reserve: 'enforce' } });
        expect(lost(project(snapshot, plan.steps))).toBeLessThanOrEqual(lost(snapshot));
      }),
      { numRuns: 60 * Number(process.env['PLANNER_RUNS'] ?? 1) },
    );
  });
});
