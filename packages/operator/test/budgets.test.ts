import type { Budgets, ClusterTask, Migration, MoveRecord } from '@ballast/core';
import { aMigration, someBudgets, T0 } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdmitInput, admit, foreignMigrations, underway } from '../src/execution/budgets.ts';
import { openingAt } from '../src/execution/windows.ts';

const HOUR = 3_600_000;
const move = (startedAt: number): MoveRecord => ({ guest: 9, from: 'a', to: 'b', startedAt, outcome: 'done' });
const task = (fields: Partial<ClusterTask> = {}): ClusterTask => ({
  id: 'UPID:x',
  node: 'a',
  type: 'qmigrate',
  guest: 7,
  startedAt: T0,
  ...fields,
});

const eachWay: Budgets = { ...someBudgets, concurrentPerNode: 2, concurrentIn: 1, concurrentOut: 1 };
const night = { cron: '0 22 * * *', duration: HOUR };

describe('admit', () => {
  const step = aMigration(1, 'a', 'b');
  it.each<{ case: string; input: Partial<AdmitInput>; waits: string | undefined }>([
    { case: 'nothing runs', input: {}, waits: undefined },
    { case: 'its source sends already', input: { running: [aMigration(2, 'a', 'c')] }, waits: 'concurrent-per-node' },
    { case: 'its source receives', input: { running: [aMigration(2, 'c', 'a')] }, waits: 'concurrent-per-node' },
    { case: 'its target receives', input: { running: [aMigration(2, 'c', 'b')] }, waits: 'concurrent-per-node' },
    { case: 'its target sends', input: { running: [aMigration(2, 'b', 'c')] }, waits: 'concurrent-per-node' },
    { case: 'others run elsewhere', input: { running: [aMigration(2, 'c', 'd')] }, waits: undefined },
    {
      case: 'the cluster is at its limit',
      input: { running: [aMigration(2, 'c', 'd'), aMigration(3, 'e', 'f')] },
      waits: 'concurrent',
    },
    { case: 'somebody else migrates from its source', input: { foreign: [task()] }, waits: 'concurrent-per-node' },
    {
      case: 'somebody else fills the limit',
      input: { foreign: [task({ node: 'x' }), task({ node: 'y' })] },
      waits: 'concurrent',
    },
    {
      case: 'its target sends, where nodes may do both',
      input: { running: [aMigration(2, 'b', 'c')], budgets: eachWay },
      waits: undefined,
    },
    {
      case: 'its target receives, where nodes may do both',
      input: { running: [aMigration(2, 'c', 'b')], budgets: eachWay },
      waits: 'concurrent-per-node',
    },
    {
      case: 'its source sends, where nodes may do both',
      input: { running: [aMigration(2, 'a', 'c')], budgets: eachWay },
      waits: 'concurrent-per-node',
    },
    {
      case: 'its source sends for somebody else, where nodes may do both',
      input: { foreign: [task()], budgets: eachWay },
      waits: 'concurrent-per-node',
    },
    { case: 'a backup runs on its source', input: { backups: new Set(['a']) }, waits: 'backup' },
    { case: 'a backup runs on its target', input: { backups: new Set(['b']) }, waits: 'backup' },
    { case: 'a backup runs elsewhere', input: { backups: new Set(['c']) }, waits: undefined },
    { case: 'no window is open', input: { budgets: { ...someBudgets, windows: [night] } }, waits: 'closed' },
    {
      case: 'the hour is used up',
      input: { moves: Array.from({ length: 20 }, () => move(T0 - 1)) },
      waits: 'per-hour',
    },
    {
      case: 'the moves are older',
      input: { moves: Array.from({ length: 20 }, () => move(T0 - HOUR)) },
      waits: undefined,
    },
  ])('$case: waits for $waits', ({ input, waits }) => {
    expect(
      admit({ step, running: [], foreign: [], moves: [], budgets: someBudgets, now: T0, wall: T0, ...input }),
    ).toBe(waits);
  });

  it('keeps every budget, whatever is asked for in whatever order', () => {
    const node = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const steps = fc.array(
      fc.tuple(node, node).filter(([from, to]) => from !== to),
      { maxLength: 30 },
    );
    const budgets = fc.record({
      concurrent: fc.integer({ min: 1, max: 4 }),
      concurrentPerNode: fc.integer({ min: 1, max: 3 }),
      perHour: fc.integer({ min: 1, max: 12 }),
    });
    expect(() => fc.assert(fc.property(steps, budgets, keepsWithin))).not.toThrow();
  });
});

