import { EMPTY_HISTORY, type History, type HistoryStore, memberKey } from '@ballast/core';
import { describe, expect, test } from 'vitest';
import { aMigration, T0 } from '../builders.ts';

/** Where a history is kept, made empty for one test. */
export interface HistoryStorePlace {
  /** A store of this place; each call gives another one, as another process has. */
  readonly open: () => HistoryStore;
  /** Whether what one store saved is there for another one of the same place. */
  readonly durable: boolean;
  readonly remove: () => Promise<void>;
}

/** A history that uses every field. */
export const FULL_HISTORY: History = {
  nodes: {
    'pve-1': { smoothed: { cpu: 0.1 + 0.2, memory: 0.75 }, roundsOver: 0 },
    'pve-2': { smoothed: { cpu: 1.25, memory: 0 }, roundsOver: 12 },
  },
  guests: {
    101: { smoothed: { cpu: 1 / 3, memory: 8_589_934_592 }, samples: 40, node: 'pve-1' },
    999999999: { smoothed: { cpu: 0, memory: 0 }, samples: 0, node: 'pve-2' },
  },
  moves: [
    { guest: 101, from: 'pve-2', to: 'pve-1', startedAt: T0, endedAt: T0 + 30_000, outcome: 'done' },
    {
      guest: 101,
      from: 'pve-1',
      to: 'pve-2',
      startedAt: T0 + 60_000,
      task: 'UPID:pve-1:0A:1:qmigrate:',
      outcome: 'running',
    },
    {
      guest: 102,
      from: 'pve-1',
      to: 'pve-2',
      startedAt: T0,
      endedAt: T0 + 1,
      outcome: 'failed',
      name: 'shop "b" ü',
      reason: 'relieve-cpu',
      why: ['pve-1 stands at CPU 90 %.', ''],
      plan: '37e8b39f09113ab7',
      by: 'root@mgmt1',
      detail: 'migration aborted',
    },
    { guest: 103, from: 'pve-1', to: 'pve-2', startedAt: T0, endedAt: T0 + 2, outcome: 'aborted' },
    {
      guest: 104,
      from: 'pve-1',
      to: 'pve-2',
      startedAt: T0,
      endedAt: T0 + 2,
      outcome: 'done',
      state: 'done',
      overdue: true,
      projected: { resource: 'cpu', before: { from: 0.9, to: 0.3 }, expected: { from: 0.1, to: 0.1 } },
      verified: { expected: { from: 0.1, to: 0.1 }, observed: { from: -0.01, to: 0.1 }, kept: false },
    },
  ],
  borrowed: { 'a/b c "d" ü': { 101: { weight: 0.5, state: 'ready' }, 102: { weight: 0, state: 'drain' } } },
  proposals: [{ id: '37e8b39f', steps: [aMigration(101, 'pve-1', 'pve-2', { wave: 1 })], since: T0, seen: T0 + 1 }],
  plans: [
    {
      id: '37e8b39f',
      by: 'root@mgmt1',
      approvedAt: T0 - 1,
      beganAt: T0,
      steps: [
        {
          guest: 101,
          name: 'shop',
          from: 'pve-1',
          to: 'pve-2',
          reason: 'pack',
          why: ['It was full.'],
          state: 'skipped',
          detail: 'It is gone.',
        },
      ],
    },
  ],
  weights: { [memberKey('shop', 101)]: 0.123456, [memberKey('a/b c "d" ü', 102)]: 1, [memberKey('shop', 103)]: 0 },
};

/** What every {@link HistoryStore} promises. `make` gives a new, empty place. */
export function historyStoreConformance(name: string, make: () => Promise<HistoryStorePlace>): void {
  const on = (run: (place: HistoryStorePlace) => Promise<void>) => async (): Promise<void> => {
    const place = await make();
    try {
      await run(place);
    } finally {
      await place.remove();
    }
  };
  describe(`${name} as a history store`, () => {
    keeping(on);
    ordering(on);
    test(
      'another store of the same place finds what was saved',
      on(async ({ open, durable }) => {
        await open().save(FULL_HISTORY);
        expect(await open().load()).toEqual(durable ? FULL_HISTORY : EMPTY_HISTORY);
      }),
    );
  });
}

type On = (run: (place: HistoryStorePlace) => Promise<void>) => () => Promise<void>;

function keeping(on: On): void {
  test(
    'loads an empty history where there is none yet',
    on(async ({ open }) => expect(await open().load()).toEqual(EMPTY_HISTORY)),
  );

  test(
    'loads what was saved, without loss',
    on(async ({ open }) => {
      const store = open();
      for (const history of [FULL_HISTORY, EMPTY_HISTORY, FULL_HISTORY]) {
        await store.save(history);
        expect(await store.load()).toEqual(history);
        expect(await store.load()).toEqual(history);
      }
    }),
  );

  test(
    'a shorter history replaces a longer one whole',
    on(async ({ open }) => {
      const store = open();
      await store.save(numbered(1, 500));
      await store.save(numbered(2, 3));
      expect(await store.load()).toEqual(numbered(2, 3));
    }),
  );

  test(
    'what happens to a loaded or a saved value later does not reach the store',
    on(async ({ open }) => {
      const store = open();
      const given = structuredClone(FULL_HISTORY) as { weights: Record<string, number> } & History;
      const saved = store.save(given);
      given.weights[memberKey('shop', 101)] = 0.9;
      await saved;
      const loaded = (await store.load()) as { weights: Record<string, number> } & History;
      expect(loaded).toEqual(FULL_HISTORY);
      loaded.weights[memberKey('shop', 101)] = 0.8;
      expect(await store.load()).toEqual(FULL_HISTORY);
    }),
  );
}

function ordering(on: On): void {
  test(
    'saves that overlap are carried out in order: the latest wins',
    on(async ({ open }) => {
      const store = open();
      // The first ones are the largest: without an order they would end last.
      const saves = Array.from({ length: 20 }, (_, i) => store.save(numbered(i, 400 - 20 * i)));
      await Promise.all(saves);
      expect(await store.load()).toEqual(numbered(19, 20));
    }),
  );

  test(
    'a load that overlaps a save sees one history or the other, whole',
    on(async ({ open }) => {
      const store = open();
      await store.save(numbered(0, 300));
      const loads: Promise<History>[] = [];
      const saves: Promise<void>[] = [];
      for (let i = 1; i <= 10; i++) {
        saves.push(store.save(numbered(i, 300 - i)));
        loads.push(store.load());
      }
      await Promise.all(saves);
      const known = Array.from({ length: 11 }, (_, i) => JSON.stringify(numbered(i, 300 - i)));
      for (const history of await Promise.all(loads)) expect(known).toContain(JSON.stringify(history));
    }),
  );
}

/** A history that tells itself from others by a number, and has so many guests. */
function numbered(number: number, guests: number): History {
  const entries = Array.from(
    { length: guests },
    (_, i) => [i + 1, { smoothed: { cpu: number, memory: i }, samples: number, node: `pve-${i % 7}` }] as const,
  );
  return { ...EMPTY_HISTORY, guests: Object.fromEntries(entries), weights: { [memberKey('shop', 1)]: number / 100 } };
}
