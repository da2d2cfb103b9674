import { type ClusterSnapshot, GIB, type Guest, type GuestFacts, MIB } from '@ballast/core';
import { aGuest, aMigration, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { aMove, apart, codesOf, decideOn, moves, pin, type Scene } from './stage.ts';

const HOUR = 3_600_000;

/** Node `a` at 14.4 of its 16 cores: 90 %, of which 3.2 cores bring it to its target. */
function aHotNode(guests: readonly Guest[], others = [aNode('b', { cpu: 0.3 })]): Scene['snapshot'] {
  return aSnapshot({ nodes: [aNode('a', { cpu: 0.9 }), ...others], guests });
}

/** Guests on `a` that take so many cores. */
function using(...cpus: readonly number[]): readonly Guest[] {
  return cpus.map((cpu, i) => aGuest(i + 1, 'a', { cpu }));
}

describe('relief', () => {
  it.each([
    ['takes the one guest that is large enough', using(1, 2, 4), ['3 a>b']],
    ['takes as few as it can, not the smallest', using(1, 1, 1, 1, 1, 3.3), ['6 a>b']],
    ['takes two where one is not enough', using(2, 1.3, 0.4), ['1 a>b', '2 a>b']],
    ['settles ties by id', using(3.5, 3.5, 3.5), ['1 a>b']],
  ])('%s', (_, guests, expected) => {
    expect(moves(decideOn({ snapshot: aHotNode(guests) }).plan)).toEqual(expected);
  });

  it('takes, of those that are as good, the one that moves fewest bytes', () => {
    const guests = [
      aGuest(1, 'a', { cpu: 6, memory: 6 }),
      aGuest(2, 'a', { cpu: 3.3, memory: 1 }),
      aGuest(3, 'a', { cpu: 3.5, memory: 2 }),
    ];
    expect(moves(decideOn({ snapshot: aHotNode(guests) }).plan)).toEqual(['2 a>b']);
  });

  it('would rather move many bytes live than restart a container', () => {
    const guests = [aGuest(1, 'a', { cpu: 3.4, memory: 6 }), aGuest(2, 'a', { cpu: 3.4, memory: 1 }, { kind: 'lxc' })];
    const { plan } = decideOn({ snapshot: aHotNode(guests), policy: { containers: true } });
    expect(moves(plan)).toEqual(['1 a>b']);
    expect(plan.steps[0]?.mode).toBe('live');
    const alone = decideOn({ snapshot: aHotNode(guests.slice(1)), policy: { containers: true } });
    expect(alone.plan.steps[0]).toMatchObject({ guest: 2, mode: 'restart', cost: { bytes: 0 } });
  });

  it('relieves memory as it does CPU', () => {
    const snapshot = aSnapshot({
      nodes: [aNode('a', { memory: 0.9 }), aNode('b')],
      guests: [aGuest(1, 'a', { cpu: 3, memory: 2 }), aGuest(2, 'a', { memory: 10 })],
    });
    const { plan } = decideOn({ snapshot });
    expect(plan.steps).toMatchObject([
      { guest: 2, reason: 'relieve-memory', gain: { resource: 'memory', fromBefore: expect.closeTo(0.9, 9) } },
    ]);
  });

  it('relieves both at once with the guest that carries both', () => {
    const snapshot = aSnapshot({
      nodes: [aNode('a', { cpu: 0.9, memory: 0.9 }), aNode('b')],
      guests: [
        aGuest(1, 'a', { cpu: 4, memory: 1 }),
        aGuest(2, 'a', { cpu: 0.5, memory: 12 }),
        aGuest(3, 'a', { cpu: 3.5, memory: 11 }),
      ],
    });
    expect(moves(decideOn({ snapshot }).plan)).toEqual(['3 a>b']);
  });

  it('goes to the node with most room, on whichever resource is scarcer there', () => {
    const others = [
      aNode('b', { cpu: 0.4, memory: 0.2 }),
      aNode('c', { cpu: 0.1, memory: 0.6 }),
      aNode('d', { cpu: 0.2, memory: 0.3 }),
    ];
    expect(moves(decideOn({ snapshot: aHotNode(using(3.5), others) }).plan)).toEqual(['1 a>d']);
  });

  it('stops at the target, and leaves a node alone between target and high', () => {
    const { plan } = decideOn({ snapshot: aHotNode(using(3.2, 3.2, 3.2, 3.2)) });
    expect(plan.after.find((node) => node.node === 'a')?.utilization.cpu).toBeCloseTo(0.7);
    expect(
      decideOn({ snapshot: aSnapshot({ nodes: [aNode('a', { cpu: 0.79 }), aNode('b')], guests: [...using(3)] }) }).plan
        .steps,
    ).toEqual([]);
  });

  it('waits until the node was hot for `sustain` rounds', () => {
    const snapshot = aHotNode(using(3.5));
    let { plan, history } = decideOn({ snapshot, policy: { sustain: 3 } });
    for (const steps of [0, 0, 1, 1]) {
      expect(plan.steps).toHaveLength(steps);
      ({ plan, history } = decideOn({ snapshot, history, policy: { sustain: 3 } }));
    }
  });

  it('tells gain and cost of each step, and why', () => {
    const { plan } = decideOn({ snapshot: aHotNode(using(3.5)) });
    const [step] = plan.steps;
    expect(step?.gain).toEqual({
      resource: 'cpu',
      fromBefore: expect.closeTo(0.9, 9),
      fromAfter: expect.closeTo(0.68125, 9),
      toBefore: expect.closeTo(0.3, 9),
      toAfter: expect.closeTo(0.51875, 9),
    });
    // 4 GiB at 1000 MiB/s while 70 MiB/s are dirtied: after the second round 20 ms are left.
    const rounds = 1 + 0.07 + 0.07 ** 2;
    expect(step?.cost).toEqual({
      bytes: expect.closeTo(4096 * rounds * MIB, 0),
      duration: expect.closeTo(4096 * rounds, 6),
      downtime: expect.closeTo(4096 * 0.07 ** 2, 6),
    });
    expect(step?.why).toEqual([
      'a stands at CPU 90 %, above 80 % for 1 round; it is relieved to 70 %.',
      'guest-1 takes 3.5 cores of CPU along: 90 % → 68.1 % for 4.3 GiB over the network in about 4 s.',
      'b is the only node that may take it: CPU 30 % → 51.9 %, memory 30 % → 36.3 %.',
    ]);
  });
});

describe('the bound of a plan', () => {
  it('does not count on guests that are bound to their node', () => {
    const snapshot = aHotNode([aGuest(1, 'a', { cpu: 4 }), ...[2, 3, 4].map((id) => aGuest(id, 'a', { cpu: 1.1 }))]);
    const { plan } = decideOn({ snapshot, rules: [pin(1, 'a')] });
    expect(plan.steps).toHaveLength(3);
    expect(plan.bound?.moves).toBe(3);
  });
});

describe('a full cluster', () => {
  it('is relieved just below high, when no node has room below target', () => {
    const { plan } = decideOn({ snapshot: aHotNode(using(3, 1.7, 1.7), [aNode('b', { cpu: 0.68 })]) });
    expect(moves(plan)).toEqual(['2 a>b']);
    expect(plan.after).toMatchObject([
      { utilization: { cpu: expect.closeTo(0.79375, 9) } },
      { utilization: { cpu: expect.closeTo(0.78625, 9) } },
    ]);
  });

  it('gets what relief there is when it is not enough', () => {
    const { plan } = decideOn({ snapshot: aHotNode(using(1, 1, 5), [aNode('b', { cpu: 0.7 })]) });
    expect(moves(plan)).toEqual(['1 a>b']);
    expect(plan.unresolved).toEqual([
      {
        node: 'a',
        detail: expect.stringMatching(/^a would still stand at CPU 8\d.*above 80 %: of its 2 guests none can help/),
      },
    ]);
  });

  it('gives up relief down to the target where that takes the room which guests make for more', () => {
    const guests = [aGuest(1, 'a', { cpu: 1 }), aGuest(2, 'a', { cpu: 5 }), aGuest(4, 'a', { cpu: 3 })];
    const others = [aNode('b', { cpu: 10.2 / 16 }), aNode('c', { cpu: 10 / 16 })];
    const snapshot = aHotNode([...guests, aGuest(3, 'c', { cpu: 2.5 })], others);
    const { plan } = decideOn({ snapshot, rules: [apart(3, 4), pin(4, 'a')] });
    expect(plan.unresolved).toEqual([]);
    expect(moves(plan)).toEqual(['3 c>b', '2 a>c']);
  });

  it('keeps no other hot node from guests that make room', () => {
    // Nothing can leave b, whose only guest is too large for any other node.
    const guests = [aGuest(1, 'a', { cpu: 5 }), aGuest(2, 'b', { cpu: 9 }), aGuest(3, 'c', { cpu: 2.5 })];
    const others = [aNode('b', { cpu: 0.9 }), aNode('c', { cpu: 10 / 16 }), aNode('d', { cpu: 10.2 / 16 })];
    const { plan } = decideOn({ snapshot: aHotNode(guests, others) });
    expect(moves(plan)).toContain('1 a>c');
    expect(plan.unresolved.map(({ node }) => node)).toEqual(['b']);
  });

  it('is left as it is where a move would only carry the heat along', () => {
    const { plan } = decideOn({ snapshot: aHotNode(using(1.5, 1.4), [aNode('b', { cpu: 0.79 })]) });
    expect(plan.steps).toEqual([]);
    expect(plan.unresolved[0]?.detail).toBe(
      'a stays at CPU 90 %, above 80 %: of its 2 guests none can help (2 without room elsewhere).',
    );
  });
});

describe('ceilings', () => {
  it.each([
    ['CPU', aNode('b', { cpu: 0.7 }), { cpu: 4 }],
    ['memory', aNode('b', { memory: 0.8 }), { cpu: 4, memory: 8 }],
  ])('no guest goes where %s has no room', (word, target, load) => {
    const decided = decideOn({ snapshot: aHotNode([aGuest(1, 'a', load)], [target]) });
    expect(decided.plan.steps).toEqual([]);
    expect(codesOf(decided.plan, 1)).toEqual(['no-room']);
    expect(decided.plan.blocked[0]?.detail).toMatch(
      new RegExp(`The only other node cannot take guest-1: b has no room for guest-1: its ${word} would stand at 9`),
    );
  });

  it('reckons with the newest sample of a target, not with its smoothed load alone', () => {
    const snapshot = aHotNode(using(3.5));
    const cold = decideOn({ snapshot: aHotNode([], [aNode('b', { cpu: 0.1 })]), policy: { smoothing: 0.1 } });
    const busy = { ...snapshot, nodes: [aNode('a', { cpu: 0.95 }), aNode('b', { cpu: 0.7 })] };
    const { plan, assessment } = decideOn({ snapshot: busy, history: cold.history, policy: { smoothing: 0.1 } });
    expect(assessment.nodes[1]?.utilization.cpu).toBeLessThan(0.2);
    expect(plan.steps).toEqual([]);
    expect(plan.blocked[0]?.detail).toMatch(/CPU would stand at 91.9 %, above 85 %/);
  });

  it('counts earlier steps of the plan', () => {
    const nodes = [
      aNode('a', { cpu: 0.9 }),
      aNode('b', { cpu: 0.9 }),
      aNode('c', { cpu: 0.4 }),
      aNode('d', { cpu: 0.4 }),
    ];
    const guests = [aGuest(1, 'a', { cpu: 4 }), aGuest(2, 'b', { cpu: 4 })];
    expect(moves(decideOn({ snapshot: aSnapshot({ nodes, guests }) }).plan)).toEqual(['1 a>c', '2 b>d']);
  });
});

describe('migrations under way', () => {
  const nodes = [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.35 }), aNode('c', { cpu: 0.6 })];
  const guests = [aGuest(1, 'a', { cpu: 3.5 }), aGuest(2, 'a', { cpu: 3.5 }), aGuest(3, 'c', { cpu: 5 })];
  const snapshot = aSnapshot({ nodes, guests });

  it('count as relief that is on its way', () => {
    const { plan } = decideOn({ snapshot, inFlight: [aMigration(1, 'a', 'b')] });
    expect(plan).toMatchObject({ steps: [], unresolved: [] });
    expect(plan.before.map((node) => node.guests)).toEqual([2, 0, 1]);
    expect(plan.after.map((node) => node.guests)).toEqual([1, 1, 1]);
    expect(plan.after[0]?.utilization.cpu).toBeCloseTo(0.68125);
  });

  it('fill their target before they arrive', () => {
    const { plan } = decideOn({ snapshot, inFlight: [aMigration(3, 'c', 'b')] });
    // Without guest 3, b would have been the better target. It still counts on c, too.
    expect(moves(plan)).toEqual([]);
    expect(moves(decideOn({ snapshot }).plan)).toEqual(['1 a>b']);
    expect(plan.blocked.find((blocker) => blocker.guest === 1)?.detail).toMatch(/would stand at 8[18].\d %/);
  });

  it('that have arrived meanwhile are not counted twice', () => {
    const arrived = { ...snapshot, guests: [aGuest(1, 'b', { cpu: 3.5 }), ...guests.slice(1)] };
    const { plan } = decideOn({ snapshot: arrived, inFlight: [aMigration(1, 'a', 'b')] });
    expect(moves(plan)).toEqual(['2 a>b']);
    expect(plan.after[1]?.utilization.cpu).toBeCloseTo(0.35 + 3.5 / 16);
  });

  it('keep a rule on both of their nodes', () => {
    const rule = { kind: 'anti-affinity' as const, source: { kind: 'tag' as const, name: 'x' }, guests: [1, 3] };
    const { plan } = decideOn({
      snapshot,
      rules: [rule],
      inFlight: [aMigration(3, 'c', 'b')],
      policy: { cpu: { high: 0.8, target: 0.7, ceiling: 1.5 } },
    });
    expect(plan.steps.filter((step) => step.guest === 1)).toEqual([]);
  });
});

