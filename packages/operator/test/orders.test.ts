import {
  BallastError,
  type ClusterSnapshot,
  EMPTY_HISTORY,
  type History,
  type HistoryStore,
  logOrder,
  type Mode,
  NO_ORDERS,
  type OrderStore,
  type Orders,
  type Plan,
  type RoundReport,
} from '@ballast/core';
import { memoryHistoryStore } from '@ballast/store';
import { createLogger } from '@ballast/telemetry';
import {
  aBalancePolicy,
  aGuest,
  aMigration,
  aNode,
  aService,
  aSnapshot,
  aWeightPolicy,
  LineSink,
  someBudgets,
  VirtualClock,
} from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { propose } from '../src/approval/proposals.ts';
import { beginPlan, notePlanStep } from '../src/execution/plans.ts';
import { Operator } from '../src/index.ts';
import { TestCluster, TestTarget } from './world.ts';

const BY = { since: 0, by: 'root@mgmt1' };
const aPlan: Plan = {
  id: 'p',
  snapshotId: 's',
  decidedAt: 0,
  steps: [],
  blocked: [],
  before: [],
  after: [],
  unresolved: [],
};
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
  readonly history: HistoryStore;
  rounds(count: number): Promise<RoundReport>;
}

function aStage(orders: Orders, mode: Mode = 'auto', history = memoryHistoryStore()): Stage {
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

describe('mode advise', () => {
  const approvalOf = (plan: string, since: number): Orders => ({
    ...NO_ORDERS,
    approvals: [{ plan, by: 'ann@mgmt1', since, until: since + 30 * 60_000 }],
  });

  async function proposed(history?: HistoryStore): Promise<Stage & { readonly id: string }> {
    const stage = aStage(NO_ORDERS, 'advise', history);
    const report = await stage.rounds(2);
    return Object.assign(stage, { id: report.plan?.id ?? '' });
  }

  it('keeps the plan that waits, and carries nothing out', async () => {
    const stage = await proposed();
    const { proposals = [] } = await stage.history.load();
    expect(proposals).toMatchObject([
      { id: stage.id, since: stage.clock.now() - 60_000, seen: stage.clock.now() - 30_000 },
    ]);
    expect(stage.cluster.started).toEqual([]);
    expect(stage.logged.join()).toContain(`a plan waits for \`ballast approve ${stage.id}\``);
  });

  it('carries out what was approved, once, and says who let it be', async () => {
    const stage = await proposed();
    const { steps = [] } = (await stage.history.load()).proposals?.[0] ?? {};
    stage.orders = approvalOf(stage.id, stage.clock.now());
    for (let round = 0; round < 8; round += 1) {
      await stage.rounds(1);
      for (const step of stage.cluster.running) stage.cluster.end(step.guest);
    }
    expect(stage.cluster.started.map(({ guest }) => guest)).toEqual(steps.map(({ guest }) => guest));
    expect(stage.target.applied).toEqual([]);
    const { moves, plans } = await stage.history.load();
    expect(moves.map(({ by, plan }) => [by, plan])).toEqual(steps.map(() => ['ann@mgmt1', stage.id]));
    expect(plans).toMatchObject([{ id: stage.id, by: 'ann@mgmt1', approvedAt: stage.orders.approvals?.[0]?.since }]);
    expect(plans?.[0]?.steps.map(({ state }) => state)).toEqual(steps.map(() => 'verifying'));
    // The cluster is hot again, and the approval has been used.
    const before = stage.cluster.started.length;
    for (const { guest } of steps) stage.cluster.move(guest, 'a');
    await stage.rounds(4);
    expect(stage.cluster.started).toHaveLength(before);
  });

  it('carries out a plan that was proposed before a restart, and not what it would rather do now', async () => {
    const first = await proposed();
    const second = aStage(approvalOf(first.id, first.clock.now()), 'advise', first.history);
    await second.clock.advance(60_000);
    // Somebody locks a guest: what comes out now is another plan.
    const { steps = [] } = (await first.history.load()).proposals?.[0] ?? {};
    const spared = [1, 2, 3, 4].find((id) => steps.every(({ guest }) => guest !== id)) ?? 0;
    second.cluster.snapshot = {
      ...second.cluster.snapshot,
      guests: second.cluster.snapshot.guests.map((guest) =>
        guest.id === spared ? { ...guest, lock: 'backup' } : guest,
      ),
    };
    await second.rounds(1);
    expect(second.cluster.started[0]).toMatchObject({ guest: steps[0]?.guest, to: steps[0]?.to });
  });

  it('checks each step again: what no longer holds is not done', async () => {
    const stage = await proposed();
    const { steps = [] } = (await stage.history.load()).proposals?.[0] ?? {};
    stage.cluster.move(steps[0]?.guest ?? 0, 'c');
    stage.orders = approvalOf(stage.id, stage.clock.now());
    await stage.rounds(3);
    expect(stage.cluster.started).toEqual([]);
    const { plans, moves } = await stage.history.load();
    expect(plans?.[0]?.steps[0]).toMatchObject({
      state: 'skipped',
      detail: expect.stringMatching(/on c now, not on a/),
    });
    expect(moves).toEqual([]);
  });

  it.each<{ case: string; change: (orders: Orders, now: number) => Orders }>([
    { case: 'it has run out', change: (_, now) => approvalOf('', now - 40 * 60_000) },
    { case: 'the operator is paused', change: (orders) => ({ ...orders, pause: PAUSE }) },
    { case: 'it is of a plan that nobody knows', change: (_, now) => approvalOf('ffff', now) },
  ])('begins nothing by an approval where $case', async ({ change }) => {
    const stage = await proposed();
    const changed = change(approvalOf(stage.id, stage.clock.now()), stage.clock.now());
    const approvals = changed.approvals?.map((entry) => ({
      ...entry,
      plan: entry.plan === '' ? stage.id : entry.plan,
    }));
    stage.orders = { ...changed, ...(approvals === undefined ? {} : { approvals }) };
    await stage.rounds(3);
    expect(stage.cluster.started).toEqual([]);
  });

  it('forgets plans that it did not come to for half an hour, and keeps five', () => {
    const now = 10_000_000;
    const steps = [aMigration(1, 'a', 'b', { alternatives: [{ node: 'b', fullness: 0.5 }] })];
    const of = (history: History, id: string, at: number): History => propose(history, { ...aPlan, id, steps }, at);
    const ids = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
    const many = ids.reduce((history, id, n) => of(history, id, now + n), EMPTY_HISTORY);
    expect(many.proposals?.map(({ id }) => id)).toEqual(ids.slice(1));
    expect(many.proposals?.[0]?.steps[0]?.alternatives).toBeUndefined();
    const again = of(many, 'p2', now + 60_000);
    expect(again.proposals?.at(-1)).toMatchObject({ id: 'p2', since: now + 1, seen: now + 60_000 });
    const later = propose(again, { ...aPlan, id: 'none', steps: [] }, now + 30.5 * 60_000);
    expect(later.proposals?.map(({ id }) => id)).toEqual(['p2']);
    expect(propose(later, { ...aPlan, id: 'none', steps: [] }, now + 30.5 * 60_000)).toBe(later);
  });
});

describe('the record of plans', () => {
  const of = (history: History, id: string, steps: number, beganAt: number): History =>
    beginPlan(
      history,
      { ...aPlan, id, steps: Array.from({ length: steps }, (_, guest) => aMigration(guest, 'a', 'b')) },
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
