import { aGuest, aService } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addUsage,
  BallastError,
  codeOf,
  decisionOf,
  describeError,
  dominant,
  membersOf,
  nearestNames,
  seededRandom,
  subtractUsage,
  utilization,
} from '../src/index.ts';

describe('nearestNames', () => {
  it.each([
    { wanted: 'web-3', known: ['web-01', 'web-02', 'db'], found: ['web-01', 'web-02'] },
    { wanted: 'atuo', known: ['observe', 'advise', 'auto'], found: ['auto'] },
    { wanted: 'Orders-01', known: ['orders-01'], found: ['orders-01'] },
    { wanted: 'verbose', known: ['error', 'debug', 'silent'], found: [] },
    { wanted: 'x', known: [], found: [] },
  ])('of $wanted are $found', ({ wanted, known, found }) => {
    expect(nearestNames(wanted, known)).toEqual(found);
  });

  it('are three at most, the nearest first', () => {
    expect(nearestNames('node', ['node5', 'node44', 'node', 'nod', 'mode'])).toEqual(['node', 'mode', 'nod']);
  });
});

describe('seededRandom', () => {
  it('gives numbers from 0 to below 1, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [one, two] = [seededRandom(seed), seededRandom(seed)];
        const drawn = Array.from({ length: 50 }, one);
        expect(drawn).toEqual(Array.from({ length: 50 }, two));
        expect(drawn.every((n) => n >= 0 && n < 1)).toBe(true);
      }),
    );
  });

  it('is spread evenly', () => {
    const random = seededRandom(1);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 100_000; i++) {
      const tenth = Math.floor(random() * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(9000);
    expect(Math.max(...counts)).toBeLessThan(11_000);
  });
});

describe('membersOf', () => {
  const service = aService('shop', {
    pool: { members: { tags: ['web'], pools: ['shop'], guests: [7] }, port: 8080 },
  });
  it('are the guests that any list names, by their ids, without templates', () => {
    const guests = [
      aGuest(9, 'a', {}, { pool: 'shop' }),
      aGuest(7, 'a'),
      aGuest(3, 'b', {}, { tags: ['db', 'web'] }),
      aGuest(4, 'b', {}, { tags: ['web'], template: true }),
      aGuest(5, 'b', {}, { tags: ['website'], pool: 'shops' }),
    ];
    expect(membersOf(service, guests).map((member) => member.guest)).toEqual([3, 7, 9]);
    expect(membersOf(service, guests)[0]).toEqual({ guest: 3, name: 'guest-3', port: 8080 });
  });
});

describe('usage', () => {
  it('over capacity is a ratio, and 0 where there is none', () => {
    expect(utilization({ cpu: 8, memory: 3 }, { cpu: 16, memory: 4 })).toEqual({ cpu: 0.5, memory: 0.75 });
    expect(utilization({ cpu: 8, memory: 3 }, { cpu: 0, memory: 0 })).toEqual({ cpu: 0, memory: 0 });
  });

  it('adds up, and is never less than nothing', () => {
    expect(addUsage({ cpu: 1, memory: 2 }, { cpu: 3, memory: 4 })).toEqual({ cpu: 4, memory: 6 });
    expect(subtractUsage({ cpu: 1, memory: 5 }, { cpu: 3, memory: 4 })).toEqual({ cpu: 0, memory: 1 });
  });

  it('is dominated by the resource that is used most', () => {
    expect(dominant({ cpu: 0.2, memory: 0.7 })).toEqual({ resource: 'memory', ratio: 0.7 });
    expect(dominant({ cpu: 0.7, memory: 0.7 })).toEqual({ resource: 'cpu', ratio: 0.7 });
  });
});

describe('the decision of a plan', () => {
  const unresolved = [{ node: 'a', detail: 'no room' }];
  it.each([
    { steps: [], unresolved: [], decision: 'balanced' },
    { steps: [], unresolved, decision: 'stuck' },
    { steps: [{}], unresolved, decision: 'migrate' },
  ])('is $decision', ({ decision, ...plan }) => {
    expect(decisionOf(plan as unknown as Parameters<typeof decisionOf>[0])).toBe(decision);
  });
});

describe('errors', () => {
  class SocketError extends BallastError {}
  it('carry a code, a cause, and what to do next', () => {
    const cause = new Error('ENOENT');
    const error = new SocketError('socket-gone', 'Expected a socket, got none.', { cause, hint: 'Start it.' });
    expect({ name: error.name, code: codeOf(error), cause: error.cause }).toEqual({
      name: 'SocketError',
      code: 'socket-gone',
      cause,
    });
    expect(describeError(error)).toBe('Expected a socket, got none. Start it.');
  });

  it('of others have the code `unexpected`', () => {
    expect([codeOf(new Error('boom')), codeOf('boom')]).toEqual(['unexpected', 'unexpected']);
    expect([describeError(new Error('boom')), describeError('boom')]).toEqual(['boom', 'boom']);
  });
});