describe('expected weights', () => {
  const snapshot = aHotNode(using(3.5, 3.5));

  it('need no migration for what they take away', () => {
    const expected = { 1: { cpu: 1, memory: 4 * GIB }, 2: { cpu: 2.5, memory: 4 * GIB } };
    const { plan } = decideOn({ snapshot, expected });
    expect(plan).toMatchObject({ steps: [], unresolved: [] });
    expect(plan.before[0]?.utilization.cpu).toBeCloseTo(0.9);
    expect(plan.after[0]?.utilization.cpu).toBeCloseTo(0.68125);
  });

  it('leave the rest to migrations', () => {
    const { plan } = decideOn({ snapshot, expected: { 1: { cpu: 2.5, memory: 4 * GIB } } });
    expect(moves(plan)).toEqual(['2 a>b']);
    expect(plan.steps[0]?.gain).toMatchObject({ fromBefore: expect.closeTo(0.8375, 9) });
    expect(plan.steps[0]?.why[0]).toMatch(/stands at CPU 90 %.*Traffic and moves under way take it to 83.7 %\.$/);
  });

  it('leave no room where they bring load to', () => {
    const guests = [...using(3.5), aGuest(9, 'b', { cpu: 1 })];
    const { plan } = decideOn({ snapshot: aHotNode(guests), expected: { 9: { cpu: 7, memory: 4 * GIB } } });
    expect(plan.steps).toEqual([]);
    expect(plan.blocked[0]?.detail).toMatch(/b has no room for guest-1: its CPU would stand at 89.4 %/);
  });
});

