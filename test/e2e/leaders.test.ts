import { type Simulator, startSimulator } from '@ballast/pve-simulator';
import { afterEach, expect, it } from 'vitest';
import { RedisServer } from '../../packages/store/test/redis/server.ts';
import { Watch } from './faults/watch.ts';
import { hotShop } from './faults/world.ts';
import { inRedis, OperatorProcess, writeOperatorsConfig } from './operators.ts';

// Three operators in processes of their own, over a real Redis and a simulated cluster: one leads.

const LEASE = 3_000;
/** What this machine may be late by. */
const PATIENCE = { timeout: 40_000, interval: 20 };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The program that leads now, once it is another than those before. */
async function nextLeader(
  programs: readonly OperatorProcess[],
  before: readonly OperatorProcess[] = [],
): Promise<OperatorProcess> {
  const found = (): OperatorProcess | undefined =>
    programs.find((program) => !before.includes(program) && program.terms.length > 0);
  await expect.poll(found, PATIENCE).toBeDefined();
  return found() as OperatorProcess;
}

async function startPrograms(simulator: Simulator, redis: RedisServer): Promise<readonly OperatorProcess[]> {
  const { file, remove } = await writeOperatorsConfig({ simulator, state: () => inRedis(redis.url, LEASE) });
  closing.push(remove);
  const programs = [1, 2, 3].map(() => new OperatorProcess(file));
  for (const program of programs) closing.push(() => program.kill());
  return programs;
}

it('one of three leads: killed, paused or told to stop, the next adopts what it had begun, and nothing is done twice', async () => {
  const simulator = await startSimulator({ world: hotShop(), speed: 1 });
  closing.push(() => simulator.stop());
  const redis = await RedisServer.start();
  closing.push(() => redis.stop());
  const watch = new Watch(simulator);
  const watching = setInterval(() => watch.look(), 50);
  closing.push(() => clearInterval(watching));
  const programs = await startPrograms(simulator, redis);

  const first = await nextLeader(programs);
  await expect.poll(() => programs.every((program) => program.has('operator started')), PATIENCE).toBe(true);
  await expect.poll(() => watch.tasks.length, PATIENCE).toBe(1);
  await first.kill();
  const died = performance.now();

  // The lease has to end, and the next one to ask: within the lease and two seconds.
  const second = await nextLeader(programs, [first]);
  expect(performance.now() - died).toBeLessThan(LEASE + 2_000);
  await expect.poll(() => second.has('adopted a migration that was found running'), PATIENCE).toBe(true);

  // One that is stopped for longer than its lease wakes up deposed, before it does anything.
  second.signal('SIGSTOP');
  const third = await nextLeader(programs, [first, second]);
  await expect.poll(() => third.has('adopted a migration that was found running'), PATIENCE).toBe(true);
  second.signal('SIGCONT');
  await expect.poll(() => second.has('this operator no longer leads: it starts nothing more'), PATIENCE).toBe(true);

  // A Redis that was away for less than the lease changes nothing; what it had is on its disk.
  const terms = third.terms.length;
  await redis.kill();
  await redis.begin();
  simulator.advance(120_000);
  await expect.poll(() => simulator.world.migrations.length, PATIENCE).toBe(0);
  const arrived = (program: OperatorProcess): boolean => program.has('migration verifying');
  await expect.poll(() => arrived(third) || arrived(second), PATIENCE).toBe(true);
  expect(third.terms.length).toBeGreaterThanOrEqual(terms);

  // Told to stop, it gives the lease back: nobody waits for its end.
  const [leader, other] = (second.terms.at(-1) ?? 0) > (third.terms.at(-1) ?? 0) ? [second, third] : [third, second];
  const ledBefore = other.terms.length;
  leader.signal('SIGTERM');
  await expect.poll(() => other.terms.length, PATIENCE).toBe(ledBefore + 1);

  const tokens = programs.flatMap((program) => program.terms);
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(watch.broken).toEqual([]);
  expect(new Set(watch.asked.map(({ guest }) => guest)).size).toBe(watch.asked.length);
}, 120_000);
