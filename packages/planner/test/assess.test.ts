import {
  EMPTY_HISTORY,
  GIB,
  type Guest,
  type GuestFacts,
  type History,
  type MoveRecord,
  type Rule,
} from '@ballast/core';
import { aGuest, aNode, aSnapshot, T0 } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { assess } from '../src/index.ts';
import { aMove, decideOn, ignore, policyOf, type Scene } from './stage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the class of a node', () => {
  const classAt = (load: { cpu?: number; memory?: number }, roundsOver: number, sustain = 3): string | undefined => {
    const node = aNode('a', load);
    const smoothed = { cpu: load.cpu ?? 0.3, memory: load.memory ?? 0.3 };
    const history: History = { ...EMPTY_HISTORY, nodes: { a: { smoothed, roundsOver } } };
    const policy = policyOf({ snapshot: aSnapshot(), policy: { sustain } });
    const snapshot = aSnapshot({ nodes: [node] });
    return assess({ snapshot, history, policy, rules: [], now: T0, moving: [] }).nodes[0]?.class;
  };

  it.each([
    ['hot for long enough', { cpu: 0.81 }, 3, 'over'],
    ['hot for longer', { cpu: 0.95 }, 9, 'over'],
    ['hot, but not for long enough', { cpu: 0.95 }, 2, 'appropriate'],
    ['hot by memory alone', { memory: 0.86 }, 3, 'over'],
    ['at high exactly', { cpu: 0.8 }, 3, 'appropriate'],
    ['between target and high: relief has ended there', { cpu: 0.75 }, 0, 'appropriate'],
    ['cold on every resource', { cpu: 0.39, memory: 0.39 }, 0, 'under'],
    ['cold on one resource', { cpu: 0.1, memory: 0.5 }, 0, 'appropriate'],
  ] as const)('%s', (_, load, rounds, expected) => {
    expect(classAt(load, rounds)).toBe(expected);
  });

  it('reckons with smoothed usage, and names what is hot', () => {
    const history: History = { ...EMPTY_HISTORY, nodes: { a: { smoothed: { cpu: 0.9, memory: 0.5 }, roundsOver: 1 } } };
    const snapshot = aSnapshot({ nodes: [aNode('a', { cpu: 0.2 })] });
    const [node] = assess({ snapshot, history, policy: policyOf({ snapshot }), rules: [], now: T0, moving: [] }).nodes;
    expect(node).toMatchObject({ usage: { cpu: 14.4, memory: 32 * GIB }, hot: ['cpu'], roundsOver: 1 });
  });

  it.each([
    ['offline', { status: 'offline' as const }],
    ['in maintenance', { maintenance: true }],
  ])('a node %s is no good target', (_, fields) => {
    const { assessment } = decideOn({
      snapshot: aSnapshot({ nodes: [aNode('a', { cpu: 0.1, memory: 0.1 }, fields)] }),
    });
    expect(assessment.nodes[0]?.class).toBe('appropriate');
  });

  it('a node without capacity has no load and no class of its own', () => {
    const node = aNode('a', {}, { capacity: { cpu: 0, memory: 0 }, usage: { cpu: 4, memory: 4 } });
    const [assessed] = decideOn({ snapshot: aSnapshot({ nodes: [node] }) }).assessment.nodes;
    expect(assessed).toMatchObject({ utilization: { cpu: 0, memory: 0 }, usage: { cpu: 0, memory: 0 }, hot: [] });
  });
});

describe('pressure', () => {
  const pressureOf = (node: ReturnType<typeof aNode>): number | undefined =>
    decideOn({ snapshot: aSnapshot({ nodes: [node] }) }).assessment.nodes[0]?.pressure;
  const psi = { cpuSome: 0.1, memorySome: 0, memoryFull: 0, ioSome: 0.6, ioFull: 0.2 };

  it.each([
    ['is what the host reports', aNode('a', { cpu: 0.99 }, { pressure: psi }), 0.2],
    ['never leaves 0..1', aNode('a', {}, { pressure: { ...psi, cpuSome: 7 } }), 1],
    ['is none below low', aNode('a', { cpu: 0.4 }), 0],
    ['grows slowly at first', aNode('a', { cpu: 0.7 }), 0.25],
    ['is full at saturation', aNode('a', { cpu: 1.2 }), 1],
    ['comes from scarce memory, too', aNode('a', { memory: 0.925 }), 0.5],
  ])('%s', (_, node, expected) => {
    expect(pressureOf(node)).toBeCloseTo(expected);
  });
});