describe('a step that is not worth it', () => {
  it('is not taken: gain below minGain', () => {
    const { plan } = decideOn({ snapshot: aHotNode(using(0.3, 0.31)) });
    expect(plan.steps).toEqual([]);
    expect(plan.blocked.map((blocker) => blocker.code)).toEqual(['no-gain', 'no-gain']);
    expect(plan.blocked[0]?.detail).toBe('Moving guest-1 would lower CPU of a by 1.9 %, less than 2 %.');
    expect(moves(decideOn({ snapshot: aHotNode(using(0.3)), policy: { minGain: 0.01 } }).plan)).toEqual(['1 a>b']);
  });

  it('is not taken off a node that stays hot, where minGain says nothing, unless small ones add up', () => {
    const stuck = aGuest(9, 'a', { cpu: 3 }, { lock: 'backup' });
    const sized = (...sizes: number[]): readonly Guest[] => [...using(...sizes), stuck];
    const { plan } = decideOn({ snapshot: aHotNode(sized(0.1, 0.4, 0.2)), policy: { minGain: 0 } });
    expect(moves(plan)).toEqual(['2 a>b']);
    expect(plan.blocked.map(({ guest, code }) => `${guest} ${code}`)).toEqual(['1 no-gain', '3 no-gain', '9 locked']);
    expect(plan.blocked[1]?.detail).toBe('Moving guest-3 would lower CPU of a by 1.3 %, less than 2 %.');
    expect(moves(decideOn({ snapshot: aHotNode(sized(0.1, 0.4, 0.3)), policy: { minGain: 0 } }).plan)).toHaveLength(3);
    const enough = decideOn({ snapshot: aHotNode(sized(1.5, 0.15)), policy: { minGain: 0 } });
    expect(moves(enough.plan)).toEqual(['1 a>b', '2 a>b']);
    expect(enough.plan.unresolved).toEqual([]);
  });

  it('is told of where this very plan brought the guest', () => {
    const snapshot = aSnapshot({ nodes: [aNode('a'), aNode('b', { cpu: 0.3 })], guests: [aGuest(1, 'a', { cpu: 5 })] });
    const { plan } = decideOn({
      snapshot,
      rules: [pin(1, 'b')],
      policy: { cpu: { high: 0.5, target: 0.5, ceiling: 0.85 } },
    });
    expect(moves(plan)).toEqual(['1 a>b']);
    expect(plan.unresolved[0]?.detail).toBe(
      'b stays at CPU 61.3 %, above 50 %: of its 1 guest none can help (1 moved by this plan).',
    );
  });

  it('is not taken for a guest that uses nothing of what is scarce', () => {
    const decided = decideOn({ snapshot: aHotNode([aGuest(1, 'a', { cpu: 0, memory: 0 })]), policy: { minGain: 0 } });
    expect(decided.plan.steps).toEqual([]);
    expect(codesOf(decided.plan, 1)).toEqual(['no-gain']);
    expect(decided.plan.blocked[0]?.detail).toBe('Moving guest-1 would not lower CPU of a.');
  });
});

