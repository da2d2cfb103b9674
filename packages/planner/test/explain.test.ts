import { GIB } from '@ballast/core';
import { aGuest, aMigration, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { decideOn, ignore, moves, together } from './stage.ts';

const nodes = [
  aNode('a', { cpu: 0.9 }),
  aNode('b', { cpu: 0.2 }),
  aNode('c', { cpu: 0.6 }),
  aNode('d', {}, { status: 'offline' }),
];
const guests = [
  aGuest(1, 'a', { cpu: 3.5 }),
  aGuest(2, 'a', { cpu: 1 }),
  aGuest(3, 'a', { cpu: 1 }, { kind: 'lxc' }),
  aGuest(4, 'c', { cpu: 1 }),
  aGuest(5, 'c', { cpu: 1 }, { lock: 'backup' }),
  aGuest(6, 'b', {}, { status: 'stopped' }),
];
const snapshot = aSnapshot({ nodes, guests });

describe('an explanation', () => {
  it('of a guest that moves: why it, why there, and why not elsewhere', () => {
    const explanation = decideOn({ snapshot }).explain(1);
    expect(explanation).toMatchObject({
      guest: 1,
      guestName: 'guest-1',
      node: 'a',
      decision: 'moves',
      summary: 'guest-1 moves from a to b. a stands at CPU 90 %, above 80 % for 1 round; it is relieved to 70 %.',
      step: { guest: 1, to: 'b' },
      blockers: [],
    });
    expect(explanation.targets).toEqual([
      {
        node: 'b',
        allowed: true,
        detail: 'Chosen: it would stand at CPU 41.9 %, memory 36.3 %.',
        after: { cpu: expect.closeTo(0.41875, 9), memory: expect.closeTo(0.3625, 9) },
      },
      {
        node: 'c',
        allowed: false,
        code: 'no-room',
        detail: 'c has no room for guest-1: its CPU would stand at 81.9 %, above 80 %.',
        after: expect.anything(),
      },
      { node: 'd', allowed: false, code: 'refused', detail: 'd is offline.', after: expect.anything() },
    ]);
  });

  it.each([
    [2, 'guest-2 stays on a: moving guest-1 is enough.', []],
    [3, 'guest-3 stays on a. guest-3 is a container: moving restarts it', ['container']],
    [4, 'guest-4 stays on c. c is not over (CPU 60 %, memory 30 %), so nothing has to move.', []],
    [
      5,
      'guest-5 stays on c. guest-5 is locked (backup). c is not over (CPU 60 %, memory 30 %), so nothing has to move.',
      ['locked'],
    ],
    [6, 'guest-6 stays on b. guest-6 is stopped', ['not-running']],
  ])('of guest %i, that stays', (id, summary, codes) => {
    const explanation = decideOn({ snapshot }).explain(id);
    expect(explanation.decision).toBe('stays');
    expect(explanation.summary).toContain(summary);
    expect(explanation.blockers.map((blocker) => blocker.code)).toEqual(codes);
    expect(explanation.step).toBeUndefined();
  });

  it('judges the nodes as they stand after the plan, for a guest that stays', () => {
    const [b] = decideOn({ snapshot }).explain(2).targets;
    expect(b).toMatchObject({
      node: 'b',
      allowed: true,
      detail: 'Allowed: it would stand at CPU 48.1 %, memory 42.5 %.',
    });
  });

  it('judges the nodes as they stand before the first of a group moves', () => {
    const decided = decideOn({ snapshot, rules: [together(1, 2)] });
    expect(moves(decided.plan)).toEqual(['1 a>b', '2 a>b']);
    for (const guest of [1, 2]) expect(decided.explain(guest).targets[0]?.after?.cpu).toBeCloseTo(0.2 + 4.5 / 16);
  });

  it('of a node that is hot, but not for long enough', () => {
    const { explain } = decideOn({ snapshot, policy: { sustain: 3 } });
    expect(explain(1).summary).toBe(
      'guest-1 stays on a. a is hot (CPU 90 %, memory 30 %), but for 1 of 3 rounds only.',
    );
  });

  it('of a node that weights or moves under way relieve', () => {
    const weights = decideOn({ snapshot, expected: { 1: { cpu: 1, memory: 4 * GIB } } });
    expect(weights.explain(1).summary).toBe('guest-1 stays on a: traffic weights or moves under way relieve the node.');
    const moving = decideOn({ snapshot, inFlight: [aMigration(1, 'a', 'b')] });
    expect(moving.explain(1).blockers.map((blocker) => blocker.code)).toEqual(['moving']);
    expect(moving.explain(1).targets.map((target) => target.node)).toEqual(['b', 'c', 'd']);
  });

  it('of a node that cannot be helped', () => {
    const { explain } = decideOn({
      snapshot: { ...snapshot, nodes: nodes.filter((node) => node.name !== 'b') },
      rules: [ignore(2, 4)],
    });
    expect(explain(1).summary).toBe(
      'guest-1 stays on a. None of the 2 other nodes can take guest-1; nearest: c has no room for guest-1: its CPU would stand at 81.9 %, above 80 %.',
    );
    expect(explain(1).blockers).toHaveLength(1);
  });

  it('of a plan that is full', () => {
    const small = [1, 2, 3, 4].map((id) => aGuest(id, 'a', { cpu: 0.9 }));
    const { explain, plan } = decideOn({ snapshot: { ...snapshot, guests: small }, policy: { maxSteps: 1 } });
    expect(moves(plan)).toEqual(['1 a>b']);
    expect(explain(2).summary).toBe('guest-2 stays on a for now: the plan is full at 1 step.');
  });

  it('of a guest that the snapshot does not hold is refused', () => {
    expect(() => decideOn({ snapshot }).explain(99)).toThrow(
      expect.objectContaining({ code: 'guest-unknown', message: 'Expected a guest of snapshot snapshot-1, got 99.' }),
    );
  });
});
