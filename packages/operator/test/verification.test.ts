import {
  EMPTY_HISTORY,
  type ExecutionPolicy,
  type Guest,
  type History,
  type MoveRecord,
  type Node,
  type StepReport,
  type Verification,
} from '@ballast/core';
import { memoryHistoryStore } from '@ballast/store';
import { createLogger, createMetrics } from '@ballast/telemetry';
import { aGuest, aMigration, aNode, aSnapshot, assessed, LineSink, T0, VirtualClock } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { followInTime, limitOf } from '../src/execution/overdue.ts';
import { recordOverdue } from '../src/execution/record.ts';
import { Memory } from '../src/rounds/memory.ts';
import { tellEnds, withMoves } from '../src/verification/ends.ts';
import { projectionOf, verifyMoves } from '../src/verification/verify.ts';
import { TestCluster } from './world.ts';

const MINUTE = 60_000;
const smoothing = { smoothing: 0.5 };

/** Guest 1 went from a, at 90 %, to b, at 30 %, and was to take 20 points along. */
const arrived: MoveRecord = {
  guest: 1,
  from: 'a',
  to: 'b',
  startedAt: T0 - MINUTE,
  endedAt: T0,
  outcome: 'done',
  state: 'verifying',
  projected: { resource: 'cpu', before: { from: 0.9, to: 0.3 }, expected: { from: 0.2, to: 0.2 } },
};
const other = (fields: Partial<MoveRecord>): MoveRecord => {
  const { projected: _, ...move } = arrived;
  return { ...move, guest: 2, state: 'done', ...fields };
};

interface Case {
  readonly case?: string;
  readonly loads?: readonly [a: number, b: number];
  readonly samples?: number;
  readonly guest?: Guest;
  readonly moves?: readonly MoveRecord[];
  readonly now?: number;
  readonly nodes?: readonly Node[];
}

function verified({ loads = [0.7, 0.5], samples = 4, now = T0 + 2 * MINUTE, ...given }: Case): MoveRecord | undefined {
  const nodes = given.nodes ?? [aNode('a', { cpu: loads[0] }), aNode('b', { cpu: loads[1] })];
  // A tenth of a node.
  const guests = [given.guest ?? aGuest(1, 'b', { cpu: 3.2 }), aGuest(2, 'c', { cpu: 1.6 })];
  const history: History = {
    ...EMPTY_HISTORY,
    guests: { 1: { smoothed: { cpu: 3.2, memory: 0 }, samples, node: 'b' } },
    moves: given.moves ?? [arrived],
  };
  return verifyMoves({ history, assessment: assessed(nodes, guests), policy: smoothing, now }).find(
    ({ guest }) => guest === 1,
  );
}

