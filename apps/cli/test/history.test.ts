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
    const plan = await ballast('history', '--plan', move.plan.slice(0, 6));
    expect(plan.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`^Plan ${move.plan} by ${move.by}, begun .* UTC`));
    expect(plan).toMatch(new RegExp(`${move.guest} ${move.name} pve1 → ${move.to} done \\(relieve-cpu\\)`));
    for (const line of plan.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const whole = JSON.parse(await ballast('history', '--plan', move.plan, '-o', 'json'));
    expect(whole).toMatchObject({
      schema: 'ballast-history/1',
      plans: [{ id: move.plan }],
      moves: [{ plan: move.plan }],
    });
    expect(await ballast('history', 'nobody')).toBe('No migration of nobody in the last week.\n');
  });
});
