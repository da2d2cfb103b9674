import type { Plan } from '@ballast/core';
import { aGuest, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { placeGuest } from '../src/index.ts';
import { Placement } from '../src/placement/placement.ts';
import { decideOn } from './stage.ts';

const nodes = [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.1 }), aNode('c', { cpu: 0.3 })];
const guests = [
  aGuest(1, 'a', { cpu: 2 }),
  aGuest(2, 'a', { cpu: 2 }),
  aGuest(3, 'b', { cpu: 0.1 }),
  aGuest(4, 'b', { cpu: 0.1 }),
  aGuest(5, 'b', {}, { status: 'stopped' }),
  aGuest(6, 'c', { cpu: 0.1 }),
];
const snapshot = aSnapshot({ nodes, guests });
const targets = ({ steps }: Plan): readonly string[] => steps.map((step) => step.to);
const few = { maxGuests: 2 };

describe('the most guests of a node', () => {
  it('keeps guests off a node that runs as many, whatever room it has', () => {
    expect(targets(decideOn({ snapshot }).plan)).toEqual(['b', 'b']);
    const { plan, explain } = decideOn({ snapshot, policy: few });
    expect(targets(plan)).toEqual(['c']);
    expect(explain(1).targets.find(({ node }) => node === 'b')).toMatchObject({
      allowed: false,
      code: 'no-room',
      detail: 'b has no room for guest-1: it would run 3 guests, above 2 (balance.maxGuests).',
    });
  });

  it('holds beside a limit of allocated memory, too', () => {
    expect(targets(decideOn({ snapshot, policy: { ...few, memoryOvercommit: 1 } }).plan)).toEqual(['c']);
    expect(decideOn({ snapshot, policy: { maxGuests: 1, memoryOvercommit: 1 } }).plan.steps).toEqual([]);
  });

  it('counts none on a node that runs none', () => {
    const { assessment, policy } = decideOn({ snapshot: aSnapshot({ nodes, guests: [] }), policy: few });
    const placement = new Placement({ ...assessment, facts: {}, policy, expected: {}, inFlight: [] });
    expect(placement.nodes.map(({ held }) => held)).toEqual([[0], [0], [0]]);
  });

  it('holds for a new guest', () => {
    const { assessment, policy } = decideOn({ snapshot, policy: few });
    const verdicts = placeGuest({ assessment, policy, usage: { cpu: 1, memory: 1 } });
    expect(verdicts.filter(({ allowed }) => allowed).map(({ node }) => node)).toEqual(['c']);
    expect(verdicts.find(({ node }) => node === 'b')?.detail).toBe(
      'No room: it would run 3 guests, above 2 (balance.maxGuests).',
    );
  });
});
