import { describe, expect, it } from 'vitest';
import {
  changeGuest,
  changeNode,
  demoWorld,
  guestOf,
  type HaRule,
  nodeDown,
  step,
  type World,
  withMaintenance,
} from '../../src/index.ts';
import { imbalanceOf } from '../../src/world/ha-balancer.ts';

const HA = { state: 'started', crm: 'started', maxRestart: 1, maxRelocate: 1, failback: true } as const;
const MINUTE = 60_000;

/** The demo's shop with guests under the HA manager. */
function shop(ids: readonly number[], more: Partial<World> = {}): World {
  const world = ids.reduce((next, id) => changeGuest(next, id, (guest) => ({ ...guest, ha: HA })), demoWorld(1));
  return { ...world, ...more };
}

const placeOf = (world: World, id: number): string | undefined => guestOf(world, id)?.node;
const crmOf = (world: World, id: number): string | undefined => guestOf(world, id)?.ha?.crm;

describe('a round of the HA manager', () => {
  it('starts what is to run, and stops what is not', () => {
    let world = changeGuest(shop([101]), 101, (guest) => ({ ...guest, status: 'stopped' }));
    world = step(world, MINUTE);
    expect(guestOf(world, 101)?.status).toBe('running');
    expect(world.tasks.map(({ type, user }) => [type, user])).toEqual([['qmstart', 'root@pam']]);
    world = step(
      changeGuest(world, 101, (guest) => ({ ...guest, ha: { ...HA, state: 'stopped' } })),
      MINUTE,
    );
    expect([guestOf(world, 101)?.status, crmOf(world, 101)]).toEqual(['stopped', 'stopped']);
  });

  it('empties a node in maintenance, and brings its services back', () => {
    const away = step(withMaintenance(shop([101, 102]), 'pve1', true), 2 * MINUTE);
    expect([101, 102, 103].map((id) => placeOf(away, id))).toEqual([
      expect.not.stringMatching('pve1'),
      expect.not.stringMatching('pve1'),
      'pve1',
    ]);
    expect(away.tasks.map(({ type, user }) => [type, user])).toEqual([
      ['qmigrate', 'root@pam'],
      ['qmigrate', 'root@pam'],
    ]);
    const back = step(withMaintenance(away, 'pve1', false), 2 * MINUTE);
    expect([101, 102].map((id) => placeOf(back, id))).toEqual(['pve1', 'pve1']);
  });

  it('fences a node that is gone, and starts its services elsewhere after two minutes', () => {
    const gone = nodeDown(shop([101]), 'pve1');
    const fenced = step(gone, 90_000);
    expect([placeOf(fenced, 101), crmOf(fenced, 101)]).toEqual(['pve1', 'fence']);
    const recovered = step(fenced, 2 * MINUTE);
    expect(placeOf(recovered, 101)).not.toBe('pve1');
    expect([guestOf(recovered, 101)?.status, crmOf(recovered, 101)]).toEqual(['running', 'started']);
    // What it does not look after stays where it was.
    expect(placeOf(recovered, 102)).toBe('pve1');
  });

  it.each<{ name: string; rule: HaRule; id: number; place: string }>([
    {
      name: 'a strict rule of nodes',
      rule: { rule: 'r', type: 'node-affinity', guests: [101], nodes: { pve3: 0 }, strict: true, disabled: false },
      id: 101,
      place: 'pve3',
    },
    {
      name: 'priorities, with failback',
      rule: {
        rule: 'r',
        type: 'node-affinity',
        guests: [101],
        nodes: { pve1: 1, pve2: 5 },
        strict: false,
        disabled: false,
      },
      id: 101,
      place: 'pve2',
    },
    {
      name: 'no rule that is off',
      rule: { rule: 'r', type: 'node-affinity', guests: [101], nodes: { pve3: 0 }, strict: true, disabled: true },
      id: 101,
      place: 'pve1',
    },
    {
      name: 'what is to be apart',
      rule: { rule: 'r', type: 'resource-affinity', affinity: 'negative', guests: [101, 102], disabled: false },
      id: 101,
      place: 'pve3',
    },
    {
      name: 'what is to be together',
      rule: { rule: 'r', type: 'resource-affinity', affinity: 'positive', guests: [101, 105], disabled: false },
      id: 105,
      place: 'pve1',
    },
  ])('keeps $name', ({ rule, id, place }) => {
    const world = step(shop([101, 102, 105], { rules: [rule] }), 2 * MINUTE);
    expect(placeOf(world, id)).toBe(place);
  });

  it('keeps the groups of Proxmox VE 8', () => {
    const groups = [{ group: 'right', nodes: { pve3: 0 }, restricted: true, nofailback: false }];
    const world = changeGuest(shop([101], { version: '8.4.14', groups }), 101, (guest) => ({
      ...guest,
      ha: { ...HA, group: 'right' },
    }));
    expect(placeOf(step(world, 2 * MINUTE), 101)).toBe('pve3');
  });

  it.each([
    ['without quorum', { quorate: false }],
    ['disarmed', { armed: 'freeze' }],
  ] as const)('does nothing %s', (_, more) => {
    const world = step(withMaintenance(shop([101], more), 'pve1', true), 2 * MINUTE);
    expect([placeOf(world, 101), world.tasks]).toEqual(['pve1', []]);
  });
});

