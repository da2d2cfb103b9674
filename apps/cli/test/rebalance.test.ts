import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { holdDirectory } from '@ballast/store';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';
import { aCluster, ENV, type TestCluster } from './cluster.ts';
import { aTerminal } from './terminal.ts';

let cluster: TestCluster | undefined;
afterEach(() => cluster?.stop());

const posts = ({ simulator }: TestCluster): readonly unknown[] =>
  simulator.requestLog.filter((request) => request.method === 'POST');

describe('ballast rebalance', () => {
  it('carries the plan out and leaves no node hot', async () => {
    cluster = await aCluster();
    const before = cluster.simulator.world.guests.map((guest) => guest.node);
    const terminal = aTerminal({ env: ENV, answer: true });
    const code = await run(['--config', cluster.config, 'rebalance'], terminal);
    expect(terminal.err()).toContain('Carry out');
    expect(terminal.err()).toMatch(/running\n/);
    expect(code).toBe(0);
    expect(cluster.simulator.world.guests.map((guest) => guest.node)).not.toEqual(before);
    const again = aTerminal({ env: ENV });
    expect(await run(['--config', cluster.config, 'plan', '--detailed-exitcode'], again)).toBe(0);
  });

  it.each([
    { case: 'the answer is no', answer: false, code: 0, says: 'Nothing was started.' },
    {
      case: 'there is nobody to ask',
      answer: undefined,
      code: 1,
      says: 'Nothing was started: there is no terminal to ask at. Pass --yes to go ahead without a question.',
    },
  ])('starts nothing when $case', async ({ answer, code, says }) => {
    cluster = await aCluster();
    const terminal = aTerminal({ env: ENV, ...(answer === undefined ? {} : { answer }) });
    expect(await run(['--config', cluster.config, 'rebalance'], terminal)).toBe(code);
    expect(terminal.err()).toContain(says);
    expect(posts(cluster)).toEqual([]);
  });

  it('starts nothing when the history cannot be read, since no move could be recorded', async () => {
    cluster = await aCluster();
    const state = path.join(path.dirname(cluster.config), 'state');
    await mkdir(path.join(state, 'history.json'), { recursive: true });
    const terminal = aTerminal({ env: ENV });
    expect(await run(['--config', cluster.config, 'rebalance', '--yes'], terminal)).toBe(1);
    expect(terminal.err()).toContain('Cool-downs are not known here');
    expect(terminal.err()).toContain('Nothing was started: without the history nobody knows which guests rest');
    expect(posts(cluster)).toEqual([]);
  });

  it.each([
    ['auto', 'It carries out by itself what `ballast plan` shows; `ballast status` tells how far it is.'],
    ['advise', '`ballast approve ID` lets it carry out its plan; `ballast status` tells of it.'],
    ['observe', 'Set `mode: advise` to approve its plans, or stop it for as long as you act by hand.'],
  ])('starts nothing beside an operator in mode %s, and says what to do', async (mode, says) => {
    cluster = await aCluster();
    const config = path.join(path.dirname(cluster.config), `${mode}.yaml`);
    await writeFile(config, (await readFile(cluster.config, 'utf8')).replace('mode: auto', `mode: ${mode}`));
    const hold = await holdDirectory(path.join(path.dirname(config), 'state'), 'ballast-operator');
    const terminal = aTerminal({ env: ENV });
    expect(await run(['--config', config, 'rebalance', '--yes'], terminal)).toBe(1);
    expect(terminal.out()).toContain('Plan: 1 migration');
    expect(terminal.err()).toContain(
      `Nothing was started: ballast-operator (process ${process.pid}) acts for this cluster and keeps its history. ${says}`,
    );
    expect(posts(cluster)).toEqual([]);
    if (hold.held) await hold.release();
    expect(await run(['--config', config, 'rebalance', '--yes'], aTerminal({ env: ENV }))).toBe(0);
  });

  it('starts no further step after Ctrl-C, and says what still runs', async () => {
    cluster = await aCluster(undefined, 5);
    const config = await cluster.configWith('budgets: { concurrent: 1 }');
    const terminal = aTerminal({ env: ENV });
    const done = run(['--config', config, 'rebalance', '--yes'], terminal);
    await expect.poll(() => terminal.err(), { timeout: 15_000 }).toMatch(/running\n/);
    terminal.interrupt();
    expect(await done).toBe(130);
    expect(terminal.err()).toContain('no further migration is started. Still running:');
    expect(posts(cluster)).toHaveLength(1);
  });
});