function keepsWithin(asked: readonly (readonly [string, string])[], budgets: Budgets): void {
  const running: Migration[] = [];
  const moves: MoveRecord[] = [];
  for (const [index, [from, to]] of asked.entries()) {
    const step = aMigration(index, from, to);
    if (admit({ step, running, foreign: [], moves, budgets, now: T0, wall: T0 }) !== undefined) {
      running.shift();
      continue;
    }
    running.push(step);
    moves.push(move(T0));
    for (const name of [from, to]) {
      const busy = running.filter((other) => other.from === name || other.to === name);
      expect(busy.length).toBeLessThanOrEqual(budgets.concurrentPerNode);
    }
  }
  expect(running.length).toBeLessThanOrEqual(budgets.concurrent);
  expect(moves.length).toBeLessThanOrEqual(budgets.perHour);
}

describe('windows and blackouts', () => {
  const at = (text: string): number => Date.parse(text);
  const weekend = { cron: '0 0 * * 6', duration: 48 * HOUR };
  const books = { cron: '0 23 4 1 *', duration: 3 * HOUR };
  // T0 is Monday, 2026-01-05 00:00 UTC.
  it.each<{ case: string; times: Partial<Budgets>; now?: string; opening: ReturnType<typeof openingAt> }>([
    { case: 'none are stated', times: {}, opening: { open: true } },
    {
      case: 'a window is open from its first moment',
      times: { windows: [{ cron: '0 0 * * 1', duration: HOUR }] },
      opening: { open: true },
    },
    {
      case: 'its last moment has passed',
      times: { windows: [weekend] },
      opening: { open: false, blackout: false, opensAt: at('2026-01-10T00:00:00Z') },
    },
    {
      case: 'it is a moment before',
      times: { windows: [weekend] },
      now: '2026-01-04T23:59:59.999Z',
      opening: { open: true },
    },
    {
      case: 'any window is open',
      times: { windows: [weekend, night] },
      now: '2026-01-05T22:30:00Z',
      opening: { open: true },
    },
    {
      case: 'the next of several comes first',
      times: { windows: [weekend, night] },
      opening: { open: false, blackout: false, opensAt: at('2026-01-05T22:00:00Z') },
    },
    {
      case: 'a blackout closes a window, until it ends',
      times: { windows: [night], blackouts: [books] },
      now: '2026-01-04T22:30:00Z',
      opening: { open: true },
    },
    {
      case: 'a blackout holds, and the window after it counts',
      times: { windows: [night], blackouts: [books] },
      now: '2026-01-04T23:30:00Z',
      opening: { open: false, blackout: true, opensAt: at('2026-01-05T22:00:00Z') },
    },
    {
      case: 'blackouts follow each other',
      times: { blackouts: [books, { cron: '0 2 5 1 *', duration: HOUR }] },
      opening: { open: false, blackout: true, opensAt: at('2026-01-05T03:00:00Z') },
    },
    {
      case: 'a blackout never ends',
      times: { blackouts: [{ cron: '* * * * *', duration: HOUR }] },
      opening: { open: false, blackout: true },
    },
    {
      case: 'another time zone is meant',
      times: { windows: [night], timezone: 'Asia/Tokyo' },
      opening: { open: false, blackout: false, opensAt: at('2026-01-05T13:00:00Z') },
    },
    {
      case: 'clocks are put forward over its beginning',
      times: { windows: [{ cron: '30 2 * * *', duration: HOUR }], timezone: 'Europe/Berlin' },
      now: '2026-03-29T00:00:00Z',
      opening: { open: false, blackout: false, opensAt: at('2026-03-29T01:00:00Z') },
    },
  ])('$case', ({ times, now, opening }) => {
    expect(openingAt(times, now === undefined ? T0 : at(now))).toEqual(opening);
  });
});

describe('foreignMigrations', () => {
  it('are tasks that move guests which are not ours', () => {
    const tasks = [task(), task({ guest: 1 }), task({ type: 'vzdump' }), task({ type: 'vzmigrate', guest: 8 })];
    expect(foreignMigrations(tasks, [aMigration(1, 'a', 'b')])).toEqual([tasks[0], tasks[3]]);
  });
});

describe('underway', () => {
  it('are the steps that run, and what the history says was begun and has not ended', () => {
    const of = (guest: number, outcome: MoveRecord['outcome']): MoveRecord => ({ ...move(T0), guest, outcome });
    const found = underway(
      [aMigration(1, 'a', 'b')],
      [of(1, 'running'), of(2, 'running'), of(3, 'done'), of(4, 'failed')],
    );
    expect(found.map(({ guest }) => guest)).toEqual([1, 2]);
  });
});
