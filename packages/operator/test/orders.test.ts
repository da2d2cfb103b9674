import {
  BallastError,
  type ClusterSnapshot,
  NO_ORDERS,
  type OrderStore,
  type Orders,
  type RoundReport,
} from '@ballast/core';
import { memoryHistoryStore } from '@ballast/store';
import { createLogger } from '@ballast/telemetry';
import {
  aBalancePolicy,
  aGuest,
  aNode,
  aService,
  aSnapshot,
  aWeightPolicy,
  LineSink,
  someBudgets,
  VirtualClock,
} from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { Operator } from '../src/index.ts';
import { TestCluster, TestTarget } from './world.ts';

const BY = { since: 0, by: 'root@mgmt1' };
const PAUSE = { ...BY, weights: false };

/** A node that is hot from the first round on; guest 4 is under HA. */
function aHotCluster(): ClusterSnapshot {
  return aSnapshot({
    nodes: [aNode('a', { cpu: 0.95 }), aNode('b', { cpu: 0.3 }), aNode('c', { cpu: 0.3 })],
    guests: [1, 2, 3, 4].map((id) =>
      aGuest(id, 'a', { cpu: 3.5, memory: 4 }, { tags: ['web'], ...(id === 4 ? { haState: 'started' } : {}) }),
    ),
  });
}

interface Stage {
  orders: Orders;
  readonly cluster: TestCluster;
  readonly target: TestTarget;
  readonly clock: VirtualClock;
  readonly logged: string[];
  readonly store: OrderStore & { fault?: Error };
  rounds(count: number): Promise<RoundReport>;
}

function aStage(orders: Orders): Stage {
  const cluster = new TestCluster(aHotCluster());
  const target = new TestTarget('lb');
  const clock = new VirtualClock();
  const sink = new LineSink();
  const store: Stage['store'] = {
    load: () => (store.fault === undefined ? Promise.resolve(stage.orders) : Promise.reject(store.fault)),
    save: () => Promise.resolve(),
  };
  const operator = new Operator({
    settings: {
      mode: 'auto',
      balance: aBalancePolicy({ sustain: 1 }),
      weights: aWeightPolicy(),
      budgets: { ...someBudgets, concurrent: 1, concurrentPerNode: 1 },
      services: [aService('shop', { carriers: [{ target: 'lb', options: {} }] })],
      rules: [],
    },
    source: cluster,
    migrator: cluster,
    targets: [target],
    store: memoryHistoryStore(),
    orders: store,
    clock,
    log: createLogger({ level: 'info', format: 'json', destination: sink }),
  });
  const stage: Stage = {
    orders,
    cluster,
    target,
    clock,
    store,
    logged: sink.lines,
    rounds: async (count) => {
      let report: RoundReport | undefined;
      for (let i = 0; i < count; i++) {
        cluster.snapshot = { ...cluster.snapshot, takenAt: clock.now() };
        report = await operator.round();
        await clock.advance(30_000);
      }
      if (report === undefined) throw new Error('Expected a round at least.');
      return report;
    },
  };
  return stage;
}

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

  it('that cannot be read is taken for one: an operator that does not know does not act', async () => {
    const stage = aStage(NO_ORDERS);
    stage.store.fault = new BallastError('store-io', 'The disk is gone.');
    const report = await stage.rounds(2);
    expect(report).toMatchObject({ outcome: 'failed', failure: { stage: 'observe', code: 'store-io' } });
    expect(stage.cluster.started).toEqual([]);
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
