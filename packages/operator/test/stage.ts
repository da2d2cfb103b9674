import type { ClusterSnapshot, HistoryStore, Mode, OrderStore, Orders, Plan, RoundReport } from '@ballast/core';
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
import { Operator } from '../src/index.ts';
import { TestCluster, TestTarget } from './world.ts';

/** A node that is hot from the first round on; guest 4 is under HA. */
function aHotCluster(): ClusterSnapshot {
  return aSnapshot({
    nodes: [aNode('a', { cpu: 0.95 }), aNode('b', { cpu: 0.3 }), aNode('c', { cpu: 0.3 })],
    guests: [1, 2, 3, 4].map((id) =>
      aGuest(id, 'a', { cpu: 3.5, memory: 4 }, { tags: ['web'], ...(id === 4 ? { haState: 'started' } : {}) }),
    ),
  });
}

/** An operator of a hot cluster under orders. */
export interface Stage {
  orders: Orders;
  readonly cluster: TestCluster;
  readonly target: TestTarget;
  readonly clock: VirtualClock;
  readonly logged: string[];
  readonly store: OrderStore & { fault?: Error };
  readonly history: HistoryStore;
  rounds(count: number): Promise<RoundReport>;
}

export function aStage(orders: Orders, mode: Mode = 'auto', history = memoryHistoryStore()): Stage {
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
      mode,
      balance: aBalancePolicy({ sustain: 1 }),
      weights: aWeightPolicy(),
      budgets: { ...someBudgets, concurrent: 1, concurrentPerNode: 1 },
      services: [aService('shop', { carriers: [{ target: 'lb', options: {} }] })],
      rules: [],
    },
    source: cluster,
    migrator: cluster,
    targets: [target],
    store: history,
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
    history,
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

/** A plan of nothing. */
export const EMPTY_PLAN: Plan = {
  id: 'p',
  snapshotId: 's',
  decidedAt: 0,
  steps: [],
  blocked: [],
  before: [],
  after: [],
  unresolved: [],
};