describe('what keeps a guest from one node', () => {
  const facts = (refusedNodes: Record<string, string>): Record<number, GuestFacts> => ({
    1: { guest: 1, digest: '', localDiskBytes: 0, localResources: [], refusedNodes },
  });
  const others = [aNode('b', { cpu: 0.2 }), aNode('c', { cpu: 0.3 })];

  it.each<readonly [string, Partial<Scene>, Partial<Scene['snapshot']>]>([
    ['a refusal of Proxmox VE', {}, { facts: facts({ b: 'storage vm-disks is not available there' }) }],
    [
      'a node that is offline',
      {},
      { nodes: [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.2 }, { status: 'offline' }), aNode('c')] },
    ],
    [
      'a node in maintenance',
      {},
      { nodes: [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.2 }, { maintenance: true }), aNode('c')] },
    ],
    [
      'a node in an unknown state',
      {},
      { nodes: [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.2 }, { status: 'unknown' }), aNode('c')] },
    ],
    [
      'a node that is drained',
      {},
      { nodes: [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.2 }, { maintenance: true, drained: true }), aNode('c')] },
    ],
    ['a return within a day', { moves: [aMove(1, 'b', 'a', 20 * HOUR)] }, {}],
  ])('%s', (_, scene, fields) => {
    const snapshot = { ...aHotNode(using(3.5), others), ...fields };
    expect(moves(decideOn({ ...scene, snapshot }).plan)).toEqual(['1 a>c']);
    expect(moves(decideOn({ snapshot: aHotNode(using(3.5), others) }).plan)).toEqual(['1 a>b']);
  });

  it('what its steps cost depends on whether the target has a replica of its disks', () => {
    const cost = (replicas: readonly string[]): number | undefined => {
      const known = { guest: 1, digest: '', localDiskBytes: 100 * GIB, localResources: [], refusedNodes: {}, replicas };
      const snapshot = { ...aHotNode(using(3.5), others), facts: { 1: known } };
      return decideOn({ snapshot, policy: { localDisks: true } }).plan.steps[0]?.cost.bytes;
    };
    // It goes to b, which has the most room.
    expect((cost(['c']) ?? 0) - (cost(['b']) ?? 0)).toBeCloseTo(98 * GIB, -3);
  });

  it('a return is allowed once noReturn has passed, and was never forbidden to who failed to leave', () => {
    const snapshot = aHotNode(using(3.5), others);
    expect(moves(decideOn({ snapshot, moves: [aMove(1, 'b', 'a', 25 * HOUR)] }).plan)).toEqual(['1 a>b']);
    const failed = aMove(1, 'b', 'c', 10 * HOUR, { outcome: 'failed' });
    expect(moves(decideOn({ snapshot, moves: [failed] }).plan)).toEqual(['1 a>b']);
  });

  it('a return is forbidden to who was found where a request of unknown end was to take it', () => {
    const snapshot = aHotNode(using(3.5), others);
    const unseen = aMove(1, 'b', 'a', 10 * HOUR, { outcome: 'failed' });
    expect(moves(decideOn({ snapshot, moves: [unseen] }).plan)).toEqual(['1 a>c']);
    // By the word of its task it did not arrive: others have moved the guest.
    expect(moves(decideOn({ snapshot, moves: [{ ...unseen, task: 'UPID' }] }).plan)).toEqual(['1 a>b']);
    const onwards = [unseen, aMove(1, 'a', 'c', 9 * HOUR), aMove(1, 'c', 'a', 8 * HOUR)];
    expect(moves(decideOn({ snapshot, moves: onwards.slice(0, 2) }).plan)).toEqual(['1 a>c']);
    expect(decideOn({ snapshot, moves: onwards }).plan.blocked).toMatchObject([{ code: 'ping-pong' }]);
  });

  it('is told by what comes nearest to letting it go', () => {
    const snapshot = { ...aHotNode(using(3.5), others), facts: facts({ b: 'no', c: 'no such storage' }) };
    const { plan } = decideOn({ snapshot });
    expect(plan.blocked).toEqual([
      {
        guest: 1,
        code: 'refused',
        detail: 'None of the 2 other nodes can take guest-1; nearest: b cannot take guest-1: no',
      },
    ]);
    const back = decideOn({ snapshot: aHotNode(using(3.5)), moves: [aMove(1, 'b', 'a', 20 * HOUR)] });
    expect(back.plan.blocked).toMatchObject([
      {
        code: 'ping-pong',
        detail: expect.stringContaining('moved away from b 20 h ago and does not return within 24 h'),
      },
    ]);
  });

  it('a lone node has nobody to give to', () => {
    const { plan } = decideOn({ snapshot: aSnapshot({ nodes: [aNode('a', { cpu: 0.9 })], guests: [...using(3)] }) });
    expect(plan.blocked).toEqual([{ guest: 1, code: 'no-room', detail: 'There is no other node for guest-1.' }]);
  });
});

