import { BallastError, type ClusterSnapshot, type HistoryStore, type RoundReport } from '@ballast/core';
import { memoryHistoryStore } from '@ballast/store';
import { createLogger } from '@ballast/telemetry';
import {
  aBalancePolicy,
  aGuest,
  aNode,
  aService,
  aSnapshot,
  aWeightPolicy,
  eventLoopTurns,
  LineSink,
  someBudgets,
  VirtualClock,
} from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { Operator, type OperatorSettings } from '../src/index.ts';
import { TestCluster, TestTarget } from './world.ts';

/** A hot node with four equal guests, and two that have room. */
function aHotCluster(): ClusterSnapshot {
  return aSnapshot({
    nodes: [aNode('a', { cpu: 0.95 }), aNode('b', { cpu: 0.3 }), aNode('c', { cpu: 0.3 })],
    guests: [1, 2, 3, 4].map((id) => aGuest(id, 'a', { cpu: 3.5, memory: 4 }, { tags: id < 3 ? ['web'] : [] })),
  });
}

interface Stage {
  readonly operator: Operator;
  readonly cluster: TestCluster;
  readonly target: TestTarget;
  readonly clock: VirtualClock;
  readonly store: HistoryStore;
  readonly logged: string[];
  /** Lets `count` rounds pass, half a minute apart. */
  readonly rounds: (count: number) => Promise<RoundReport>;
}

function aStage(settings: Partial<OperatorSettings> = {}, snapshot = aHotCluster()): Stage {
  const cluster = new TestCluster(snapshot);
  const target = new TestTarget('lb');
  const clock = new VirtualClock();
  const store = memoryHistoryStore();
  const sink = new LineSink();
  const log = createLogger({
    level: 'debug',
    format: 'json',
    destination: sink,
  });
  const operator = new Operator({
    settings: {
      mode: 'auto',
      balance: aBalancePolicy(),
      weights: aWeightPolicy(),
      budgets: someBudgets,
      services: [aService('shop', { carriers: [{ target: 'lb', options: {} }] })],
      rules: [],
      ...settings,
    },
    source: cluster,
    migrator: cluster,
    targets: [target],
    store,
    clock,
    log,
  });
  const rounds = async (count: number): Promise<RoundReport> => {
    let report = operator.report;
    for (let i = 0; i < count; i++) {
      cluster.snapshot = { ...cluster.snapshot, takenAt: clock.now() };
      report = await operator.round();
      await clock.advance(30_000);
    }
    if (report === undefined) throw new Error('no round was run');
    return report;
  };
  return { operator, cluster, target, clock, store, logged: sink.lines, rounds };
}

