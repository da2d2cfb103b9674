import { GIB, type GuestFacts, MIB } from '@ballast/core';
import { aBalancePolicy, aGuest, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { migrationCost, project } from '../src/index.ts';

const policy = aBalancePolicy({ migrationBandwidth: 1024 * MIB });
const facts = (fields: Partial<GuestFacts>): GuestFacts => ({
  guest: 1,
  digest: '',
  localDiskBytes: 0,
  localResources: [],
  refusedNodes: {},
  ...fields,
});
const usage = { cpu: 1, memory: 16 * GIB };

describe('the cost of a migration', () => {
  it.each([
    ['a guest that writes nothing crosses once', 0, { bytes: 16 * GIB, duration: 16_000, downtime: 0 }],
    // l = 1/2: 16 s, then halves until 0.0625 s are left: n = 8.
    [
      'each round copies what the one before left',
      512 * MIB,
      { bytes: 16 * GIB * (2 - 2 ** -8), duration: 16_000 * (2 - 2 ** -8), downtime: 62.5 },
    ],
  ])('%s', (_, dirtyRate, expected) => {
    const cost = migrationCost(aGuest(1, 'a'), usage, facts({ dirtyRate }), policy);
    expect(cost.bytes).toBeCloseTo(expected.bytes, 0);
    expect(cost.duration).toBeCloseTo(expected.duration, 6);
    expect(cost.downtime).toBeCloseTo(expected.downtime, 6);
  });

  it('assumes a dirty rate by busy cores where none is known', () => {
    const known = facts({ dirtyRate: 3 * policy.dirtyRatePerCore });
    expect(migrationCost(aGuest(1, 'a'), { ...usage, cpu: 3 }, undefined, policy)).toEqual(
      migrationCost(aGuest(1, 'a'), { ...usage, cpu: 3 }, known, policy),
    );
  });

  it('copies local disks along', () => {
    const cost = migrationCost(aGuest(1, 'a'), usage, facts({ dirtyRate: 0, localDiskBytes: 4 * GIB }), policy);
    expect(cost).toMatchObject({ bytes: 20 * GIB, duration: 20_000, downtime: 0 });
  });

  it.each([
    ['a node with a replica of them', 'b', 16 * GIB + 0.02 * 4 * GIB],
    ['a node without', 'c', 20 * GIB],
    ['a node that is not known yet', undefined, 20 * GIB],
  ])('of replicated disks sends what is new alone: %s', (_, to, bytes) => {
    const known = facts({ dirtyRate: 0, localDiskBytes: 4 * GIB, replicas: ['b'] });
    expect(migrationCost(aGuest(1, 'a'), usage, known, policy, to).bytes).toBeCloseTo(bytes, 0);
  });

  it('a container stands still all the while', () => {
    const cost = migrationCost(aGuest(1, 'a', {}, { kind: 'lxc' }), usage, facts({ localDiskBytes: 2 * GIB }), policy);
    expect(cost).toEqual({ bytes: 2 * GIB, duration: 12_000, downtime: 12_000, disks: 2 * GIB });
  });

  it('grows with memory and with the dirty rate', () => {
    const durations = [0, 100, 400, 700].map(
      (mib) => migrationCost(aGuest(1, 'a'), usage, facts({ dirtyRate: mib * MIB }), policy).duration,
    );
    expect(durations).toEqual(durations.toSorted((a, b) => a - b));
    expect(new Set(durations).size).toBe(4);
  });

  it('is a number for an idle guest, and for one whose writes would never end', () => {
    for (const dirtyRate of [0, 100 * GIB]) {
      for (const memory of [0, 64 * GIB]) {
        const cost = migrationCost(aGuest(1, 'a'), { cpu: 0, memory }, facts({ dirtyRate }), policy);
        expect(Object.values(cost).every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      }
    }
  });
});

describe('projecting', () => {
  const snapshot = aSnapshot({
    nodes: [aNode('a', { cpu: 0.5 }), aNode('b', { cpu: 0.25 })],
    guests: [aGuest(1, 'a', { cpu: 4, memory: 8 })],
  });

  it('moves guests, and their usage with them', () => {
    const after = project(snapshot, [{ guest: 1, from: 'a', to: 'b' }]);
    expect(after.guests[0]?.node).toBe('b');
    expect(after.nodes.map((node) => node.usage.cpu)).toEqual([4, 8]);
    expect(project(after, [{ guest: 1, from: 'b', to: 'a' }])).toEqual(snapshot);
  });

  it.each([
    ['starts elsewhere', { guest: 1, from: 'b', to: 'a' }],
    ['names no guest', { guest: 9, from: 'a', to: 'b' }],
    ['leads to no node', { guest: 1, from: 'a', to: 'z' }],
    ['leads nowhere', { guest: 1, from: 'a', to: 'a' }],
  ])('leaves out a step that %s', (_, step) => {
    expect(project(snapshot, [step])).toEqual(snapshot);
  });
});