describe('what a plan says', () => {
  it('a node whose load is its own: there is nobody to move', () => {
    expect(decideOn({ snapshot: aHotNode([]) }).plan.unresolved).toEqual([
      { node: 'a', detail: 'a stays at CPU 90 %, above 80 %: no guest runs on it, the load is its own.' },
    ]);
  });

  it('a node that had more steps to go than a plan may have', () => {
    const { plan } = decideOn({ snapshot: aHotNode(using(0.6, 0.6, 0.6, 0.6, 0.6, 0.6)), policy: { maxSteps: 1 } });
    expect(plan.steps).toHaveLength(1);
    expect(plan.unresolved[0]?.detail).toBe(
      'a would still stand at CPU 86.3 %, above 80 %: the plan is full at 1 step, the next one goes on.',
    );
    expect(plan.blocked).toEqual([]);
  });

  it('counts guests by what keeps them', () => {
    const guests = [
      aGuest(1, 'a', { cpu: 4 }, { lock: 'backup' }),
      aGuest(2, 'a', { cpu: 4 }, { kind: 'lxc' }),
      aGuest(3, 'a', { cpu: 4 }, { kind: 'lxc' }),
    ];
    const { plan } = decideOn({ snapshot: aHotNode(guests) });
    expect(plan.unresolved[0]?.detail).toBe(
      'a stays at CPU 90 %, above 80 %: of its 3 guests none can help (2 container and 1 locked).',
    );
    expect(plan.blocked.map(({ guest, code }) => [guest, code])).toEqual([
      [1, 'locked'],
      [2, 'container'],
      [3, 'container'],
    ]);
  });

  it('nothing without quorum', () => {
    const { plan } = decideOn({ snapshot: { ...aHotNode(using(3.5)), quorate: false } });
    expect(plan).toMatchObject({
      steps: [],
      blocked: [{ code: 'refused', detail: 'guest-1 stays: the cluster has no quorum.' }],
    });
    expect(plan.unresolved).toHaveLength(1);
  });

  it('an id that stays the same as long as the plan does, whenever it is made', () => {
    const first = decideOn({ snapshot: aHotNode(using(3.5)) }).plan;
    const later = decideOn({ snapshot: { ...aHotNode(using(3.6)), id: 'snapshot-2' }, now: 5 }).plan;
    const other = decideOn({ snapshot: aHotNode([aGuest(2, 'a', { cpu: 3.5 })]) }).plan;
    expect(first.id).toMatch(/^[0-9a-f]{16}$/);
    expect(later.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
  });

  it('an empty cluster needs nothing', () => {
    expect(decideOn({ snapshot: aSnapshot() }).plan).toMatchObject({
      steps: [],
      blocked: [],
      unresolved: [],
      before: [],
      after: [],
    });
  });
});

describe('the storages of the nodes', () => {
  const facts = (id: number, gib: number): GuestFacts => ({
    guest: id,
    digest: '',
    localDiskBytes: gib * GIB,
    localResources: [],
    refusedNodes: {},
    needs: { zfs: gib * GIB },
  });
  const cluster = (...free: (number | undefined)[]): ClusterSnapshot =>
    aSnapshot({
      nodes: [
        aNode('a', { cpu: 0.98 }),
        ...free.map((gib, i) =>
          aNode('bcd'[i] ?? '', { cpu: 0.1 + 0.4 * i }, gib === undefined ? {} : { free: { zfs: gib * GIB } }),
        ),
      ],
      guests: [aGuest(1, 'a', { cpu: 2.5, memory: 2 }), aGuest(2, 'a', { cpu: 2.4, memory: 1 })],
      facts: { 1: facts(1, 60), 2: facts(2, 60) },
    });
  const policy = { localDisks: true, cpu: { high: 0.8, target: 0.7, ceiling: 0.85 } };

  it.each<[string, ClusterSnapshot, readonly string[]]>([
    ['take all disks of a plan', cluster(150, 150), ['1 a>b', '2 a>b']],
    ['are not filled twice: the next node takes the second', cluster(100, 100), ['1 a>b', '2 a>c']],
    ['are not limits where nobody knows their room', cluster(undefined), ['1 a>b', '2 a>b']],
    ['keep the second guest where no other has room', cluster(100, 20), ['1 a>b']],
    ['count what is under way', cluster(100, 20), []],
  ])('%s', (name, snapshot, expected) => {
    const under = name.includes('under way') ? aGuest(3, 'a', { cpu: 0.1, memory: 1 }) : undefined;
    const scene = {
      snapshot: {
        ...snapshot,
        guests: [...snapshot.guests, ...(under === undefined ? [] : [under])],
        facts: { ...snapshot.facts, 3: facts(3, 50) },
      },
      inFlight: under === undefined ? [] : [aMigration(3, 'a', 'b')],
      policy,
    };
    const { plan, explain } = decideOn(scene);
    expect(moves(plan)).toEqual(expected);
    if (expected.length === 2) return;
    expect(codesOf(plan, 2)).toEqual(['no-room']);
    const left = under === undefined ? 40 : 50;
    expect(explain(2).targets[0]).toMatchObject({
      code: 'no-room',
      detail: `b has no room for the disks of guest-2: storage zfs has ${left} GiB left there after the steps before, and they need 60 GiB.`,
    });
  });

  it('count for rules and for maintenance, too', () => {
    const { nodes, ...rest } = cluster(100, 20);
    const drained = nodes.map((node) => (node.name === 'a' ? { ...node, maintenance: true } : node));
    expect(moves(decideOn({ snapshot: { ...rest, nodes: drained }, policy }).plan)).toEqual(['1 a>b']);
    const rules = [pin(1, 'b'), pin(2, 'b')];
    expect(moves(decideOn({ snapshot: { ...rest, nodes }, rules, policy }).plan)).toEqual(['1 a>b']);
  });
});