describe('a round', () => {
  it('relieves a node that was hot for three rounds, and then finds nothing to do', async () => {
    const { cluster, rounds } = aStage();
    await rounds(2);
    expect(cluster.started).toEqual([]);
    const third = await rounds(1);
    expect(third.plan?.steps.length).toBeGreaterThan(0);
    for (let i = 0; i < 10; i++) {
      for (const step of cluster.running) cluster.end(step.guest);
      await rounds(1);
    }
    expect(cluster.started.length).toBe(third.plan?.steps.length);
    const last = await rounds(1);
    expect(last).toMatchObject({ outcome: 'completed', plan: { steps: [], unresolved: [] } });
    expect(last.assessment?.nodes.map((node) => node.class)).not.toContain('over');
    expect(cluster.mostAtOnce).toBeLessThanOrEqual(someBudgets.concurrent);
  });

  it.each(['observe', 'advise'] as const)('in mode %s decides, and changes nothing', async (mode) => {
    const { cluster, target, rounds } = aStage({ mode });
    const report = await rounds(4);
    expect(report.plan?.steps.length).toBeGreaterThan(0);
    expect(report.weights?.services[0]?.members).toHaveLength(2);
    expect(cluster.started).toEqual([]);
    expect(target.applied).toEqual([]);
  });

  it('says its advice once for each plan', async () => {
    const { logged, rounds } = aStage({ mode: 'advise' });
    const report = await rounds(6);
    const advice = logged.filter((line) => line.includes('advice: move'));
    expect(advice).toHaveLength(report.plan?.steps.length ?? 0);
    expect(advice[0]).toContain('a stands at CPU 95 %');
  });

  it.each([
    ['cede', 'info', /Ballast leaves them to it and moves the others alone/],
    [
      'exclusive',
      'warn',
      /Ballast moves them as well .*: two balancers may undo each other's moves\. Take ha-auto-rebalance/,
    ],
  ] as const)('tells once what it does about the native balancer: %s', async (coexistence, level, words) => {
    const nativeBalancer = { active: true, guests: [1, 2] };
    const stage = aStage({ balance: aBalancePolicy({ coexistence }) }, { ...aHotCluster(), nativeBalancer });
    const told = (): readonly { level: string; msg: string }[] =>
      stage.logged.map((line) => JSON.parse(line)).filter(({ code }) => code === 'native-balancer');
    const report = await stage.rounds(3);
    expect(told()).toEqual([expect.objectContaining({ level, msg: expect.stringMatching(words) })]);
    const moved = new Set(report.plan?.steps.map((step) => step.guest));
    expect([1, 2].some((id) => moved.has(id))).toBe(coexistence === 'exclusive');
    stage.cluster.snapshot = { ...stage.cluster.snapshot, nativeBalancer: { active: false, guests: [] } };
    await stage.rounds(2);
    expect(told().at(-1)?.msg).toBe("Proxmox VE's own balancer is off now: Ballast moves all guests.");
    expect(told()).toHaveLength(2);
  });

  it('inspects the guests it wants to move, and no others', async () => {
    const { cluster, rounds } = aStage();
    await rounds(2);
    expect(cluster.inspected).toEqual([]);
    const report = await rounds(1);
    expect(new Set(cluster.inspected)).toEqual(new Set(report.plan?.steps.map((step) => step.guest)));
  });

  it('carries out what rests on facts, and goes on when inspections that were put off come in', async () => {
    const nodes = [aNode('a', { cpu: 0.99 }), aNode('b', { cpu: 0.3 })];
    const { cluster, rounds } = aStage(
      {},
      aSnapshot({ nodes, guests: [1, 2, 3].map((id) => aGuest(id, 'a', { cpu: 2 })) }),
    );
    await rounds(2);
    const whole = cluster.inspect.bind(cluster);
    // One guest a round, as with a small budget.
    cluster.inspect = (guests) => whole(guests.slice(0, 1));
    const report = await rounds(1);
    expect(report.plan?.steps.map((step) => step.guest)).toEqual(cluster.inspected);
    expect(cluster.inspected).toHaveLength(1);
    for (let i = 0; i < 6; i++) {
      for (const step of cluster.running) cluster.end(step.guest);
      await rounds(1);
    }
    expect(cluster.started.length).toBeGreaterThan(1);
    expect((await rounds(1)).assessment?.nodes.map((node) => node.class)).not.toContain('over');
  });

  it('decides nothing, and changes nothing, when the cluster cannot be observed', async () => {
    const { cluster, target, rounds, logged } = aStage();
    await rounds(2);
    const before = target.applied.length;
    cluster.failures.observe = new BallastError('snapshot-stale', 'The snapshot is 90 s old.');
    const report = await rounds(1);
    expect(report).toMatchObject({
      outcome: 'failed',
      failure: { stage: 'observe', code: 'snapshot-stale', message: expect.stringContaining('90 s old') },
      targets: [],
    });
    expect(report.plan).toBeUndefined();
    expect(cluster.started).toEqual([]);
    expect(target.applied).toHaveLength(before);
    expect(logged.join()).toContain('snapshot-stale');
    delete cluster.failures.observe;
    expect(await rounds(1)).toMatchObject({ outcome: 'completed' });
  });

  it('carries one plan at a time, and lowers the weight of the guest that moves', async () => {
    const { cluster, target, rounds } = aStage();
    await rounds(3);
    const [step] = cluster.started;
    const started = cluster.started.length;
    await rounds(5);
    expect(cluster.started).toHaveLength(started);
    if (step === undefined || step.guest > 2) throw new Error('expected a member of the service to move first');
    const other = step.guest === 1 ? 2 : 1;
    expect(target.weightOf(step.guest)).toBeLessThan((target.weightOf(other) ?? 0) * 0.8);
  });

  it('does not take its own finished migration for one of somebody else', async () => {
    const { cluster, rounds } = aStage();
    const report = await rounds(3);
    const wanted = report.plan?.steps.length ?? 0;
    const [first] = cluster.started;
    // The newest snapshot still tells of the task that has just ended.
    cluster.snapshot = {
      ...cluster.snapshot,
      tasks: [{ id: 'UPID:1', node: 'a', type: 'qmigrate', guest: first?.guest ?? 0, startedAt: 0 }],
    };
    await rounds(1);
    for (let i = 0; i < wanted; i++) {
      for (const step of cluster.running) cluster.end(step.guest);
      await rounds(1);
    }
    expect(cluster.started).toHaveLength(wanted);
    expect(wanted).toBeGreaterThan(1);
  });

  it('starts no waiting step once a round could not observe the cluster', async () => {
    const { cluster, rounds, operator, clock } = aStage({ budgets: { ...someBudgets, concurrent: 1 } });
    const report = await rounds(3);
    expect(report.plan?.steps.length).toBeGreaterThan(1);
    expect(cluster.started).toHaveLength(1);
    cluster.failures.observe = new BallastError('snapshot-no-quorum', 'No quorum.');
    await rounds(1);
    for (const step of cluster.running) cluster.end(step.guest);
    await clock.advance(60_000);
    expect(cluster.started).toHaveLength(1);
    expect(operator.steps).toEqual([]);
  });

  it('follows a migration to its end when the history cannot be saved', async () => {
    const { cluster, rounds, store, clock } = aStage();
    await rounds(3);
    const started = cluster.started.length;
    store.save = () => Promise.reject(new BallastError('store-full', 'No space is left.'));
    for (const step of cluster.running) cluster.end(step.guest);
    await clock.advance(5000);
    const report = await rounds(1);
    expect(report.failure).toMatchObject({ stage: 'report', code: 'store-full' });
    expect(cluster.running).toEqual([]);
    expect(cluster.started).toHaveLength(started);
  });

  it('looks afterwards what a migration brought, and writes it down', async () => {
    const { cluster, rounds, store } = aStage({ budgets: { ...someBudgets, perHour: 1 } });
    await rounds(3);
    const [step] = cluster.started;
    cluster.end(step?.guest ?? 0);
    await rounds(1);
    expect((await store.load()).moves).toMatchObject([{ outcome: 'done', state: 'verifying' }]);
    const states = new Set<string>();
    for (let i = 0; i < 5; i++) for (const { state } of (await rounds(1)).steps) states.add(state);
    expect([...states]).toEqual(['done']);
    const [move] = (await store.load()).moves;
    expect(move).toMatchObject({ state: 'done', verified: { kept: true } });
    expect(move?.verified?.observed.from).toBeCloseTo(3.5 / 16, 1);
  });

  it('begins nothing when the hour is used up', async () => {
    const { cluster, rounds, store } = aStage({ budgets: { ...someBudgets, perHour: 1 } });
    await rounds(3);
    for (const step of cluster.running) cluster.end(step.guest);
    await rounds(10);
    expect(cluster.started).toHaveLength(1);
    expect((await store.load()).moves).toHaveLength(1);
  });

  it.each([
    ['node', false],
    ['guest', true],
  ] as const)('with backups: %s begins beside a backup that runs on the node: %s', async (backups, begins) => {
    const execution = { timeout: { factor: 3, least: 600_000, action: 'follow' }, backups } as const;
    const { cluster, rounds } = aStage({ execution });
    const tasks = [{ id: 'UPID:b', node: 'a', type: 'vzdump', startedAt: 0 }];
    cluster.snapshot = { ...cluster.snapshot, tasks };
    await rounds(4);
    expect(cluster.started.length > 0).toBe(begins);
    cluster.snapshot = { ...cluster.snapshot, tasks: [] };
    await rounds(1);
    expect(cluster.started.length).toBeGreaterThan(0);
  });

  it('begins nothing outside of its windows, says when the next one opens, and begins then', async () => {
    const windows = [{ cron: '5 0 * * *', duration: 3_600_000 }];
    const { cluster, target, rounds, logged } = aStage({ budgets: { ...someBudgets, windows } });
    const report = await rounds(9);
    expect(report.plan?.steps.length).toBeGreaterThan(0);
    expect(report.closed).toEqual({ opensAt: Date.UTC(2026, 0, 5, 0, 5) });
    expect(cluster.started).toEqual([]);
    expect(target.applied.length).toBeGreaterThan(1);
    expect(logged.join()).toContain('next window opens at 2026-01-05 00:05:00 UTC');
    expect((await rounds(2)).closed).toBeUndefined();
    expect(cluster.started.length).toBeGreaterThan(0);
  });

  it('goes on when a target is gone, and reports it', async () => {
    const { target, rounds } = aStage();
    target.failure = new Error('ECONNREFUSED');
    const report = await rounds(3);
    expect(report.outcome).toBe('completed');
    expect(report.targets[0]?.problems[0]?.message).toContain('ECONNREFUSED');
    expect(report.plan?.steps.length).toBeGreaterThan(0);
  });

  it('writes a migration down before it asks for it, and remembers it after a restart', async () => {
    const { cluster, store, rounds } = aStage();
    await rounds(3);
    const [step] = cluster.started;
    const { moves } = await store.load();
    expect(moves).toContainEqual(expect.objectContaining({ guest: step?.guest, from: 'a', outcome: 'running' }));
  });

  it('does not move a guest again while it rests', async () => {
    const { cluster, rounds } = aStage();
    await rounds(3);
    for (const step of cluster.running) cluster.end(step.guest);
    await rounds(3);
    const moved = new Set(cluster.started.map((step) => step.guest));
    cluster.snapshot = {
      ...cluster.snapshot,
      nodes: cluster.snapshot.nodes.map((node) => ({ ...node, usage: { ...node.usage, cpu: 0.95 * 16 } })),
    };
    const report = await rounds(4);
    expect(report.plan?.steps.filter((next) => moved.has(next.guest))).toEqual([]);
  });
});

describe('stopping', () => {
  it('waits for the migration that runs, and starts no other', async () => {
    const { operator, cluster, rounds, clock } = aStage();
    await rounds(3);
    const started = cluster.started.length;
    let stopped = false;
    const stop = operator.stop(60_000).then(() => {
      stopped = true;
    });
    await clock.advance(30_000);
    expect(stopped).toBe(false);
    for (const step of cluster.running) cluster.end(step.guest);
    await eventLoopTurns(10);
    await stop;
    expect(cluster.started).toHaveLength(started);
  });

  it('lets go of what runs after its grace: the migration goes on in the cluster', async () => {
    const { operator, cluster, rounds, clock, store, logged } = aStage();
    await rounds(3);
    const stop = operator.stop(10_000);
    await clock.advance(10_000);
    await stop;
    expect(cluster.running.length).toBeGreaterThan(0);
    expect(cluster.aborted).toEqual([]);
    expect((await store.load()).moves.every((move) => move.outcome === 'running')).toBe(true);
    expect(logged.join()).toContain('it goes on in the cluster');
  });

  it('is at once where nothing runs', async () => {
    const { operator, rounds } = aStage();
    await rounds(1);
    await expect(operator.stop(60_000)).resolves.toBeUndefined();
  });
});
