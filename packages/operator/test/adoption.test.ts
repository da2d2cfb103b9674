import {
  BallastError,
  type ClusterSnapshot,
  type FoundMigration,
  type MoveRecord,
  type StepReport,
} from '@ballast/core';
import { memoryHistoryStore } from '@ballast/store';
import { createLogger, createMetrics, type Metrics } from '@ballast/telemetry';
import { aGuest, aMigration, aNode, aSnapshot, eventLoopTurns, LineSink, T0, VirtualClock } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { Adoptions } from '../src/adoption/adoptions.ts';
import { recordStep } from '../src/execution/record.ts';
import { Memory } from '../src/rounds/memory.ts';
import { TestCluster } from './world.ts';

const TASK = 'UPID:1';
const begun: MoveRecord = { guest: 1, from: 'a', to: 'b', startedAt: T0 - 60_000, task: TASK, outcome: 'running' };
const { task: _, ...intent } = begun;
const own: FoundMigration = { task: { id: TASK, node: 'a', guest: 1, startedAt: T0 - 59_000 }, to: 'b' };
const running = { id: TASK, node: 'a', type: 'qmigrate', guest: 1, startedAt: T0 - 59_000 };

interface Stage {
  readonly adoptions: Adoptions;
  readonly cluster: TestCluster;
  readonly memory: Memory;
  readonly metrics: Metrics;
  readonly logged: string[];
  readonly told: StepReport[];
  readonly abandon: AbortController;
  /** Adopts what a snapshot with these tasks shows. */
  readonly look: (tasks?: ClusterSnapshot['tasks'], busy?: readonly number[]) => Promise<void>;
}

async function aStage(...moves: readonly MoveRecord[]): Promise<Stage> {
  const snapshot = aSnapshot({
    nodes: [aNode('a', { cpu: 0.9 }), aNode('b')],
    guests: [aGuest(1, 'a', { cpu: 3.2 }), aGuest(2, 'a')],
  });
  const cluster = new TestCluster(snapshot);
  const sink = new LineSink();
  const log = createLogger({ level: 'debug', format: 'json', destination: sink });
  const memory = new Memory(memoryHistoryStore({ nodes: {}, guests: {}, weights: {}, moves }), log);
  await memory.load();
  const metrics = createMetrics({ version: 'test' });
  const told: StepReport[] = [];
  const abandon = new AbortController();
  const clock = new VirtualClock();
  const adoptions = new Adoptions({
    migrator: cluster,
    log,
    memory,
    clock,
    metrics,
    signal: abandon.signal,
    onProgress: (step) => told.push(step),
  });
  const look: Stage['look'] = async (tasks = [], busy = []) => {
    await adoptions.adopt({ ...snapshot, tasks }, () => new Set(busy));
    await eventLoopTurns();
  };
  return { adoptions, cluster, memory, metrics, logged: sink.lines, told, abandon, look };
}

const outcomes = ({ memory }: Stage): readonly string[] => memory.history.moves.map(({ outcome }) => outcome);

