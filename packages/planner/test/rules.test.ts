import { aGuest, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { project, violationsOf } from '../src/index.ts';
import { aMove, apart, apartBy, codesOf, decideOn, ignore, moves, near, pin, together } from './stage.ts';

const MINUTE = 60_000;
const hot = aNode('a', { cpu: 0.9 });
const calm = [aNode('a'), aNode('b'), aNode('c')];

describe('a rule that holds is kept by relief', () => {
  const nodes = [hot, aNode('b', { cpu: 0.1 }), aNode('c', { cpu: 0.3 })];
  const guests = [aGuest(1, 'a', { cpu: 3.5 }), aGuest(2, 'a', { cpu: 0.1 }), aGuest(3, 'b', { cpu: 0.1 })];
  const snapshot = aSnapshot({ nodes, guests });

  it.each([
    ['no rule', [], ['1 a>b']],
    ['pin', [pin(1, 'a', 'c')], ['1 a>c']],
    ['pin to where it is', [pin(1, 'a')], []],
    ['two pins leave what both allow', [pin(1, 'a', 'b', 'c'), pin(1, 'a', 'c')], ['1 a>c']],
    ['anti-affinity', [apart(1, 3)], ['1 a>c']],
    ['affinity moves the group', [together(1, 2)], ['1 a>b', '2 a>b']],
    ['affinity rules that share a guest are one group', [together(1, 2), together(2, 1)], ['1 a>b', '2 a>b']],
    ['ignore', [ignore(1)], []],
    ['a group with a member that may not move', [together(1, 2), ignore(2)], []],
    ['a group with a pinned member', [together(1, 2), pin(2, 'a', 'c')], ['1 a>c', '2 a>c']],
    ['a group with anti-affinity to a guest elsewhere', [together(1, 2), apart(2, 3)], ['1 a>c', '2 a>c']],
  ])('%s', (_, rules, expected) => {
    expect(moves(decideOn({ snapshot, rules }).plan)).toEqual(expected);
  });

  it.each([
    ['pinned', [pin(1, 'a')], 'guest-1 may run on a alone (tag rule).'],
    [
      'affinity',
      [together(1, 2), ignore(2)],
      'guest-1 belongs with guest-2 (tag rule), which may not move: guest-2 is never moved (tag rule).',
    ],
    ['ignored', [ignore(1)], 'guest-1 is never moved (tag rule).'],
  ])('and named as what holds the guest: %s', (code, rules, detail) => {
    const { plan } = decideOn({ snapshot, rules });
    expect(plan.blocked.find((blocker) => blocker.guest === 1)).toMatchObject({
      code,
      detail: expect.stringContaining(detail),
    });
  });

  it('names anti-affinity where it forbids every node', () => {
    const { plan } = decideOn({ snapshot: { ...snapshot, nodes: nodes.slice(0, 2) }, rules: [apart(1, 3)] });
    expect(plan.blocked.find((blocker) => blocker.guest === 1)).toMatchObject({
      code: 'anti-affinity',
      detail: expect.stringContaining('guest-1 may not share a node with guest-3 (tag rule), which is on b.'),
    });
  });

  it('a part of a group that is apart for good stays, or joins another part', () => {
    const parted = [
      aGuest(1, 'a', { cpu: 3.5 }),
      aGuest(2, 'c', { cpu: 0.1 }, { lock: 'backup' }),
      aGuest(3, 'b', { cpu: 0.1 }),
    ];
    const full = [hot, aNode('b', { cpu: 0.1 }), aNode('c', { cpu: 0.65 })];
    const scene = { snapshot: aSnapshot({ nodes: full, guests: parted }), rules: [together(1, 2)] };
    const { plan } = decideOn(scene);
    expect(moves(plan)).toEqual([]);
    expect(plan.blocked.find((blocker) => blocker.guest === 1)).toMatchObject({ code: 'no-room' });
    const locked = { ...scene, rules: [together(1, 2), apart(1, 2)] };
    expect(decideOn(locked).plan.steps).toEqual([]);
    const [b] = decideOn(scene).explain(1).targets;
    expect(b).toMatchObject({
      node: 'b',
      allowed: false,
      code: 'affinity',
      detail: 'guest-1 belongs with guest-2 on c (tag rule).',
    });
  });

  it('a group moves only if all of it fits into the plan', () => {
    expect(moves(decideOn({ snapshot, rules: [together(1, 2)], policy: { maxSteps: 1 } }).plan)).toEqual([]);
  });

  it('a group moves only where all of it has room', () => {
    const big = [aGuest(1, 'a', { cpu: 3.5 }), aGuest(2, 'a', { cpu: 3.5 }), aGuest(3, 'a', { cpu: 3.4 })];
    const tight = aSnapshot({ nodes: [hot, aNode('b', { cpu: 0.4 })], guests: big });
    expect(moves(decideOn({ snapshot: tight, rules: [together(1, 2)] }).plan)).toEqual(['3 a>b']);
  });

  it('guests that do not run hold nothing', () => {
    const stopped = { ...snapshot, guests: [...guests.slice(0, 2), aGuest(3, 'b', {}, { status: 'stopped' })] };
    expect(moves(decideOn({ snapshot: stopped, rules: [apart(1, 3)] }).plan)).toEqual(['1 a>b']);
  });
});

describe('a broken rule is mended with fewest moves', () => {
  const small = (id: number, node: string, memory = 1): ReturnType<typeof aGuest> =>
    aGuest(id, node, { cpu: 0.5, memory });

  it.each([
    ['a guest off its nodes', [small(1, 'a')], [pin(1, 'b')], ['1 a>b']],
    ['anti-affinity: one of two, the cheaper', [small(1, 'a', 8), small(2, 'a')], [apart(1, 2)], ['2 a>b']],
    [
      'anti-affinity: all but one',
      [small(1, 'a', 8), small(2, 'a'), small(3, 'a')],
      [apart(1, 2, 3)],
      ['2 a>b', '3 a>c'],
    ],
    ['anti-affinity: the one that may move', [small(1, 'a', 8), small(2, 'a')], [apart(1, 2), pin(2, 'a')], ['1 a>b']],
    [
      'anti-affinity: the one that breaks two rules, though another is cheaper',
      [small(1, 'a'), small(2, 'a', 8), small(3, 'a')],
      [apart(1, 2), apart(2, 3)],
      ['2 a>b'],
    ],
    ['affinity: to where most are', [small(1, 'a'), small(2, 'b'), small(3, 'b')], [together(1, 2, 3)], ['1 a>b']],
    ['affinity: the cheaper of two ways', [small(1, 'a', 8), small(2, 'b')], [together(1, 2)], ['2 b>a']],
    ['affinity: to where a pin wants it', [small(1, 'a'), small(2, 'b', 8)], [together(1, 2), pin(1, 'a')], ['2 b>a']],
    ['affinity and pin at once', [small(1, 'a'), small(2, 'a')], [together(1, 2), pin(1, 'c')], ['1 a>c', '2 a>c']],
    [
      'one member may not move: the others come',
      [small(1, 'a'), small(2, 'b'), small(3, 'b')],
      [together(1, 2, 3), ignore(1)],
      ['2 b>a', '3 b>a'],
    ],
  ])('%s', (_, guests, rules, expected) => {
    const { plan } = decideOn({ snapshot: aSnapshot({ nodes: calm, guests }), rules });
    expect(moves(plan)).toEqual(expected);
    expect(plan.steps.every((step) => step.reason === 'mend-rule')).toBe(true);
    expect(plan.steps.every((step) => step.why.length === 2 && step.why.every((line) => line.includes('.')))).toBe(
      true,
    );
  });

  it('of equal ways takes one that makes no node hot, though another is cheaper', () => {
    const sizes = [aGuest(1, 'a', { memory: 9 }), aGuest(2, 'b', { memory: 5 })];
    const hosts = [aNode('a', { memory: 0.8 }), aNode('b', { memory: 0.45 })];
    const { plan } = decideOn({ snapshot: aSnapshot({ nodes: hosts, guests: sizes }), rules: [together(1, 2)] });
    expect(moves(plan)).toEqual(['1 a>b']);
  });

  it('may fill a node up to its ceiling, and relieves it at once of others', () => {
    const nodes = [aNode('a'), aNode('b', { cpu: 0.76 }), aNode('c', { cpu: 0.1 })];
    const guests = [aGuest(1, 'a', { cpu: 1 }), aGuest(2, 'b', { cpu: 3 })];
    const { plan } = decideOn({ snapshot: aSnapshot({ nodes, guests }), rules: [pin(1, 'b')] });
    expect(moves(plan)).toEqual(['1 a>b', '2 b>c']);
    expect(plan.steps.map((step) => step.reason)).toEqual(['mend-rule', 'relieve-cpu']);
  });

  it.each([
    ['a pin', [aGuest(1, 'a', { cpu: 6 }), aGuest(2, 'b', { cpu: 4 })], [pin(1, 'b')], ['2 b>c', '1 a>b']],
    [
      'a group, which comes together with nothing in between',
      [aGuest(1, 'a', { cpu: 3 }), aGuest(2, 'b', { cpu: 4 }), aGuest(3, 'b'), aGuest(4, 'c', { cpu: 3 })],
      [together(1, 3, 4), pin(3, 'b')],
      ['2 b>c', '1 a>b', '4 c>b'],
    ],
    [
      'anti-affinity, of a guest that keeps it from the only other node',
      [aGuest(1, 'a'), aGuest(2, 'a'), aGuest(3, 'b')],
      [apart(1, 2), apart(2, 3), pin(1, 'a'), pin(2, 'a', 'b')],
      ['3 b>c', '2 a>b'],
    ],
  ])('is mended where guests of other nodes give way: %s', (_, guests, rules, expected) => {
    const nodes = [aNode('a', { cpu: 0.6 }), aNode('b', { cpu: 0.5 }), aNode('c', { cpu: 0.35 })];
    const { plan } = decideOn({ snapshot: aSnapshot({ nodes, guests }), rules });
    expect(moves(plan)).toEqual(expected);
    expect(plan.steps[0]).toMatchObject({ reason: 'make-room' });
    expect(plan.steps[0]?.why[0]).toMatch(/^guest-\d goes? so that b may take guest-[\d].*\.$/);
    expect(plan.steps.slice(1).every(({ reason }) => reason === 'mend-rule')).toBe(true);
  });

  it('stays broken where nothing can be done, and says why', () => {
    const nodes = [aNode('a'), aNode('b', { cpu: 0.84 })];
    const guests = [aGuest(1, 'a', { cpu: 1 }), aGuest(2, 'a'), aGuest(3, 'a')];
    const rules = [pin(1, 'b'), apart(2, 3), ignore(2, 3), pin(3, 'nowhere')];
    const { plan } = decideOn({ snapshot: aSnapshot({ nodes, guests }), rules, policy: { sustain: 9 } });
    expect(plan.steps).toEqual([]);
    expect([1, 2, 3].map((guest) => codesOf(plan, guest))).toEqual([['no-room'], ['ignored'], ['ignored']]);
    expect(plan.blocked[0]?.detail).toMatch(/CPU would stand at 90.3 %, above 85 %/);
  });

  it('all of a group or none: a member that cannot come keeps the others where they are', () => {
    const nodes = [aNode('a'), aNode('b', { memory: 0.85 }), aNode('c', { memory: 0.85 })];
    const guests = [
      aGuest(1, 'a', { memory: 8 }),
      aGuest(2, 'b', { memory: 1 }, { lock: 'backup' }),
      aGuest(3, 'c', { memory: 1 }),
    ];
    const { plan } = decideOn({
      snapshot: aSnapshot({ nodes, guests }),
      rules: [together(1, 2, 3)],
      policy: { sustain: 9 },
    });
    expect(plan.steps).toEqual([]);
  });

  it('rules that contradict each other move nothing', () => {
    const snapshot = aSnapshot({ nodes: calm, guests: [small(1, 'a'), small(2, 'a')] });
    expect(decideOn({ snapshot, rules: [together(1, 2), apart(1, 2)] }).plan.steps).toEqual([]);
    const split = aSnapshot({ nodes: calm, guests: [small(1, 'a'), small(2, 'b')] });
    expect(decideOn({ snapshot: split, rules: [together(1, 2), apart(1, 2)] }).plan.steps).toEqual([]);
    expect(decideOn({ snapshot: split, rules: [together(1, 2), pin(1, 'a'), pin(2, 'b')] }).plan.steps).toEqual([]);
  });

  it('does not wait for noReturn or a doubled rest, but for the shortest one', () => {
    const snapshot = aSnapshot({ nodes: calm, guests: [small(1, 'a')] });
    const rules = [pin(1, 'b')];
    const often = [3, 2, 1].map((hours) => aMove(1, 'b', 'a', hours * 60 * MINUTE));
    expect(moves(decideOn({ snapshot, rules, moves: [...often, aMove(1, 'b', 'a', 20 * MINUTE)] }).plan)).toEqual([
      '1 a>b',
    ]);
    const { plan } = decideOn({ snapshot, rules, moves: [aMove(1, 'b', 'a', 10 * MINUTE)] });
    expect(plan.steps).toEqual([]);
    expect(codesOf(plan, 1)).toEqual(['cool-down']);
  });

  it('ignores guests that are not there, and nodes that are unknown', () => {
    const snapshot = aSnapshot({ nodes: calm, guests: [small(1, 'a')] });
    expect(
      decideOn({ snapshot, rules: [together(1, 99), apart(1, 98), pin(97, 'b'), pin(1, 'a', 'z')] }).plan.steps,
    ).toEqual([]);
  });
});

describe('a node in maintenance', () => {
  const nodes = [aNode('a', {}, { maintenance: true }), aNode('b', { cpu: 0.2 }), aNode('c', { cpu: 0.5 })];

  it('is emptied, the largest guest first, whatever it moved before', () => {
    const guests = [aGuest(1, 'a', { cpu: 1 }), aGuest(2, 'a', { cpu: 4 })];
    const { plan } = decideOn({
      snapshot: aSnapshot({ nodes, guests }),
      moves: [aMove(1, 'b', 'a', MINUTE), aMove(1, 'c', 'a', 2 * MINUTE)],
    });
    expect(moves(plan)).toEqual(['2 a>b', '1 a>b']);
    expect(plan.steps[0]).toMatchObject({
      reason: 'maintenance',
      why: [
        'a is in maintenance: its guests go elsewhere.',
        expect.stringContaining('b has the most room of the 2 nodes'),
      ],
    });
  });

  it.each([
    [
      'small ones where they leave room for large ones',
      [aNode('b', { cpu: 3.5 / 16 }), aNode('c', { cpu: 3.5 / 16 })],
      [5, 5, 4, 3, 3].map((cpu, i) => aGuest(i + 1, 'a', { cpu })),
      [],
    ],
    [
      'those with one target before those with two',
      [aNode('b', { cpu: 0.3 }), aNode('c', { cpu: 0.4 })],
      [aGuest(1, 'a', { cpu: 5 }), aGuest(2, 'a', { cpu: 4.5 }), aGuest(3, 'c', { cpu: 1 })],
      [apart(2, 3)],
    ],
    [
      'while a guest of another node gives way to a large one',
      [aNode('b', { cpu: 0.5 }), aNode('c', { cpu: 0.4 })],
      [aGuest(1, 'a', { cpu: 9 }), aGuest(2, 'b', { cpu: 5 })],
      [],
    ],
  ])('is emptied of all: %s', (_, others, guests, rules) => {
    const snapshot = aSnapshot({ nodes: [aNode('a', {}, { maintenance: true }), ...others], guests });
    const { plan } = decideOn({ snapshot, rules });
    expect(plan.after.find(({ node }) => node === 'a')?.guests).toBe(0);
    expect(plan.unresolved.map(({ node }) => node)).not.toContain('a');
  });

  it('is emptied towards replicas, though another node has more room', () => {
    const facts = { guest: 1, digest: '', localDiskBytes: 1, localResources: [], refusedNodes: {}, replicas: ['c'] };
    const snapshot = aSnapshot({ nodes, guests: [aGuest(1, 'a'), aGuest(2, 'a')], facts: { 1: facts } });
    const { plan } = decideOn({ snapshot, policy: { localDisks: true } });
    expect(moves(plan).toSorted()).toEqual(['1 a>c', '2 a>b']);
  });

  it('leaves guests of the HA manager to it, and is not stuck for them', () => {
    const guests = [aGuest(1, 'a', {}, { haState: 'started' }), aGuest(2, 'a', {}, { haState: 'ignored' })];
    const { plan } = decideOn({ snapshot: aSnapshot({ nodes, guests }) });
    expect(moves(plan)).toEqual(['2 a>b']);
    expect(plan.blocked).toMatchObject([
      { guest: 1, code: 'ha-state', detail: 'guest-1 is managed by HA, which takes it off a itself.' },
    ]);
    expect(plan.unresolved).toEqual([]);
  });

  it('says which guests it keeps', () => {
    const guests = [aGuest(1, 'a', {}, { kind: 'lxc' }), aGuest(2, 'a', { cpu: 14 })];
    const { plan } = decideOn({ snapshot: aSnapshot({ nodes, guests }) });
    expect(plan.steps).toEqual([]);
    expect(plan.unresolved).toEqual([
      {
        node: 'a',
        detail:
          'a is in maintenance and keeps 2 guests: of its 2 guests none can help (1 container and 1 without room elsewhere).',
      },
    ]);
  });

  it('keeps a group together, and joins the parts of one that was apart', () => {
    const whole = [aGuest(1, 'a', { cpu: 0.5 }), aGuest(2, 'a', { cpu: 0.5 })];
    expect(moves(decideOn({ snapshot: aSnapshot({ nodes, guests: whole }), rules: [together(1, 2)] }).plan)).toEqual([
      '1 a>b',
      '2 a>b',
    ]);
    const split = [aGuest(1, 'a', { cpu: 0.5 }), aGuest(2, 'c', { cpu: 0.5 }, { lock: 'backup' })];
    expect(moves(decideOn({ snapshot: aSnapshot({ nodes, guests: split }), rules: [together(1, 2)] }).plan)).toEqual([
      '1 a>c',
    ]);
  });

  it('does nothing for one that is offline', () => {
    const off = [aNode('a', {}, { maintenance: true, status: 'offline' }), aNode('b')];
    expect(decideOn({ snapshot: aSnapshot({ nodes: off, guests: [aGuest(1, 'a')] }) }).plan).toMatchObject({
      steps: [],
      unresolved: [],
    });
  });
});

describe('rules by a label of the nodes', () => {
  const racks = [{ rack: 'x' }, { rack: 'x' }, { rack: 'y' }, { rack: 'y' }, {}];
  const nodesAt = (...cpu: number[]): ReturnType<typeof aNode>[] =>
    cpu.map((load, i) => aNode('abcde'[i] ?? '', { cpu: load }, { labels: racks[i] ?? {} }));
  const one = aGuest(1, 'a', { cpu: 3.5 });
  const small = (id: number, node: string): ReturnType<typeof aGuest> => aGuest(id, node, { cpu: 0.1, memory: 1 });

  it.each([
    ['anti-affinity: not to the rack of the other', [one, small(2, 'c')], [apartBy('rack', 1, 2)], ['1 a>b']],
    ['affinity: within the rack', [one, small(2, 'b')], [near('rack', 1, 2)], ['1 a>b']],
    [
      'affinity of a group that comes along: anywhere',
      [one, small(2, 'a')],
      [near('rack', 1, 2), together(1, 2)],
      ['1 a>d', '2 a>d'],
    ],
    ['a node without the label is a place of its own', [one, small(2, 'e')], [apartBy('rack', 1, 2)], ['1 a>d']],
    ['a label that no node has: as by node', [one, small(2, 'd')], [apartBy('room', 1, 2)], ['1 a>c']],
  ])('are kept by relief: %s', (_, guests, rules, expected) => {
    const snapshot = aSnapshot({ nodes: nodesAt(0.9, 0.4, 0.3, 0.1, 0.6), guests });
    expect(moves(decideOn({ snapshot, rules }).plan)).toEqual(expected);
  });

  it.each([
    ['two in one rack, on different nodes', [small(1, 'a'), small(2, 'b')], [apartBy('rack', 1, 2)], ['1 a>d']],
    [
      'apart from their rack, to where most are',
      [small(1, 'a'), small(2, 'c'), small(3, 'd')],
      [near('rack', 1, 2, 3)],
      ['1 a>d'],
    ],
    [
      'each to a node of its own there',
      [small(1, 'a'), small(2, 'e'), small(3, 'c'), small(4, 'c'), small(5, 'c')],
      [near('rack', 1, 2, 3, 4, 5), apart(1, 2)],
      ['1 a>d', '2 e>c'],
    ],
    [
      'not where one of them may not follow',
      [small(1, 'a'), small(2, 'c')],
      [near('rack', 1, 2), pin(1, 'a')],
      ['2 c>b'],
    ],
  ])('are mended with the fewest moves: %s', (_, guests, rules, expected) => {
    const snapshot = aSnapshot({ nodes: nodesAt(0.4, 0.3, 0.3, 0.2, 0.6), guests });
    const decided = decideOn({ snapshot, rules });
    expect(moves(decided.plan)).toEqual(expected);
    expect(violationsOf(snapshot, rules)).toHaveLength(1);
    expect(violationsOf(project(snapshot, decided.plan.steps), rules)).toEqual([]);
  });

  it('explain what keeps a guest from a node', () => {
    const snapshot = aSnapshot({ nodes: nodesAt(0.9, 0.4, 0.3, 0.1), guests: [one, small(2, 'b'), small(3, 'c')] });
    const { explain } = decideOn({ snapshot, rules: [near('rack', 1, 2), apartBy('rack', 1, 3)] });
    const { targets } = explain(1);
    expect(targets.map(({ node, code }) => [node, code])).toEqual([
      ['b', undefined],
      ['c', 'affinity'],
      ['d', 'affinity'],
    ]);
    expect(targets[2]?.detail).toBe('guest-1 belongs in one rack with guest-2 on b (tag rule), and d is in another.');
    const apartOnly = decideOn({ snapshot, rules: [apartBy('rack', 1, 3)] }).explain(1).targets;
    expect(apartOnly[2]?.detail).toBe('guest-1 may not share a rack with guest-3 (tag rule), which is on c.');
  });

  it('say why a guest stays that they hold', () => {
    const snapshot = aSnapshot({ nodes: nodesAt(0.9, 0.75), guests: [one, small(2, 'b')] });
    const far = aSnapshot({ ...snapshot, nodes: [...snapshot.nodes, ...nodesAt(0, 0, 0.1).slice(2)] });
    const { plan } = decideOn({ snapshot: far, rules: [near('rack', 1, 2)] });
    expect([moves(plan), codesOf(plan, 1)]).toEqual([[], ['no-room']]);
    const single = aSnapshot({ nodes: [far.nodes[0] ?? hot, far.nodes[2] ?? hot], guests: [one, small(2, 'a')] });
    expect(codesOf(decideOn({ snapshot: single, rules: [near('rack', 1, 2)] }).plan, 1)).toEqual(['affinity']);
  });
});
