import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_TOKEN, type Simulator, startSimulator } from '@ballast/pve-simulator';
import { redisHistoryStore } from '@ballast/store';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../../apps/cli/src/index.ts';
import { aTerminal } from '../../apps/cli/test/terminal.ts';
import { RedisServer } from '../../packages/store/test/redis/server.ts';
import { hotShop } from './faults/world.ts';
import { inRedis, OperatorProcess, writeOperatorsConfig } from './operators.ts';

// `ballast rebalance` beside an operator in a process of its own: one history has one that writes it.

const PATIENCE = { timeout: 40_000, interval: 20 };
const LEASE = 3_000;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** @param speed by which its clock runs faster: a migration takes some 20 s of it */
async function aShop(speed: number): Promise<Simulator> {
  const simulator = await startSimulator({ world: hotShop(), speed });
  closing.push(() => simulator.stop());
  return simulator;
}

const migrations = ({ requestLog }: Simulator): number =>
  requestLog.filter(({ method, path: asked }) => method === 'POST' && asked.endsWith('/migrate')).length;

async function rebalance(config: string): Promise<{ readonly code: number; readonly err: string }> {
  const terminal = aTerminal({ env: { TOKEN: DEFAULT_TOKEN.secret } });
  const code = await run(['--config', config, 'rebalance', '--yes'], terminal);
  return { code, err: terminal.err() };
}

function anOperator(config: string): OperatorProcess {
  const program = new OperatorProcess(config);
  closing.push(() => program.kill());
  return program;
}

describe('a rebalance by hand, where the history is in a directory', () => {
  it('starts nothing beside an operator, and leaves a history that an operator started later goes on with', async () => {
    const simulator = await aShop(3);
    const { file, directory, remove } = await writeOperatorsConfig({
      simulator,
      state: (own) => `{ directory: ${own}/state }`,
      mode: 'observe',
    });
    closing.push(remove);
    const operator = anOperator(file);
    await expect.poll(() => operator.has('operator started'), PATIENCE).toBe(true);
    const beside = await rebalance(file);
    expect(beside.code).toBe(1);
    expect(beside.err).toContain(
      `Nothing was started: ballast-operator (process ${operator.pid}) acts for this cluster and keeps its history. ` +
        'Set `mode: advise` to approve its plans, or stop it for as long as you act by hand.',
    );
    expect(migrations(simulator)).toBe(0);

    // Killed, it keeps nobody out; one that is started meanwhile waits.
    await operator.kill();
    const terminal = aTerminal({ env: { TOKEN: DEFAULT_TOKEN.secret } });
    const byHand = run(['--config', file, 'rebalance', '--yes'], terminal);
    await expect.poll(() => terminal.err(), PATIENCE).toMatch(/running\n/);
    const next = anOperator(file);
    const waits = (): boolean => next.logged.some(({ msg }) => msg.includes('ballast rebalance of'));
    await expect.poll(waits, PATIENCE).toBe(true);
    expect(await byHand).toBe(0);
    await expect.poll(() => next.has('the history is this program’s to keep again'), PATIENCE).toBe(true);
    const rounds = (): boolean =>
      next.logged.some(({ msg }) => msg.includes('migration planned') || msg.includes('no node over'));
    await expect.poll(rounds, PATIENCE).toBe(true);
    expect(migrations(simulator)).toBeGreaterThan(0);
    const history = await readFile(path.join(directory, 'state/history.json'), 'utf8');
    expect(history.match(/"outcome":"done"/g)).toHaveLength(migrations(simulator));
  }, 90_000);
});

describe('a rebalance by hand, where several operators share a Redis', () => {
  it('starts nothing while one of them leads, and leads itself where none does', async () => {
    const simulator = await aShop(20);
    const redis = await RedisServer.start();
    closing.push(() => redis.stop());
    const { file, remove } = await writeOperatorsConfig({
      simulator,
      state: () => inRedis(redis.url, LEASE),
      mode: 'observe',
    });
    closing.push(remove);
    const operator = anOperator(file);
    await expect.poll(() => operator.terms.length, PATIENCE).toBe(1);
    const beside = await rebalance(file);
    expect(beside.code).toBe(1);
    expect(beside.err).toMatch(/Nothing was started: .* acts for this cluster and keeps its history\./);
    expect(migrations(simulator)).toBe(0);

    operator.signal('SIGTERM');
    await expect.poll(() => operator.ended, PATIENCE).toBe(true);
    expect((await rebalance(file)).code).toBe(0);
    expect(migrations(simulator)).toBeGreaterThan(0);
    const next = anOperator(file);
    await expect.poll(() => next.terms.length, PATIENCE).toBe(1);
    const store = redisHistoryStore({ connection: redis.connect(), cluster: 'shop', onProblem: () => undefined });
    expect((await store.load()).moves).toHaveLength(migrations(simulator));
  }, 90_000);
});