describe('an arrival', () => {
  const pair = (from: number, to: number) => ({ from: expect.closeTo(from), to: expect.closeTo(to) });

  it.each<Case & { case: string; brought: ReturnType<typeof pair>; kept: boolean }>([
    { case: 'brought what was projected', brought: pair(0.2, 0.2), kept: true },
    { case: 'brought more than half of it', loads: [0.78, 0.42], brought: pair(0.12, 0.12), kept: true },
    { case: 'brought less', loads: [0.85, 0.35], brought: pair(0.05, 0.05), kept: false },
    { case: 'came while its source filled up', loads: [0.95, 0.5], brought: pair(-0.05, 0.2), kept: false },
    {
      case: 'came while another left its source for elsewhere',
      loads: [0.7, 0.5],
      moves: [arrived, other({ to: 'c' })],
      brought: pair(0.1, 0.2),
      kept: true,
    },
    {
      case: 'came while another came to its source',
      loads: [0.8, 0.5],
      moves: [arrived, other({ from: 'c', to: 'a' })],
      brought: pair(0.2, 0.2),
      kept: true,
    },
    {
      case: 'came after another had left',
      moves: [other({ to: 'c', startedAt: T0 - 9 * MINUTE, endedAt: T0 - 5 * MINUTE }), arrived],
      brought: pair(0.2, 0.2),
      kept: true,
    },
  ])('that $case', ({ brought, kept, ...given }) => {
    const found = verified(given);
    expect(found?.state).toBe('done');
    expect(found?.verified).toEqual({ expected: { from: 0.2, to: 0.2 }, observed: brought, kept });
  });

  it.each<Case & { case: string }>([
    { case: 'samples are too few', samples: 3 },
    { case: 'another migration of its source still runs', moves: [arrived, other({ outcome: 'running', to: 'c' })] },
    { case: 'its source is not there', nodes: [aNode('b')] },
  ])('waits while $case, and not for ever', (given) => {
    expect(verified(given)).toBeUndefined();
    const late = verified({ ...given, now: T0 + 15 * MINUTE });
    expect(late?.state).toBe('done');
    expect(late?.verified).toBeUndefined();
  });

  it.each<Case & { case: string }>([
    { case: 'has moved on', guest: aGuest(1, 'c') },
    { case: 'was stopped', guest: aGuest(1, 'b', {}, { status: 'stopped' }) },
    { case: 'had nothing projected', moves: [other({ guest: 1, state: 'verifying' })] },
  ])('of a guest that $case is done with', (given) => {
    expect(verified(given)).toMatchObject({ state: 'done' });
    expect(verified(given)?.verified).toBeUndefined();
  });

  it('is verified once, and by a later operator where the first one ended before', () => {
    expect(verified({ moves: [{ ...arrived, state: 'done' }] })?.verified).toBeDefined();
    const verification: Verification = { expected: pair(0, 0), observed: pair(0, 0), kept: true };
    expect(verified({ moves: [{ ...arrived, state: 'done', verified: verification }] })).toBeUndefined();
    expect(verified({ moves: [{ ...arrived, outcome: 'failed', state: 'failed' }] })).toBeUndefined();
  });

  it('is projected from how its nodes stand, by what the plan says of it', () => {
    const { projected } = arrived;
    const now = assessed([aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.3 })], []);
    expect(projectionOf(aMigration(1, 'a', 'b'), now)).toEqual({
      ...projected,
      expected: pair(0.2, 0.2),
    });
    expect(projectionOf(aMigration(1, 'a', 'z'), now)).toBeUndefined();
  });
});

describe('what a round has learnt', () => {
  const snapshot = aSnapshot({ nodes: [aNode('a'), aNode('b')], guests: [aGuest(1, 'b')] });
  const before: History = { ...EMPTY_HISTORY, moves: [{ ...arrived, outcome: 'running', state: 'unknown' }] };

  it('is told to the log and counted once', async () => {
    const sink = new LineSink();
    const metrics = createMetrics({ version: '1' });
    const parts = { log: createLogger({ level: 'info', format: 'json', destination: sink }), metrics };
    const verification: Verification = {
      expected: { from: 0.2, to: 0.2 },
      observed: { from: 0, to: 0.2 },
      kept: false,
    };
    const came = withMoves(before, [{ ...arrived, task: 'UPID:1' }]);
    const done = withMoves(came, [{ ...arrived, state: 'done', verified: verification }]);
    expect(tellEnds(before, came, snapshot, parts)).toMatchObject([{ state: 'verifying', task: 'UPID:1' }]);
    expect(tellEnds(came, done, snapshot, parts)).toMatchObject([{ state: 'done' }]);
    expect(tellEnds(done, done, snapshot, parts)).toEqual([]);
    const text = await metrics.render();
    expect(text).toContain('ballast_migrations_total{reason="adopted",outcome="done"} 1');
    expect(text).toContain('ballast_migrations_verified_total{kept="no"} 1');
    expect(text).toContain('ballast_migration_gain_error_ratio_sum 0.2');
    expect(sink.lines.join()).toContain('a migration did not bring what was projected');
  });

  it('says that a step was released', () => {
    const sink = new LineSink();
    const log = createLogger({ level: 'info', format: 'json', destination: sink });
    const drained = { ...EMPTY_HISTORY, moves: [{ ...arrived, outcome: 'running', state: 'draining' } as const] };
    expect(tellEnds(drained, EMPTY_HISTORY, snapshot, { log })).toEqual([]);
    expect(sink.lines.join()).toContain('released a step that was never asked for');
  });
});