describe('the usage of a guest', () => {
  const past: History = {
    ...EMPTY_HISTORY,
    guests: { 1: { smoothed: { cpu: 2, memory: GIB }, samples: 9, node: 'a' } },
  };
  const usageOf = (guest: Guest): unknown => {
    const snapshot = aSnapshot({ nodes: [aNode('a')], guests: [guest] });
    const policy = policyOf({ snapshot });
    return assess({ snapshot, history: past, policy, rules: [], now: T0, moving: [] }).guests[0]?.usage;
  };

  it('is smoothed while it runs, and what is seen while it does not', () => {
    expect(usageOf(aGuest(1, 'a', { cpu: 9 }))).toEqual({ cpu: 2, memory: GIB });
    expect(usageOf(aGuest(1, 'a', { cpu: 0, memory: 3 }, { status: 'paused' }))).toEqual({ cpu: 0, memory: 3 * GIB });
  });

  it('is a number', () => {
    expect(usageOf(aGuest(2, 'a', {}, { usage: { cpu: Number.NaN, memory: -4 } }))).toEqual({ cpu: 0, memory: 0 });
  });
});

const facts = (fields: Partial<GuestFacts>): Record<number, GuestFacts> => ({
  1: { guest: 1, digest: '', localDiskBytes: 0, localResources: [], refusedNodes: {}, ...fields },
});
const task = (type: string) => ({ id: 'UPID', node: 'a', type, guest: 1, startedAt: T0 });
const failed = (ago: number): MoveRecord => aMove(1, 'a', 'b', ago, { outcome: 'failed' });
const brought = (ago: number, kept: boolean): MoveRecord =>
  aMove(1, 'b', 'a', ago, { verified: { expected: { from: 0.2, to: 0.2 }, observed: { from: 0, to: 0.1 }, kept } });

interface Case {
  readonly guest?: Partial<Guest>;
  readonly scene?: Partial<Omit<Scene, 'snapshot'>> & { readonly snapshot?: Partial<Scene['snapshot']> };
  readonly rules?: readonly Rule[];
}

const blocked: readonly (readonly [code: string, detail: RegExp, Case])[] = [
  ['not-running', /is stopped/, { guest: { status: 'stopped' } }],
  ['not-running', /is paused/, { guest: { status: 'paused' } }],
  ['not-running', /unknown state/, { guest: { status: 'unknown' } }],
  ['template', /is a template/, { guest: { template: true } }],
  ['locked', /locked \(backup\)/, { guest: { lock: 'backup' } }],
  ['locked', /task works on guest-1 now \(vzdump\)/, { scene: { snapshot: { tasks: [task('vzdump')] } } }],
  ['moving', /lock migrate/, { guest: { lock: 'migrate' } }],
  ['moving', /task qmigrate/, { scene: { snapshot: { tasks: [task('qmigrate')] } } }],
  ['ignored', /never moved \(tag rule\)/, { rules: [ignore(1)] }],
  ['container', /balance\.containers/, { guest: { kind: 'lxc' } }],
  [
    'native-balancer',
    /ha-auto-rebalance\) and left to it \(balance\.coexistence: cede\)/,
    { scene: { snapshot: { nativeBalancer: { active: true, guests: [1] } } } },
  ],
  ['ha-state', /state error, not started/, { guest: { haState: 'error' } }],
  ['refused', /no quorum/, { scene: { snapshot: { quorate: false } } }],
  [
    'source-offline',
    /on a, which is offline/,
    { scene: { snapshot: { nodes: [aNode('a', {}, { status: 'offline' })] } } },
  ],
  ['source-offline', /not in the cluster/, { scene: { snapshot: { nodes: [] } } }],
  ['local-disk', /32 GiB on local disks/, { scene: { snapshot: { facts: facts({ localDiskBytes: 32 * GIB }) } } }],
  [
    'local-resource',
    /devices of a \(hostpci0\)/,
    { scene: { snapshot: { facts: facts({ localResources: ['hostpci0'] }) } } },
  ],
  [
    'dirty-rate',
    /900 MiB\/s to its memory, 90 %/,
    { scene: { snapshot: { facts: facts({ dirtyRate: 900 * 2 ** 20 }) } } },
  ],
  ['dirty-rate', /assumed from 45 cores/, { guest: { usage: { cpu: 45, memory: GIB } } }],
  [
    'cool-down',
    /moved 1 time within a day: it rests for another 5 min/,
    { scene: { moves: [aMove(1, 'b', 'a', 10 * MINUTE)] } },
  ],
  [
    'cool-down',
    /moved 3 times .* another 10 min/,
    { scene: { moves: [5 * HOUR, 3 * HOUR, 50 * MINUTE].map((ago) => aMove(1, 'b', 'a', ago)) } },
  ],
  ['cool-down', /rests/, { scene: { moves: [aMove(1, 'b', 'a', MINUTE, { outcome: 'running' })] } }],
  [
    'failed-before',
    /to b, failed \(1 attempt in a row\): .* another 5 min/,
    { scene: { moves: [failed(10 * MINUTE)] } },
  ],
  [
    'failed-before',
    /2 attempts in a row\): .* another 10 min/,
    { scene: { moves: [failed(HOUR), failed(20 * MINUTE)] } },
  ],
  [
    'failed-before',
    /1 attempt in a row/,
    { scene: { moves: [aMove(1, 'b', 'a', 3 * HOUR, { startedAt: T0 + HOUR }), failed(10 * MINUTE)] } },
  ],
  [
    'failed-before',
    /last 2 migrations of guest-1 did not relieve the node it left as planned: .* another 4 h/,
    { scene: { moves: [brought(5 * HOUR, true), brought(3 * HOUR, false), brought(2 * HOUR, false)] } },
  ],
];