describe('the native balancer', () => {
  const ON = { ha: 'dynamic', 'ha-auto-rebalance': 1, 'ha-auto-rebalance-threshold': 15 } as const;
  const ALL = demoWorld(1).guests.map(({ id }) => id);
  const moves = (world: World): readonly string[] => world.tasks.map(({ type, id }) => `${type} ${id}`);

  it.each<{ loads: readonly number[]; imbalance: number }>([
    { loads: [], imbalance: 0 },
    { loads: [0.7], imbalance: 0 },
    { loads: [0, 0, 0], imbalance: 0 },
    { loads: [0.5, 0.5, 0.5], imbalance: 0 },
    { loads: [1, 0], imbalance: 1 },
    { loads: [1, 0, 0, 0], imbalance: 1 },
    { loads: [0.9, 0.3], imbalance: 0.5 },
  ])('finds an imbalance of $imbalance in $loads', ({ loads, imbalance }) => {
    expect(imbalanceOf(loads)).toBeCloseTo(imbalance, 12);
  });

  it.each(['bruteforce', 'topsis'])('makes one move at a time after three rounds of imbalance, by %s', (method) => {
    const world = shop(ALL, { crs: { ...ON, 'ha-auto-rebalance-method': method } });
    expect(moves(step(world, 20_000))).toEqual([]);
    const first = step(world, 30_000);
    expect(moves(first)).toHaveLength(1);
    expect(placeOf(first, Number(first.migrations[0]?.guest))).toBe('pve1');
    const loads = (now: World): readonly number[] =>
      now.nodes.map((node) => (node.activity.granted / node.cores + node.activity.memoryUsed / node.memory) / 2);
    const settled = step(first, 5 * MINUTE);
    expect(imbalanceOf(loads(settled))).toBeLessThan(imbalanceOf(loads(world)));
    expect(imbalanceOf(loads(settled))).toBeLessThan(0.15);
  });

  it.each<{ name: string; more: Partial<World> }>([
    { name: 'while it is off', more: { crs: { ha: 'dynamic' } } },
    { name: 'with static scheduling', more: { crs: { ...ON, ha: 'static' } } },
    { name: 'below the threshold', more: { crs: { ...ON, 'ha-auto-rebalance-threshold': 90 } } },
    { name: 'below an older threshold, a fraction', more: { crs: { ...ON, 'ha-auto-rebalance-threshold': 0.9 } } },
    { name: 'for too small a gain', more: { crs: { ...ON, 'ha-auto-rebalance-margin': 99 } } },
    { name: 'when it must hold for long', more: { crs: { ...ON, 'ha-auto-rebalance-hold-duration': 30 } } },
  ])('moves nothing $name', ({ more }) => {
    expect(moves(step(shop(ALL, more), 2 * MINUTE))).toEqual([]);
  });

  it('leaves alone what is not under the HA manager, and what a rule holds', () => {
    expect(moves(step(shop([], { crs: ON }), 5 * MINUTE))).toEqual([]);
    const rule: HaRule = {
      rule: 'pin',
      type: 'node-affinity',
      guests: [101, 102, 103, 104],
      nodes: { pve1: 0 },
      strict: true,
      disabled: false,
    };
    const world = step(shop([101, 102, 103, 104], { crs: ON, rules: [rule] }), 5 * MINUTE);
    expect(moves(world)).toEqual([]);
  });

  it('comes to the same however time is cut', () => {
    const world = shop(ALL, { crs: ON });
    let cut = world;
    for (let passed = 0; passed < 3 * MINUTE; passed += 1700) cut = step(cut, Math.min(1700, 3 * MINUTE - passed));
    expect(moves(cut)).toEqual(moves(step(world, 3 * MINUTE)));
  });

  it('moves nothing to a node in maintenance', () => {
    const world = changeNode(shop(ALL, { crs: ON }), 'pve2', (node) => ({ ...node, maintenance: true }));
    const places = step(world, 5 * MINUTE).guests.map(({ node }) => node);
    expect(places).not.toContain('pve2');
  });
});