describe('a migration that takes its time', () => {
  const step = aMigration(1, 'a', 'b', { cost: { bytes: 1, duration: 5 * MINUTE, downtime: 0 } });
  const policy = (action: 'follow' | 'abort'): ExecutionPolicy => ({
    timeout: { factor: 3, least: 10 * MINUTE, action },
  });

  it('may take a multiple of what was predicted, and the least time at least', () => {
    expect(limitOf(step, policy('follow'))).toBe(15 * MINUTE);
    expect(limitOf(aMigration(1, 'a', 'b'), policy('follow'))).toBe(10 * MINUTE);
  });

  async function aStage(action: 'follow' | 'abort', fields: Partial<typeof step> = {}) {
    const clock = new VirtualClock();
    const cluster = new TestCluster(aSnapshot());
    const told: number[] = [];
    const moving = { ...step, ...fields };
    const task = await cluster.start(moving);
    const following = followInTime(
      task,
      { step: moving, startedAt: clock.now() },
      { migrator: cluster, clock, policy: policy(action) },
      { overdue: (limit) => told.push(limit) },
    );
    return { clock, cluster, told, following };
  }

  it('is told of once, and followed to its end', async () => {
    const { clock, cluster, told, following } = await aStage('follow');
    await clock.advance(15 * MINUTE - 1);
    expect(told).toEqual([]);
    await clock.advance(60 * MINUTE);
    expect(told).toEqual([15 * MINUTE]);
    expect(cluster.aborted).toEqual([]);
    cluster.end(1);
    expect((await following).result).toBe('done');
  });

  it('is stopped where the policy says so', async () => {
    const { clock, cluster, following } = await aStage('abort');
    await clock.advance(15 * MINUTE);
    expect(cluster.aborted).toHaveLength(1);
    expect((await following).result).toBe('aborted');
    expect(clock.sleepers).toBe(0);
  });

  it('is asked to stop until it does', async () => {
    const { clock, cluster, following } = await aStage('abort');
    const stop = cluster.abort.bind(cluster);
    let asked = 0;
    cluster.abort = (task) => (++asked < 3 ? Promise.reject(new Error('timeout')) : stop(task));
    await clock.advance(17 * MINUTE);
    expect(asked).toBe(3);
    expect((await following).result).toBe('aborted');
  });

  it('is left to end by itself where its guest is down meanwhile', async () => {
    const { clock, cluster, told } = await aStage('abort', { mode: 'restart' });
    await clock.advance(30 * MINUTE);
    expect(told).toHaveLength(1);
    expect(cluster.aborted).toEqual([]);
  });

  it('that ends in time is watched no more', async () => {
    const { clock, cluster, told, following } = await aStage('abort');
    cluster.end(1);
    await following;
    await clock.advance(60 * MINUTE);
    expect([told, clock.sleepers]).toEqual([[], 0]);
  });

  it('is in the history, the log and the metrics', async () => {
    const sink = new LineSink();
    const log = createLogger({ level: 'info', format: 'json', destination: sink });
    const memory = new Memory(memoryHistoryStore(), log);
    const metrics = createMetrics({ version: '1' });
    const report: StepReport = { step, state: 'running', startedAt: T0, task: 'UPID:1', overdue: 15 * MINUTE };
    await recordOverdue(report, { memory, log, metrics, clock: new VirtualClock() });
    expect(memory.history.moves).toMatchObject([{ guest: 1, overdue: true, outcome: 'running' }]);
    expect(sink.lines.join()).toContain('a migration takes longer than it might');
    expect(await metrics.render()).toContain('ballast_migrations_overdue_total 1');
  });
});
