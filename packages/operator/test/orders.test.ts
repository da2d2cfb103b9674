import { BallastError, EMPTY_HISTORY, type History, logOrder, NO_ORDERS } from '@ballast/core';
import { memoryHistoryStore } from '@ballast/store';
import { aMigration } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { beginPlan, notePlanStep } from '../src/execution/plans.ts';
import { aStage, EMPTY_PLAN } from './stage.ts';

const BY = { since: 0, by: 'root@mgmt1' };
const PAUSE = { ...BY, weights: false };

describe('a pause', () => {
  it('lets nothing be migrated, while weights follow the load and plans are still made', async () => {
    const stage = aStage({ ...NO_ORDERS, pause: PAUSE });
    const report = await stage.rounds(3);
    expect(report.plan?.steps.length).toBeGreaterThan(0);
    expect(report.paused).toBe(true);
    expect(stage.cluster.started).toEqual([]);
    expect(stage.target.applied.length).toBeGreaterThan(0);
    expect(stage.logged.filter((line) => line.includes('paused by order: nothing is migrated'))).toHaveLength(1);
  });

  it('keeps weights as they are where it says so', async () => {
    const stage = aStage({ ...NO_ORDERS, pause: { ...PAUSE, weights: true } });
    await stage.rounds(3);
    expect(stage.target.applied).toEqual([]);
  });

  it('ends with its time, or with its order', async () => {
    const timed = aStage(NO_ORDERS);
    timed.orders = { ...NO_ORDERS, pause: { ...PAUSE, until: timed.clock.now() + 60_000 } };
    await timed.rounds(2);
    expect(timed.cluster.started).toEqual([]);
    await timed.rounds(1);
    expect(timed.cluster.started).toHaveLength(1);

    const ordered = aStage({ ...NO_ORDERS, pause: PAUSE });
    await ordered.rounds(2);
    ordered.orders = NO_ORDERS;
    await ordered.rounds(1);
    expect(ordered.cluster.started).toHaveLength(1);
  });

  it('that comes while a plan is carried out lets what runs go on, and starts nothing more', async () => {
    const stage = aStage(NO_ORDERS);
    const report = await stage.rounds(1);
    expect(report.plan?.steps.length).toBeGreaterThan(1);
    const [first] = stage.cluster.started;
    stage.orders = { ...NO_ORDERS, pause: PAUSE };
    if (first !== undefined) stage.cluster.end(first.guest);
    await stage.rounds(3);
    expect(stage.cluster.started).toHaveLength(1);
  });

  it('with abort stops what runs, asks again where that fails, and outlives a restart', async () => {
    const stage = aStage(NO_ORDERS);
    await stage.rounds(1);
    const [step] = stage.cluster.started;
    stage.orders = { ...NO_ORDERS, pause: { ...PAUSE, abort: true } };
    const stop = stage.cluster.abort.bind(stage.cluster);
    stage.cluster.abort = () => Promise.reject(new Error('timeout'));
    await stage.rounds(1);
    expect(stage.cluster.running).toHaveLength(1);
    expect(stage.logged.join()).toContain('a migration was not stopped, and is asked to again: timeout');
    // The first operator is gone; the task goes on in the cluster.
    const history = await stage.history.load();
    const later = aStage(stage.orders, 'advise', memoryHistoryStore(history));
    if (step !== undefined) later.cluster.carry(step, 'UPID:1');
    await later.rounds(1);
    expect(later.cluster.aborted).toMatchObject([{ id: 'UPID:1', guest: step?.guest, node: 'a' }]);
    expect((await later.history.load()).moves).toMatchObject([{ outcome: 'aborted', state: 'aborted' }]);
    stage.cluster.abort = stop;
    await stage.rounds(1);
    expect(stage.cluster.running).toEqual([]);
    expect(stage.cluster.started).toHaveLength(1);
  });

  it('that cannot be read is taken for one: an operator that does not know does not act', async () => {
    const stage = aStage(NO_ORDERS);
    stage.store.fault = new BallastError('store-io', 'The disk is gone.');
    const report = await stage.rounds(2);
    expect(report).toMatchObject({ outcome: 'failed', failure: { stage: 'observe', code: 'store-io' } });
    expect(stage.cluster.started).toEqual([]);
  });
});

describe('the record of plans', () => {
  const of = (history: History, id: string, steps: number, beganAt: number): History =>
    beginPlan(
      history,
      { ...EMPTY_PLAN, id, steps: Array.from({ length: steps }, (_, guest) => aMigration(guest, 'a', 'b')) },
      { by: 'operator', beganAt },
    );
  const idsOf = ({ plans = [] }: History): readonly string[] => plans.map(({ id }) => id);

  it('keeps a week of them, the newest where steps are many, and the last one whatever its length', () => {
    const day = 86_400_000;
    const three = of(of(of(EMPTY_HISTORY, 'old', 1, 0), 'p1', 200, day), 'p2', 200, 8 * day - 1);
    expect(idsOf(three)).toEqual(['p1', 'p2']);
    expect(idsOf(of(three, 'p3', 1, 8 * day))).toEqual(['p2', 'p3']);
    expect(idsOf(of(three, 'p4', 900, 7 * day))).toEqual(['p4']);
  });

  it('takes over how far a step came, in the one that it is of', () => {
    const twice = of(of(EMPTY_HISTORY, 'p1', 2, 0), 'p1', 2, 5);
    const report = { step: aMigration(1, 'a', 'b'), state: 'skipped', detail: 'It is gone.' } as const;
    const { plans = [] } = notePlanStep(twice, 5, 'p1', report);
    expect(plans.map(({ steps }) => steps.map(({ state }) => state))).toEqual([
      ['planned', 'planned'],
      ['planned', 'skipped'],
    ]);
    expect(plans[1]?.steps[1]).toMatchObject({ detail: 'It is gone.' });
  });
});

describe('the log of orders', () => {
  it('outlives the orders, for 90 days', () => {
    const day = 86_400_000;
    const once = logOrder({ ...NO_ORDERS, pause: PAUSE }, { at: day, by: 'ann', kind: 'pause' });
    const twice = logOrder({ ...NO_ORDERS, log: once.log ?? [] }, { at: 90 * day, by: 'bob', kind: 'resume' });
    expect(twice.log?.map(({ kind }) => kind)).toEqual(['pause', 'resume']);
    expect(logOrder(twice, { at: 91 * day + 1, by: 'bob', kind: 'pause' }).log?.map(({ by }) => by)).toEqual([
      'bob',
      'bob',
    ]);
  });
});

describe('a drain of a node', () => {
  it('moves its guests elsewhere, those under HA included, and nothing back', async () => {
    const stage = aStage({ drains: [{ ...BY, node: 'a' }] });
    const planned = new Set<number>();
    for (let round = 0; round < 12; round += 1) {
      const report = await stage.rounds(1);
      for (const step of report.plan?.steps ?? []) {
        planned.add(step.guest);
        expect(step.to).not.toBe('a');
      }
      for (const step of stage.cluster.running) stage.cluster.end(step.guest);
    }
    expect([...planned].toSorted((x, y) => x - y)).toEqual([1, 2, 3, 4]);
    expect(stage.cluster.snapshot.guests.filter(({ node }) => node === 'a')).toEqual([]);
  });
});