const free: readonly (readonly [string, Case])[] = [
  ['a running guest', {}],
  ['someone looks at its console', { scene: { snapshot: { tasks: [task('vncproxy')] } } }],
  ['HA has started it', { guest: { haState: 'started' } }],
  [
    'the native balancer is on, and Ballast does not cede to it',
    {
      scene: {
        policy: { coexistence: 'exclusive' },
        snapshot: { nativeBalancer: { active: true, guests: [1] } },
      },
    },
  ],
  ['the native balancer is off', { scene: { snapshot: { nativeBalancer: { active: false, guests: [1] } } } }],
  ['containers may restart', { guest: { kind: 'lxc' }, scene: { policy: { containers: true } } }],
  [
    'local disks may be copied',
    { scene: { policy: { localDisks: true }, snapshot: { facts: facts({ localDiskBytes: 1 }) } } },
  ],
  ['its rest has passed', { scene: { moves: [aMove(1, 'b', 'a', 15 * MINUTE)] } }],
  [
    'moves of the day before do not lengthen its rest',
    { scene: { moves: [26 * HOUR, 16 * MINUTE].map((ago) => aMove(1, 'b', 'a', ago)) } },
  ],
  ['one move that brought nothing', { scene: { moves: [brought(2 * HOUR, false)] } }],
  ['moves that brought nothing, long ago', { scene: { moves: [brought(9 * HOUR, false), brought(7 * HOUR, false)] } }],
  [
    'moves that brought nothing, before one that did',
    { scene: { moves: [brought(4 * HOUR, false), brought(3 * HOUR, false), brought(2 * HOUR, true)] } },
  ],
  ['a failed attempt begins no rest', { scene: { moves: [failed(16 * MINUTE)] } }],
  [
    'a success after a failure',
    { scene: { moves: [{ ...failed(20 * MINUTE), task: 'UPID' }, aMove(1, 'b', 'a', 16 * MINUTE)] } },
  ],
  ['a move that did not come about', { scene: { moves: [aMove(1, 'a', 'b', MINUTE, { outcome: 'running' })] } }],
];

function blockersOf({ guest, scene, rules = [] }: Case): readonly { code: string; detail: string }[] {
  const snapshot = aSnapshot({
    nodes: [aNode('a'), aNode('b')],
    ...scene?.snapshot,
    guests: [aGuest(1, 'a', {}, guest)],
  });
  const { assessment } = decideOn({ ...scene, snapshot, rules });
  return assessment.guests[0]?.blockers ?? [];
}

describe('blockers that hold wherever a guest would go', () => {
  it.each(blocked)('%s: %s', (code, detail, given) => {
    const found = blockersOf(given).find((blocker) => blocker.code === code);
    expect(found?.detail).toMatch(detail);
    expect(blockersOf(given)).toHaveLength(1);
  });

  it.each(free)('none: %s', (_, given) => {
    expect(blockersOf(given)).toEqual([]);
  });

  it('doubles the rest up to its maximum', () => {
    const moves = Array.from({ length: 12 }, (_, i) => aMove(1, 'b', 'a', (5 - i * 0.1) * HOUR));
    const [found] = blockersOf({ scene: { moves, policy: { coolDownMax: 4 * HOUR } } });
    expect(found?.detail).toMatch(/moved 12 times within a day: it rests for another 6 min/);
  });

  it('names a guest that is under way', () => {
    const snapshot = aSnapshot({ nodes: [aNode('a')], guests: [aGuest(1, 'a')] });
    const policy = policyOf({ snapshot });
    const { guests } = assess({ snapshot, history: EMPTY_HISTORY, policy, rules: [], now: T0, moving: [1] });
    expect(guests[0]?.blockers).toEqual([{ guest: 1, code: 'moving', detail: 'guest-1 is being migrated now.' }]);
  });
});
