import type { Budgets, ClusterTask, Migration, MoveRecord } from '@ballast/core';
import { aMigration, someBudgets, T0 } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdmitInput, admit, foreignMigrations, underway } from '../src/execution/budgets.ts';

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
    expect(admit({ step, running: [], foreign: [], moves: [], budgets: someBudgets, now: T0, ...input })).toBe(waits);
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
    if (admit({ step, running, foreign: [], moves, budgets, now: T0 }) !== undefined) {
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
