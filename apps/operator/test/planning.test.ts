import { EMPTY_HISTORY } from '@ballast/core';
import { planHere } from '@ballast/operator';
import { assess, remember } from '@ballast/planner';
import { aBalancePolicy, aGuest, aNode, aSnapshot, T0 } from '@ballast/testkit';
import { afterEach, expect, it } from 'vitest';
import type { Question } from '../src/planning/messages.ts';
import { WorkerPlanner, type WorkerPlannerOptions } from '../src/planning/worker-planner.ts';

const FROM_SOURCES = ['--conditions=source'];

const open: WorkerPlanner[] = [];
afterEach(async () => {
  for (const planner of open.splice(0)) await planner.close();
});

function aPlanner(options: Partial<WorkerPlannerOptions> = {}): { planner: WorkerPlanner; warnings: string[] } {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const planner = new WorkerPlanner({ warn, from: 1, execArgv: FROM_SOURCES, ...options });
  open.push(planner);
  return { planner, warnings };
}

function aQuestion(hot = 0.95): Question {
  const snapshot = aSnapshot({
    nodes: [aNode('a', { cpu: hot }), aNode('b', { cpu: 0.2 }), aNode('c', { cpu: 0.4 })],
    guests: Array.from({ length: 1500 }, (_, i) => aGuest(100 + i, 'a', { cpu: i < 5 ? 2 : 0.002, memory: 0.01 })),
  });
  const policy = aBalancePolicy({ sustain: 1 });
  const history = remember(EMPTY_HISTORY, snapshot, policy);
  const assessment = assess({ snapshot, history, policy, rules: [], now: T0, moving: [] });
  return { assessment, history, policy, rules: [], now: T0 };
}

it('plans in a thread of its own what would be planned here, question after question', async () => {
  const { planner, warnings } = aPlanner();
  const questions = [aQuestion(), aQuestion(0.9)];
  const plans = await Promise.all(questions.map((question) => planner.plan(question)));
  expect(plans).toEqual(await Promise.all(questions.map((question) => planHere(question))));
  expect(plans.map(({ steps }) => steps.length)).toEqual([2, 2]);
  expect(warnings).toEqual([]);
});

it('gives up when it is told to, and answers the next question', async () => {
  const { planner, warnings } = aPlanner();
  const stop = new AbortController();
  const asked = planner.plan(aQuestion(), { signal: stop.signal });
  stop.abort(new Error('the operator stops'));
  await expect(asked).rejects.toThrow('the operator stops');
  expect((await planner.plan(aQuestion())).steps).toHaveLength(2);
  expect(warnings).toEqual([]);
});

it.each([
  ['cannot be started', 'data:text/javascript,throw new Error("no such module")', 'no such module'],
  ['ends at once', 'data:text/javascript,process.exit(3)', 'The thread ended with 3.'],
  ['cannot plan', 'data:text/javascript,', undefined],
])('plans here, and says so, where the thread %s', async (_, module, said) => {
  const failing =
    said ??
    `data:text/javascript,${encodeURIComponent(
      "import{parentPort}from'node:worker_threads';parentPort.on('message',({kind})=>{if(kind==='plan')parentPort.postMessage({kind:'failed',message:'out of memory'})})",
    )}`;
  const { planner, warnings } = aPlanner({ module: new URL(said === undefined ? failing : module), execArgv: [] });
  expect((await planner.plan(aQuestion())).steps).toHaveLength(2);
  expect(warnings).toEqual([
    `Expected a plan from a thread of its own, got: ${said ?? 'out of memory'} It is made in the operator's own thread instead, which answers nothing meanwhile.`,
  ]);
});

it('asks no thread for a small cluster', async () => {
  const { planner, warnings } = aPlanner({ module: new URL('data:text/javascript,process.exit(3)'), from: 2000 });
  expect((await planner.plan(aQuestion())).steps).toHaveLength(2);
  expect(warnings).toEqual([]);
});
