import { readFileSync } from 'node:fs';
import {
  advanceStep,
  BallastError,
  codeOf,
  type Migration,
  type MigrationOutcome,
  type Plan,
  STEP_MACHINE,
  STEP_STATES,
  type StepReport,
  type StepState,
} from '@ballast/core';
import { aMigration, aSnapshot, eventLoopTurns, T0, VirtualClock } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { Execution, type ExecutionHooks } from '../src/execution/execution.ts';
import { TestCluster } from './world.ts';

function aPlan(...steps: Migration[]): Plan {
  return {
    id: 'p1',
    snapshotId: 's1',
    decidedAt: T0,
    steps,
    blocked: [],
    before: [],
    after: [],
    unresolved: [],
  };
}

interface Stage {
  readonly execution: Execution;
  readonly cluster: TestCluster;
  readonly clock: VirtualClock;
  readonly events: string[];
}

function aStage(plan: Plan, hooks: Partial<ExecutionHooks> = {}): Stage {
  const cluster = new TestCluster(aSnapshot());
  const clock = new VirtualClock();
  const events: string[] = [];
  const execution = new Execution({
    plan,
    migrator: {
      validate: (step) => cluster.validate().finally(() => events.push(`validate ${step.guest}`)),
      start: async (step, { mayLeave } = {}) => {
        mayLeave?.();
        return await cluster.start(step).finally(() => events.push(`start ${step.guest}`));
      },
      follow: (task, options) => cluster.follow(task, options),
      find: (tasks) => cluster.find(tasks),
      abort: (task) => cluster.abort(task),
    },
    clock,
    hooks: {
      waitsFor: async () => undefined,
      recheck: async () => [],
      prepare: async (step) => void events.push(`prepare ${step.guest}`),
      changed: ({ step, state, task }) => void events.push(`${state} ${step.guest}${task ? ` ${task}` : ''}`),
      ...hooks,
    },
  });
  return { execution, cluster, clock, events };
}

const states = (reports: readonly StepReport[]): readonly string[] => reports.map(({ state }) => state);
const two = aPlan(aMigration(1, 'a', 'b'), aMigration(2, 'a', 'c'));