describe('adopting', () => {
  it('follows what the history says was begun, to its end, under its own record', async () => {
    const stage = await aStage(begun);
    const { adoptions, cluster, memory, told, logged, metrics } = stage;
    cluster.carry(aMigration(1, 'a', 'b'), TASK);
    await stage.look();
    expect(adoptions.reports).toMatchObject([
      { state: 'running', task: TASK, adopted: 'history', startedAt: begun.startedAt },
    ]);
    const { gain, ...step } = adoptions.running[0] ?? aMigration(9, 'a', 'b');
    expect(step).toMatchObject({ guest: 1, from: 'a', to: 'b', mode: 'live', reason: 'adopted' });
    expect(gain.fromBefore - gain.fromAfter).toBeCloseTo(0.2);
    expect(memory.history.moves).toMatchObject([begun]);
    cluster.end(1);
    await adoptions.ended;
    expect(memory.history.moves).toMatchObject([{ ...begun, endedAt: T0, outcome: 'done' }]);
    expect(adoptions.reports).toEqual([]);
    expect(told.at(-1)).toMatchObject({ state: 'verifying', adopted: 'history', endedAt: T0 });
    expect(logged.join('')).toContain('adopted a migration that was found running');
    const text = await metrics.render();
    expect(text).toContain('ballast_migrations_adopted_total{by="history"} 1');
    expect(text).toContain('ballast_migrations_total{reason="adopted",outcome="done"} 1');
  });

  it('adopts what runs under its identity, and writes it down', async () => {
    const stage = await aStage();
    stage.cluster.own = [own];
    stage.cluster.carry(aMigration(1, 'a', 'b'), TASK);
    await stage.look([running]);
    expect(stage.adoptions.reports).toMatchObject([{ adopted: 'identity', task: TASK }]);
    expect(stage.memory.history.moves).toMatchObject([{ ...begun, startedAt: own.task.startedAt }]);
  });

  it('knows an intent again whose task was never written down', async () => {
    const stage = await aStage(intent);
    stage.cluster.own = [own];
    stage.cluster.carry(aMigration(1, 'a', 'b'), TASK);
    await stage.look([running]);
    expect(stage.adoptions.reports).toMatchObject([{ adopted: 'history', startedAt: intent.startedAt }]);
    expect(stage.memory.history.moves).toMatchObject([begun]);
  });

  it.each<{ case: string; moves?: MoveRecord[]; mine?: FoundMigration[]; tasks?: object[]; busy?: number[] }>([
    { case: 'of somebody else', tasks: [running] },
    { case: 'that a plan follows already', mine: [own], tasks: [running], busy: [1] },
    { case: 'whose end is known already', moves: [{ ...begun, outcome: 'done', endedAt: T0 }], mine: [own] },
    {
      case: 'of the HA manager, whose end is known already',
      moves: [{ ...begun, task: 'UPID:ha', outcome: 'done', endedAt: T0 }],
      mine: [{ ...own, request: 'UPID:ha' }],
    },
    { case: 'of a guest that is gone', moves: [{ ...begun, guest: 9 }] },
  ])('leaves a migration alone $case', async ({ moves = [], mine = [], busy = [] }) => {
    const stage = await aStage(...moves);
    stage.cluster.own = mine;
    await stage.look([running], busy);
    expect(stage.adoptions.reports).toEqual([]);
    expect(stage.memory.history.moves).toMatchObject(moves);
  });

  it('adopts nothing twice', async () => {
    const stage = await aStage(begun);
    stage.cluster.own = [own];
    stage.cluster.carry(aMigration(1, 'a', 'b'), TASK);
    await stage.look([running]);
    await stage.look([running]);
    expect(stage.adoptions.reports).toHaveLength(1);
    expect(await stage.metrics.render()).toContain('ballast_migrations_adopted_total{by="history"} 1');
  });

  it('takes a failure for what it is', async () => {
    const stage = await aStage(begun);
    stage.cluster.carry(aMigration(1, 'a', 'b'), TASK);
    await stage.look();
    stage.cluster.end(1, { result: 'failed', detail: 'migration problems' });
    await stage.adoptions.ended;
    expect(outcomes(stage)).toEqual(['failed']);
    expect(stage.told.at(-1)).toMatchObject({ state: 'failed', detail: 'migration problems' });
  });

  it('that it lost sight of, it takes up again once it is seen to run, and not before', async () => {
    const stage = await aStage(begun);
    stage.cluster.failures.follow = new BallastError('proxmox-node-unreachable', 'No answer.');
    await stage.look();
    expect(outcomes(stage)).toEqual(['running']);
    expect(stage.logged.join('')).toContain('lost sight of a migration: No answer.');
    delete stage.cluster.failures.follow;
    stage.cluster.carry(aMigration(1, 'a', 'b'), TASK);
    await stage.look();
    expect(stage.adoptions.reports).toEqual([]);
    await stage.look([running]);
    expect(stage.adoptions.reports).toHaveLength(1);
  });

  it('goes on when it cannot be told whose they are', async () => {
    const stage = await aStage();
    stage.cluster.failures.find = new BallastError('proxmox-forbidden', 'Not allowed.');
    await stage.look([running]);
    expect(stage.adoptions.reports).toEqual([]);
    expect(stage.logged.join('')).toContain('whose migrations run is not known: Not allowed.');
  });

  it('lets go of them when it is abandoned: they go on in the cluster', async () => {
    const stage = await aStage(begun);
    stage.cluster.carry(aMigration(1, 'a', 'b'), TASK);
    await stage.look();
    const { ended } = stage.adoptions;
    stage.abandon.abort();
    await ended;
    expect(outcomes(stage)).toEqual(['running']);
    expect(stage.cluster.running).toHaveLength(1);
  });
});

describe('recording a step', () => {
  it.each<{ case: string; change: Partial<StepReport>; counted: string }>([
    { case: 'was lost sight of', change: { state: 'unknown' }, counted: 'outcome="aborted"} 0' },
    {
      case: 'was stopped',
      change: { state: 'aborted', outcome: { result: 'aborted', detail: 'interrupted' } },
      counted: 'outcome="aborted"} 1',
    },
  ])('that $case is counted when its end is known', async ({ change, counted }) => {
    const { memory, metrics } = await aStage();
    const log = createLogger({ level: 'silent', format: 'json' });
    const report: StepReport = { step: aMigration(1, 'a', 'b'), state: 'running', task: TASK, startedAt: T0 };
    await recordStep({ ...report, ...change, endedAt: T0 + 1 }, { memory, metrics, log, clock: new VirtualClock() });
    expect(await metrics.render()).toContain(`ballast_migrations_total{reason="relieve-cpu",${counted}`);
  });

  it.each<{ state: StepReport['state']; fails: boolean }>([
    { state: 'draining', fails: true },
    { state: 'submitted', fails: true },
    { state: 'running', fails: false },
    { state: 'verifying', fails: false },
    { state: 'unknown', fails: false },
  ])('$state fails where it cannot be saved: $fails', async ({ state, fails }) => {
    const log = createLogger({ level: 'silent', format: 'json' });
    const store = memoryHistoryStore();
    const memory = new Memory(store, log);
    await memory.load();
    store.save = () => Promise.reject(new Error('The disk is full.'));
    const report: StepReport = { step: aMigration(1, 'a', 'b'), state, startedAt: T0 };
    const failure = await recordStep(report, { memory, log, clock: new VirtualClock() }).catch((error) => error);
    expect(failure instanceof Error).toBe(fails);
  });

  it('takes back what nothing was asked for', async () => {
    const { memory } = await aStage();
    const parts = { memory, log: createLogger({ level: 'silent', format: 'json' }), clock: new VirtualClock() };
    const report: StepReport = { step: aMigration(1, 'a', 'b'), state: 'submitted', startedAt: T0 };
    await recordStep(report, parts);
    expect(memory.history.moves).toMatchObject([{ guest: 1, state: 'submitted', outcome: 'running' }]);
    await recordStep({ ...report, state: 'skipped' }, parts);
    expect(memory.history.moves).toEqual([]);
  });
});
