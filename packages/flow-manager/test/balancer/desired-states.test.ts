import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DesiredStates } from '../../src/balancer/desired-states.ts';
import {
  EMPTY_REGISTRY,
  endpointOf,
  putPlace,
  putService,
  putWeights,
  type RegistryState,
  removeService,
  slotsOfGroup,
} from '../../src/index.ts';
import { aMember, aVirtualService, somePlacements } from '../services/builders.ts';

const GUESTS = [101, 102, 103, 104];

function aRegistry(members = [aMember(1), aMember(2), aMember(3), aMember(4)]): RegistryState {
  const placed = somePlacements.reduce(
    (state, { address, mac, at }) => putPlace(state, { type: 'told', address, mac, ...(at !== undefined && { at }) }),
    EMPTY_REGISTRY,
  );
  return putService(placed, {
    ...aVirtualService(),
    members,
  });
}

function weighted(state: RegistryState, weights: readonly number[]): RegistryState {
  return putWeights(state, 'shop', { members: GUESTS.map((guest, i) => ({ guest, weight: weights[i] ?? 0 })) });
}

const attended = { now: 0, linger: 1_000, attended: true };
const alone = { ...attended, attended: false };

function slotsIn(states: DesiredStates): readonly (string | undefined)[] {
  const group = states.of(1n)?.groups[0];
  return group === undefined ? [] : slotsOfGroup(aVirtualService(), group);
}

const differing = (a: readonly unknown[], b: readonly unknown[]): number => a.filter((slot, i) => slot !== b[i]).length;

test('who takes over goes on from the table that a switch carries: no slot changes hands', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), {
        minLength: 1,
        maxLength: 5,
      }),
      (history) => {
        let state = aRegistry();
        const first = new DesiredStates(state, []);
        first.update(state, attended);
        for (const weights of history) {
          state = weighted(state, weights);
          first.update(state, attended);
        }
        const second = new DesiredStates(state, []);
        second.update(state, alone);
        second.adopt(first.of(1n)?.groups ?? []);
        second.update(state, attended);
        expect(slotsIn(second)).toEqual(slotsIn(first));
      },
    ),
    { numRuns: 30 },
  );
});

test('a switch that comes later, with an older table, decides nothing any more', () => {
  const before = aRegistry();
  const old = new DesiredStates(before, []);
  old.update(weighted(before, [1, 0.1, 0.1, 0.1]), attended);
  const states = new DesiredStates(before, []);
  states.update(before, attended);
  const changed = weighted(before, [0.9, 1, 1, 1]);
  states.update(changed, attended);
  const own = slotsIn(states);
  states.adopt(old.of(1n)?.groups ?? []);
  states.update(changed, attended);
  expect(slotsIn(states)).toEqual(own);
});

test('who has led before looks again: another has changed the table since', () => {
  const state = aRegistry();
  const states = new DesiredStates(state, []);
  states.update(weighted(state, [1, 0.2, 0.2, 0.2]), attended);
  const other = new DesiredStates(state, []);
  for (const weights of [
    [0.2, 1, 0.2, 0.2],
    [0.2, 0.2, 1, 0.2],
    [0.5, 0.5, 0.5, 1],
  ])
    other.update(weighted(state, weights), attended);
  states.forget();
  states.adopt(other.of(1n)?.groups ?? []);
  states.update(weighted(state, [0.5, 0.5, 0.5, 1]), attended);
  expect(differing(slotsIn(states), slotsIn(other))).toBe(0);
});

test('a pool that is empty for a moment has the same slots again', () => {
  const state = aRegistry();
  const states = new DesiredStates(state, []);
  states.update(weighted(state, [1, 0.3, 0.3, 0.3]), attended);
  states.update(weighted(state, [0.3, 1, 0.3, 0.3]), attended);
  const own = slotsIn(states);
  const drained = putWeights(weighted(state, [0.3, 1, 0.3, 0.3]), 'shop', {
    members: GUESTS.map((guest) => ({ guest, weight: 1, state: 'drain' })),
  });
  states.update({ ...drained, version: drained.version + 1 }, attended);
  expect(slotsIn(states)).toEqual([]);
  states.update({ ...weighted(state, [0.3, 1, 0.3, 0.3]), version: drained.version + 2 }, attended);
  expect(slotsIn(states)).toEqual(own);
});

test('a member that left keeps its way and its return path for a while, and then no more', () => {
  const states = new DesiredStates(aRegistry(), []);
  states.update(aRegistry(), attended);
  const rest = aRegistry([aMember(1), aMember(2), aMember(3)]);
  states.update({ ...rest, version: 99 }, attended);
  const key = endpointOf(aMember(4));
  expect(states.departures.map(endpointOf)).toEqual([key]);
  expect(states.expires).toBe(1_000);
  const lingering = states.of(1n)?.flows.length ?? 0;
  states.update({ ...rest, version: 99 }, { ...attended, now: 1_000 });
  expect(states.departures).toEqual([]);
  expect(lingering - (states.of(1n)?.flows.length ?? 0)).toBeGreaterThan(0);
  expect(states.placements.map(({ address }) => address)).not.toContain('10.9.0.14');
});

test('nothing lingers of a service that is gone', () => {
  const state = aRegistry();
  const states = new DesiredStates(state, []);
  states.update(state, attended);
  states.update(removeService(state, 'shop'), attended);
  expect(states.departures).toEqual([]);
  expect(states.placements).toEqual([]);
  expect(states.of(1n)?.groups).toEqual([]);
});