describe('an execution', () => {
  it('writes each step down, lowers the weight, and only then asks for the migration', async () => {
    const { execution, cluster, events } = aStage(aPlan(aMigration(1, 'a', 'b')));
    const run = execution.run();
    await eventLoopTurns();
    cluster.end(1);
    expect(states(await run)).toEqual(['done']);
    expect(events).toEqual([
      'admitted 1',
      'validate 1',
      'draining 1',
      'prepare 1',
      'submitted 1',
      'start 1',
      'running 1 UPID:1',
      'verifying 1 UPID:1',
      'done 1 UPID:1',
    ]);
  });

  it('runs steps side by side where budgets let them', async () => {
    const { execution, cluster } = aStage(two);
    const run = execution.run();
    await eventLoopTurns();
    expect(execution.running.map((step) => step.guest)).toEqual([1, 2]);
    cluster.end(2);
    cluster.end(1);
    expect(states(await run)).toEqual(['done', 'done']);
  });

  it('holds a step back until its budget has room', async () => {
    const { execution, cluster, clock } = aStage(two, {
      waitsFor: async (_, running) => (running.length >= 1 ? 'concurrent' : undefined),
    });
    const run = execution.run();
    await clock.advance(60_000);
    expect(cluster.started).toHaveLength(1);
    cluster.end(1);
    await clock.advance(1000);
    expect(cluster.started).toHaveLength(2);
    cluster.end(2);
    await run;
    expect(cluster.mostAtOnce).toBe(1);
  });

  it('lets a step overtake only those it shares no node with', async () => {
    const plan = aPlan(
      aMigration(1, 'a', 'b'),
      aMigration(2, 'a', 'c'),
      aMigration(3, 'c', 'd'),
      aMigration(4, 'e', 'f'),
    );
    const { execution, cluster, clock } = aStage(plan, {
      waitsFor: async (step, running) =>
        running.some((other) => other.from === step.from || other.to === step.to) ? 'concurrent-per-node' : undefined,
    });
    const run = execution.run();
    await clock.advance(1000);
    expect(cluster.started.map((step) => step.guest)).toEqual([1, 4]);
    cluster.end(1);
    await clock.advance(1000);
    expect(cluster.started.map((step) => step.guest)).toEqual([1, 4, 2, 3]);
    for (const guest of [2, 3, 4]) cluster.end(guest);
    expect(states(await run)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('drops what is left when the hour is used up: by then a new plan is better', async () => {
    let admitted = 0;
    const { execution, cluster } = aStage(two, {
      waitsFor: async () => (admitted++ === 0 ? undefined : 'per-hour'),
    });
    const run = execution.run();
    await eventLoopTurns();
    cluster.end(1);
    const reports = await run;
    expect(states(reports)).toEqual(['done', 'skipped']);
    expect(reports[1]?.detail).toContain('an hour');
  });

  it('drops what is left when its window closes, and sees through what runs', async () => {
    let admitted = 0;
    const { execution, cluster } = aStage(two, { waitsFor: async () => (admitted++ === 0 ? undefined : 'closed') });
    const run = execution.run();
    await eventLoopTurns();
    cluster.end(1);
    const reports = await run;
    expect(states(reports)).toEqual(['done', 'skipped']);
    expect(reports[1]?.detail).toContain('may not begin at this time');
  });

  it('passes by nodes that a backup keeps busy, and does not wait for it', async () => {
    const plan = aPlan(aMigration(1, 'a', 'b'), aMigration(2, 'c', 'd'));
    const { execution, cluster, clock } = aStage(plan, {
      waitsFor: async (step) => (step.from === 'a' ? 'backup' : undefined),
    });
    const run = execution.run();
    await clock.advance(5000);
    expect(cluster.started.map((step) => step.guest)).toEqual([2]);
    cluster.end(2);
    await clock.advance(2000);
    const reports = await run;
    expect(states(reports)).toEqual(['skipped', 'done']);
    expect(reports[0]?.detail).toContain('A backup runs');
  });

  it('starts nothing more when the cluster cannot be observed, and sees through what runs', async () => {
    let asked = 0;
    const { execution, cluster } = aStage(two, {
      waitsFor: async () => {
        if (asked++ > 0) throw new Error('no quorum');
        return undefined;
      },
    });
    const run = execution.run();
    await eventLoopTurns();
    expect(execution.running).toHaveLength(1);
    cluster.end(1);
    const reports = await run;
    expect(states(reports)).toEqual(['done', 'skipped']);
    expect(reports[1]?.detail).toContain('no quorum');
  });

  it.each<{ case: string; outcome: MigrationOutcome; state: string }>([
    { case: 'a migration fails', outcome: { result: 'failed', detail: 'no route to host' }, state: 'failed' },
    { case: 'somebody aborts it', outcome: { result: 'aborted', detail: 'interrupted by signal' }, state: 'aborted' },
  ])('drops the rest of the plan when $case', async ({ outcome, state }) => {
    const { execution, cluster, clock } = aStage(two, {
      waitsFor: async (_, running) => (running.length >= 1 ? 'concurrent' : undefined),
    });
    const run = execution.run();
    await clock.advance(1000);
    cluster.end(1, outcome);
    await clock.advance(5000);
    const reports = await run;
    expect(states(reports)).toEqual([state, 'skipped']);
    expect(reports[1]?.detail).toContain(outcome.detail);
    expect(cluster.started).toHaveLength(1);
  });

  it('skips a step that Proxmox VE refuses right before it, and what follows', async () => {
    const { execution, cluster } = aStage(two);
    cluster.refusals = [{ guest: 1, code: 'local-disk', detail: 'It has a local disk.' }];
    const reports = await execution.run();
    expect(states(reports)).toEqual(['skipped', 'skipped']);
    expect(reports[0]?.detail).toBe('It has a local disk.');
    expect(cluster.started).toEqual([]);
  });

  it('skips a step that drift has overtaken', async () => {
    const { execution, cluster } = aStage(two, {
      recheck: async (step) => [{ guest: step.guest, code: 'refused', detail: 'The guest is gone.' }],
    });
    expect(states(await execution.run())).toEqual(['skipped', 'skipped']);
    expect(cluster.started).toEqual([]);
  });

  it('skips a step that cannot be checked: nothing was asked for, so nothing has failed', async () => {
    const { execution, cluster, events } = aStage(two, {
      recheck: () => Promise.reject(new BallastError('not-fresh', 'The look is old.')),
    });
    const reports = await execution.run();
    expect(states(reports)).toEqual(['skipped', 'skipped']);
    expect(reports[0]?.detail).toBe('not-fresh: The look is old.');
    expect(cluster.started).toEqual([]);
    expect(events.filter((event) => event.startsWith('failed'))).toEqual([]);
  });

  it('never asks twice for a migration whose request failed', async () => {
    const { execution, cluster, events } = aStage(two);
    cluster.failures.start = new Error('socket hang up');
    const reports = await execution.run();
    expect(states(reports)).toEqual(['unknown', 'skipped']);
    expect(events.filter((event) => event.startsWith('start'))).toEqual(['start 1']);
  });

  it.each<{ case: string; hooks: Partial<ExecutionHooks>; says: string }>([
    {
      case: 'it may not be asked for at the last moment',
      hooks: { requireLeave: () => Promise.reject(new BallastError('paused', 'root@mgmt1 paused the operator.')) },
      says: 'paused: root@mgmt1 paused the operator.',
    },
    {
      case: 'it cannot be written down',
      hooks: {
        changed: ({ state }) =>
          state === 'submitted' ? Promise.reject(new BallastError('store-full', 'No space is left.')) : undefined,
      },
      says: 'store-full: No space is left.',
    },
    {
      case: 'weights cannot be lowered',
      hooks: { prepare: () => Promise.reject(new BallastError('not-observed', 'No look.')) },
      says: 'not-observed: No look.',
    },
  ])('asks for nothing when $case', async ({ hooks, says }) => {
    const { execution, cluster } = aStage(two, hooks);
    const reports = await execution.run();
    expect(states(reports)).toEqual(['skipped', 'skipped']);
    expect(reports[0]?.detail).toBe(says);
    expect(cluster.started).toEqual([]);
  });

  it('asks for nothing once it is told to start nothing more, in the last moment before', async () => {
    const stage = aStage(two, { prepare: async () => stage.execution.stopStarting('The operator stops.') });
    expect(states(await stage.execution.run())).toEqual(['skipped', 'skipped']);
    expect(stage.cluster.started).toEqual([]);
  });

  it('leaves an arrival to be verified where somebody does', async () => {
    const { execution, cluster } = aStage(aPlan(aMigration(1, 'a', 'b')), { verifies: true });
    const run = execution.run();
    await eventLoopTurns();
    cluster.end(1);
    expect(states(await run)).toEqual(['verifying']);
  });

  it('starts nothing more once it is told to, and sees through what runs', async () => {
    const { execution, cluster, clock } = aStage(two, {
      waitsFor: async (_, running) => (running.length >= 1 ? 'concurrent' : undefined),
    });
    const run = execution.run();
    await clock.advance(1000);
    execution.stopStarting('Interrupted.');
    cluster.end(1);
    const reports = await run;
    expect(states(reports)).toEqual(['done', 'skipped']);
    expect(reports[1]?.detail).toBe('Interrupted.');
  });

  it('lets go of a migration that runs when it is abandoned, and calls it neither done nor failed', async () => {
    const { execution, cluster } = aStage(aPlan(aMigration(1, 'a', 'b')));
    const abandon = new AbortController();
    const run = execution.run(abandon.signal);
    await eventLoopTurns();
    abandon.abort();
    const [report] = await run;
    expect(report).toMatchObject({ state: 'unknown', detail: expect.stringContaining('goes on in the cluster') });
    expect(report?.outcome).toBeUndefined();
    expect(cluster.running).toHaveLength(1);
  });

  it('has nothing to do for an empty plan', async () => {
    expect(await aStage(aPlan()).execution.run()).toEqual([]);
  });
});

describe('the machine of a step', () => {
  const page = readFileSync(new URL('../../../docs/execution.md', import.meta.url), 'utf8');

  it.each(STEP_STATES)('%s stands in docs/execution.md as it is', (state) => {
    const { meaning, next, durable } = STEP_MACHINE[state];
    const cells = [`\`${state}\``, meaning, next.map((name) => `\`${name}\``).join(', ') || 'none: the end'];
    for (const name of next) expect(page).toContain(`\n  ${state} --> ${name}\n`);
    expect(page).toContain(`| ${cells.join(' | ')} | ${durable ? 'before its effect' : 'after the fact'} |`);
  });

  it('allows what it names, and refuses the rest', () => {
    const outcome = (from: StepState, to: StepState): string => {
      try {
        return advanceStep(from, to);
      } catch (error) {
        return codeOf(error);
      }
    };
    for (const from of STEP_STATES) {
      const allowed = new Set([from, ...STEP_MACHINE[from].next]);
      expect(STEP_STATES.map((to) => outcome(from, to))).toEqual(
        STEP_STATES.map((to) => (allowed.has(to) ? to : 'step-transition')),
      );
    }
  });

  it('leads from every state to an end, and to every state from the first', () => {
    const reach = (from: (typeof STEP_STATES)[number]): ReadonlySet<string> => {
      const found = new Set([from]);
      for (const state of found) for (const next of STEP_MACHINE[state].next) found.add(next);
      return found;
    };
    expect([...reach('planned')].toSorted()).toEqual([...STEP_STATES].toSorted());
    const ends = STEP_STATES.filter((state) => STEP_MACHINE[state].next.length === 0);
    expect(ends).toEqual(['done', 'failed', 'aborted', 'skipped']);
    for (const state of STEP_STATES) expect(ends.some((end) => reach(state).has(end))).toBe(true);
  });
});

it('skips a step whose request was kept back while the driver looked for a way to the cluster: nothing was asked for', async () => {
  const { execution, cluster, events } = aStage(aPlan(aMigration(1, 'a', 'b')), {
    mayLeave: () => {
      throw new BallastError('not-leading', 'Another one leads.');
    },
  });
  const [report] = await execution.run();
  expect(report).toMatchObject({ state: 'skipped', detail: 'not-leading: Another one leads.' });
  expect(cluster.started).toEqual([]);
  expect(events).not.toContain('unknown 1');
});

describe('a step whose draining and saving take long', () => {
  const slow = (prepare: number, requireLeave = 0): Stage => {
    const stage: Stage = aStage(aPlan(aMigration(1, 'a', 'b')), {
      prepare: () => stage.clock.advance(prepare),
      requireLeave: () => stage.clock.advance(requireLeave),
    });
    return stage;
  };

  it('is asked about once more before it starts', async () => {
    const { execution, cluster, events } = slow(31_000);
    const run = execution.run();
    await expect.poll(() => events).toContain('start 1');
    cluster.end(1);
    await run;
    expect(events.filter((event) => event === 'validate 1')).toHaveLength(2);
    expect(events.indexOf('start 1')).toBeGreaterThan(events.lastIndexOf('validate 1'));
  });

  it('is dropped for what stands against it by then', async () => {
    const { execution, cluster, events } = slow(31_000);
    const blocked = [{ guest: 1, code: 'locked', detail: 'The guest is locked: backup.' }] as const;
    const validate = cluster.validate.bind(cluster);
    let asked = 0;
    cluster.validate = () => (++asked === 1 ? validate() : Promise.resolve(blocked));
    const [report] = await execution.run();
    expect(report).toMatchObject({ state: 'skipped', detail: 'drift: The guest is locked: backup.' });
    expect(events).not.toContain('start 1');
  });

  it('is not asked for on a word that is older than a minute', async () => {
    const { execution, cluster } = slow(0, 61_000);
    const [report] = await execution.run();
    expect(report).toMatchObject({ state: 'skipped', detail: expect.stringContaining('got one from 61 s ago.') });
    expect(cluster.started).toEqual([]);
  });
});
