import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';
import { aCluster, ENV, type TestCluster } from './cluster.ts';
import { aTerminal } from './terminal.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await aCluster();
});
afterEach(() => cluster.stop());

async function ballast(...args: readonly string[]): Promise<string> {
  const terminal = aTerminal({ env: ENV });
  await run(['--config', cluster.config, ...args], terminal);
  return terminal.out();
}

describe('ballast history', () => {
  it('tells of nothing where nothing was moved', async () => {
    expect(await ballast('history')).toBe('No migrations in the last week.\n');
  });

  it('tells what was moved, how it ended, why, and who asked', async () => {
    await ballast('rebalance', '--yes');
    const [move] = JSON.parse(await ballast('history', '-o', 'json')).moves;
    expect(move).toMatchObject({
      from: 'pve1',
      outcome: 'done',
      reason: 'relieve-cpu',
      by: expect.stringMatching(/^\S+@\S+$/),
      plan: expect.stringMatching(/^[0-9a-f]{16}$/),
      task: expect.stringMatching(/^UPID:pve1:/),
    });
    const list = await ballast('history');
    expect(list).toMatch(new RegExp(`${move.guest} ${move.name} +pve1 → ${move.to} +done`));
    expect(list).toMatch(/\n\d+ migrations?: \d+ done\.\n$/);
    for (const line of list.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const why = await ballast('history', move.name, '--why');
    expect(why).toContain('it is relieved to');
    expect(why.replaceAll(/\s+/g, ' ')).toContain(`by ${move.by}, plan ${move.plan}, UPID:pve1:`);
    expect(await ballast('history', 'nobody')).toBe('No migration of nobody in the last week.\n');
  });
});
