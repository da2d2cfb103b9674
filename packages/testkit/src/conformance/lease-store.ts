import type { LeaseStore, Milliseconds } from '@ballast/core';
import { describe, expect, test } from 'vitest';

/** A place with a lease of its own, made for one test. */
export interface LeasePlace {
  /** A store of this place; each call gives another one, as another process has. */
  readonly open: () => LeaseStore;
  /** Lets so much time pass where the lease is counted. */
  readonly pass: (duration: Milliseconds) => Promise<void>;
  readonly remove: () => Promise<void>;
}

const LONG: Milliseconds = 60_000;
const SHORT: Milliseconds = 60;

/** What every {@link LeaseStore} promises. `make` gives a new place where nobody has the lease. */
export function leaseStoreConformance(name: string, make: () => Promise<LeasePlace>): void {
  const on = (run: (place: LeasePlace) => Promise<void>) => async (): Promise<void> => {
    const place = await make();
    try {
      await run(place);
    } finally {
      await place.remove();
    }
  };
  describe(`${name} as a lease store`, () => {
    oneAtATime(on);
    inTime(on);
  });
}

type On = (run: (place: LeasePlace) => Promise<void>) => () => Promise<void>;

function oneAtATime(on: On): void {
  test(
    'gives the lease to the first who asks, and names them to the others',
    on(async ({ open }) => {
      expect(await open().hold('one', LONG)).toEqual({ held: true, token: expect.any(BigInt) });
      expect(await open().hold('two', LONG)).toEqual({ held: false, by: 'one' });
    }),
  );

  test(
    'gives it to one of many who ask at once',
    on(async ({ open }) => {
      const names = Array.from({ length: 12 }, (_, n) => `operator ${n}`);
      const answers = await Promise.all(names.map((each) => open().hold(each, LONG)));
      expect(answers.filter(({ held }) => held)).toHaveLength(1);
    }),
  );

  test(
    'keeps the token of who prolongs it',
    on(async ({ open }) => {
      const store = open();
      const first = await store.hold('one', LONG);
      expect(await store.hold('one', LONG)).toEqual(first);
      expect(await open().hold('one', LONG)).toEqual(first);
    }),
  );

  test(
    'given back, it is free at once, and its next token is larger',
    on(async ({ open }) => {
      const first = await tokenOf(open(), 'one', LONG);
      await open().release('one');
      expect(await tokenOf(open(), 'two', LONG)).toBeGreaterThan(first);
    }),
  );

  test(
    'cannot be given back by who does not have it',
    on(async ({ open }) => {
      await open().hold('one', LONG);
      await open().release('two');
      expect(await open().hold('two', LONG)).toEqual({ held: false, by: 'one' });
    }),
  );
}

function inTime(on: On): void {
  test(
    'ends by itself, and its next token is larger, even for the same holder',
    on(async ({ open, pass }) => {
      const tokens = [await tokenOf(open(), 'one', SHORT)];
      for (const holder of ['two', 'two', 'one']) {
        await pass(SHORT);
        tokens.push(await tokenOf(open(), holder, SHORT));
      }
      expect(tokens).toEqual([...new Set(tokens)].toSorted((a, b) => (a < b ? -1 : 1)));
    }),
  );

  test(
    'lasts from the newest time that it was prolonged',
    on(async ({ open, pass }) => {
      const first = await tokenOf(open(), 'one', SHORT);
      expect(await tokenOf(open(), 'one', LONG)).toBe(first);
      await pass(SHORT);
      expect(await open().hold('two', LONG)).toEqual({ held: false, by: 'one' });
    }),
  );
}

async function tokenOf(store: LeaseStore, holder: string, duration: Milliseconds): Promise<bigint> {
  const answer = await store.hold(holder, duration);
  if (!answer.held) throw new Error(`Expected ${holder} to get the lease; ${answer.by} has it.`);
  return answer.token;
}
