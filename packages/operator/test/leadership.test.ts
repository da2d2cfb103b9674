import { BallastError, type LeaseStore, type Milliseconds } from '@ballast/core';
import { memoryLeaseStore } from '@ballast/store';
import { createLogger } from '@ballast/telemetry';
import { LineSink, VirtualClock } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Leadership } from '../src/index.ts';

const LEASE: Milliseconds = 8_000;

/** Operators over one lease, in one virtual time. */
class Stage {
  readonly clock = new VirtualClock();
  readonly store: LeaseStore = memoryLeaseStore(() => this.clock.now());
  readonly logged: string[] = [];
  /** What each was told, by name: the tokens of its terms, `undefined` for their ends. */
  readonly told: Record<string, (bigint | undefined)[]> = {};

  operator(holder: string, given: { lease?: LeaseStore; clock?: VirtualClock } = {}): Leadership {
    const { lease = this.store, clock = this.clock } = given;
    const told: (bigint | undefined)[] = [];
    this.told[holder] = told;
    const sink = new LineSink();
    sink.lines.push = (...lines) => this.logged.push(...lines);
    const leadership = new Leadership({
      lease,
      holder,
      duration: LEASE,
      clock,
      steady: () => this.clock.now(),
      log: createLogger({ level: 'info', format: 'json', destination: sink }),
      changed: (token) => told.push(token),
    });
    leadership.start();
    return leadership;
  }
}

/** A store that is out of reach while `away` says so. */
function cutOff(store: LeaseStore, away: () => boolean): LeaseStore {
  return {
    hold: (...given) =>
      away() ? Promise.reject(new BallastError('store-redis-unreachable', 'It is away.')) : store.hold(...given),
    release: (holder) => store.release(holder),
  };
}

describe('Leadership', () => {
  it('is of the first who asks, for as long as it prolongs the lease', async () => {
    const stage = new Stage();
    const one = stage.operator('one');
    await stage.clock.advance(10);
    const two = stage.operator('two');
    await stage.clock.advance(20 * LEASE);
    expect([one.token, two.token]).toEqual([1n, undefined]);
    expect([one.leader, two.leader]).toEqual(['one', 'one']);
    expect(stage.told).toEqual({ one: [1n], two: [] });
  });

  it('passes on at once when it is given back', async () => {
    const stage = new Stage();
    const one = stage.operator('one');
    await stage.clock.advance(10);
    const two = stage.operator('two');
    await stage.clock.advance(LEASE);
    const stopped = one.stop();
    await stage.clock.advance(1_000);
    await stopped;
    expect([one.token, two.token]).toEqual([undefined, 2n]);
    expect(stage.told['one']).toEqual([1n, undefined]);
  });

  it('passes on within the lease and a second when its holder dies', async () => {
    const stage = new Stage();
    // Its own time stands still: it asks no more.
    stage.operator('dies', { clock: new VirtualClock() });
    await stage.clock.advance(0);
    const two = stage.operator('two');
    await stage.clock.advance(LEASE - 1);
    expect(two.token).toBeUndefined();
    await stage.clock.advance(1_001);
    expect(two.token).toBe(2n);
  });

  it('has ended for one that was paused, before it has asked', async () => {
    const stage = new Stage();
    const own = new VirtualClock();
    const paused = stage.operator('paused', { clock: own });
    await stage.clock.advance(0);
    expect(paused.token).toBe(1n);
    await stage.clock.advance(LEASE);
    expect(paused.token).toBeUndefined();
    await own.advance(LEASE);
    // Nobody else wanted it: it is a new term all the same, for others may have led.
    expect(stage.told['paused']).toEqual([1n, undefined, 2n]);
  });

  it('is a new term under a new token where it lapsed and the lease had not ended yet', async () => {
    const stage = new Stage();
    let away = false;
    stage.operator('one', { lease: cutOff(stage.store, () => away) });
    await stage.clock.advance(100);
    away = true;
    await stage.clock.advance((LEASE * 3) / 4);
    expect(stage.told['one']).toEqual([1n, undefined]);
    away = false;
    await stage.clock.advance(1_000);
    expect(stage.clock.now()).toBeLessThan(Date.UTC(2026, 0, 5) + LEASE);
    expect(stage.told['one']).toEqual([1n, undefined, 2n]);
  });

  it('outlives a store that is away for less than the lease, and says so once', async () => {
    const stage = new Stage();
    let away = false;
    const one = stage.operator('one', { lease: cutOff(stage.store, () => away) });
    await stage.clock.advance(LEASE);
    away = true;
    await stage.clock.advance(LEASE / 2);
    expect(one.token).toBe(1n);
    away = false;
    await stage.clock.advance(LEASE);
    expect(stage.told['one']).toEqual([1n]);
    expect(stage.logged.filter((line) => line.includes('the lease cannot be asked for: It is away.'))).toHaveLength(1);
  });

  it('never has two at once, whoever is cut off from the store and whenever', async () => {
    const spell = fc.record({ from: fc.nat(20 * LEASE), for: fc.nat(4 * LEASE) });
    const spells = fc.array(spell, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.tuple(spells, spells, spells), async (cuts) => {
        const stage = new Stage();
        const start = stage.clock.now();
        const all = cuts.map((own, n) => {
          const away = (): boolean => {
            const at = stage.clock.now() - start;
            return own.some((cut) => at >= cut.from && at < cut.from + cut.for);
          };
          return stage.operator(`operator ${n}`, { lease: cutOff(stage.store, away) });
        });
        const seen = new Map<bigint, number>();
        for (let step = 0; step < 20 * 16; step += 1) {
          await stage.clock.advance(LEASE / 16);
          const leading = all.flatMap(({ token }, n) => (token === undefined ? [] : [{ token, n }]));
          expect(leading.length).toBeLessThanOrEqual(1);
          for (const { token, n } of leading) {
            expect(seen.get(token) ?? n).toBe(n);
            expect(token >= [...seen.keys()].reduce((a, b) => (a > b ? a : b), 0n)).toBe(true);
            seen.set(token, n);
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});
