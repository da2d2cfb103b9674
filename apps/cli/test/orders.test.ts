import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '@ballast/config';
import { EMPTY_HISTORY, type HistoryStore, type Proposal } from '@ballast/core';
import { startOperator } from '@ballast/operator-app';
import { fileHistoryStore } from '@ballast/store';
import { createLogger } from '@ballast/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';
import { aCluster, ENV, type TestCluster } from './cluster.ts';
import { aTerminal, type TestTerminal } from './terminal.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await aCluster(undefined, 1);
});
afterEach(() => cluster.stop());

async function ballast(...args: readonly string[]): Promise<TestTerminal & { readonly code: number }> {
  const terminal = aTerminal({ env: ENV });
  const code = await run(['--config', cluster.config, ...args], terminal);
  return { ...terminal, code };
}

const posts = (): readonly string[] =>
  cluster.simulator.requestLog.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

describe('ballast pause', () => {
  it('holds everything back until ballast resume, and says so', async () => {
    const paused = await ballast('pause', '--for', '2h', '--reason', 'the switch is replaced');
    expect(paused.out()).toMatch(
      /^Paused by \S+@\S+ since .* UTC, until .* UTC \(the switch is replaced\)\. Nothing is migrated; weights follow the load\.\n$/,
    );
    expect((await ballast('status')).out()).toContain('(the switch is replaced)');
    expect((await ballast('plan')).out()).toContain('(the switch is replaced)');
    const refused = await ballast('rebalance', '--yes');
    expect(refused.code).toBe(1);
    expect(refused.err()).toBe('Nothing was started: Ballast is paused by order. `ballast resume` ends the pause.\n');
    expect((await ballast('resume')).out()).toContain('The pause has ended');
    expect((await ballast('resume')).out()).toBe('There was no pause to end.\n');
    expect((await ballast('status')).out()).not.toContain('Paused');
    expect(posts()).toEqual([]);
  });

  it('refuses a duration that is none', async () => {
    const { code, err } = await ballast('pause', '--for', 'ever');
    expect(code).toBe(1);
    expect(err()).toContain('Expected a duration such as 30m, 2h or 1h30m.');
  });

  it('stops what runs with --abort', async () => {
    expect((await ballast('pause', '--abort')).out()).toContain("None of Ballast's migrations runs.");
    await ballast('resume');
    const moving = ballast('rebalance', '--yes');
    await expect.poll(() => cluster.simulator.world.migrations.length, { timeout: 15_000 }).toBe(1);
    const told = await ballast('pause', '--abort');
    expect(told.out()).toMatch(/Asked Proxmox VE to stop the migration of guest \d+ from pve1\.\n$/);
    expect((await moving).code).toBe(1);
    expect(cluster.simulator.world.migrations).toEqual([]);
    expect(posts().filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });
});

describe('a window that is closed', () => {
  it('is told by ballast status and ballast plan, and keeps ballast rebalance from beginning', async () => {
    const never = await cluster.configWith(
      'budgets: { windows: [{ cron: "0 0 29 2 *", duration: 1m }], timezone: Europe/Berlin }',
    );
    const words =
      /No window is open \(budgets\.windows\): no migration begins (until .* UTC|and none opens within a\s+year)\./;
    for (const command of ['status', 'plan']) {
      const terminal = aTerminal({ env: ENV });
      await run(['--config', never, command], terminal);
      expect(terminal.out().replaceAll('\n', ' ')).toMatch(words);
      for (const line of terminal.out().split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
    const terminal = aTerminal({ env: ENV });
    expect(await run(['--config', never, 'rebalance', '--yes'], terminal)).toBe(1);
    expect(terminal.err()).toContain('Nothing was started: No window is open (budgets.windows)');
    expect(posts()).toEqual([]);
  });
});

describe('ballast approve', () => {
  const gain = { resource: 'cpu', fromBefore: 0.9, fromAfter: 0.7, toBefore: 0.3, toAfter: 0.5 } as const;
  const of = (id: string, age: number): Proposal => {
    const cost = { bytes: 1, duration: 1000, downtime: 10 };
    const from = { guest: 103, guestName: 'payments-01', kind: 'qemu', from: 'pve1', to: 'pve2' } as const;
    const step = { ...from, mode: 'live', reason: 'relieve-cpu', why: ['pve1 is hot.'], gain, cost } as const;
    return { id, steps: [step], since: Date.now() - age, seen: Date.now() - age };
  };
  const store = (): HistoryStore =>
    fileHistoryStore({ directory: path.join(path.dirname(cluster.config), 'state'), onProblem: () => undefined });
  const advising = async (...args: readonly string[]): Promise<TestTerminal & { readonly code: number }> => {
    const config = path.join(path.dirname(cluster.config), 'advise.yaml');
    await writeFile(config, (await readFile(cluster.config, 'utf8')).replace('mode: auto', 'mode: advise'));
    const terminal = aTerminal({ env: ENV });
    return { ...terminal, code: await run(['--config', config, ...args], terminal) };
  };

  it('lets a plan that waits be carried out, by the beginning of its id, and is remembered', async () => {
    await store().save({ ...EMPTY_HISTORY, proposals: [of('3f2a7c', 60_000), of('9b11ee', 10_000)] });
    expect((await advising('status')).out().replaceAll(/\s+/g, ' ')).toMatch(
      /Plan 9b11ee \(1 migration, since .* UTC\) waits for approval: `ballast approve 9b11ee`\./,
    );
    const { out, code } = await advising('approve', '3f', '--reason', 'asked for by the shop');
    expect(code).toBe(0);
    expect(out()).toMatch(/^Plan 3f2a7c \(1 migration\) is approved by \S+ since .* UTC \(asked for by the shop\)\. /);
    expect((await advising('status')).out()).toContain('Plan 3f2a7c (1 migration) is approved by');
    const log = JSON.parse((await advising('history', '--orders', '-o', 'json')).out()).orders;
    expect(log).toMatchObject([{ kind: 'approve', plan: '3f2a7c', reason: 'asked for by the shop' }]);
    const proposed = await advising('history', '--plan', '3f2a7c');
    expect(proposed.out()).toBe('Plan 3f2a7c was proposed, and was not carried out.\n');
    expect(posts()).toEqual([]);
  });

  it('lets the operator that runs carry out its plan, and tells who let it be', async () => {
    const config = path.join(path.dirname(cluster.config), 'advise.yaml');
    const text = (await readFile(cluster.config, 'utf8')).replace('mode: auto', 'mode: advise');
    await writeFile(config, `${text}schedule: "* * * * * *"\nbalance: { sustain: 1 }\n`);
    const typed = async (...args: readonly string[]): Promise<string> => {
      const terminal = aTerminal({ env: ENV });
      await run(['--config', config, ...args], terminal);
      return terminal.out().replaceAll(/\s+/g, ' ');
    };
    const log = createLogger({ level: 'silent', format: 'json' });
    const running = await startOperator(await loadConfig(config, ENV), { log });
    try {
      const waits = /Plan (\w+) \(\d+ migrations?, since .*? UTC\) waits for approval/;
      await expect.poll(() => typed('status'), { timeout: 20_000 }).toMatch(waits);
      expect(posts()).toEqual([]);
      const [, id = ''] = waits.exec(await typed('status')) ?? [];
      expect(await typed('approve', id.slice(0, 8))).toContain(`Plan ${id} (`);
      await expect.poll(posts, { timeout: 20_000 }).toHaveLength(1);
      const story = new RegExp(
        `^Plan ${id} by \\S+@\\S+, approved .* UTC, begun .* UTC .* (draining|submitted|running|verifying)`,
      );
      await expect.poll(() => typed('history', '--plan', id), { timeout: 20_000 }).toMatch(story);
    } finally {
      await running.stop();
    }
  });

  it('refuses what is not there, what is old, what could be two, and every other mode', async () => {
    await store().save({ ...EMPTY_HISTORY, proposals: [of('3f2a7c', 3_600_000), of('3f88aa', 0)] });
    const rows = [
      ['7777', 'Expected the id of a plan of the operator, got 7777. Known are 3f2a7c, 3f88aa;'],
      ['3f', 'Expected the id of one plan, got 3f, which 2 have. Say more of it: 3f2a7c, 3f88aa.'],
      ['3f2a', 'Expected a plan of the last 30 min, got 3f2a7c, which the operator last came to 1 h ago.'],
    ] as const;
    for (const [id, words] of rows) {
      const { code, err } = await advising('approve', id);
      expect(code).toBe(1);
      expect(err()).toContain(words);
    }
    const { code, err } = await ballast('approve', '3f88');
    expect(code).toBe(1);
    expect(err()).toContain(
      'Expected the mode advise, got auto. In auto the operator carries its plans out by itself;',
    );
    expect((await advising('history', '--plan', 'zz')).err()).toContain(
      'Expected the id of a plan of the last week, got zz.',
    );
  });
});

describe('ballast history --orders', () => {
  it('tells who ordered what, when it has long ended', async () => {
    expect((await ballast('history', '--orders')).out()).toBe('No orders in the last 90 days.\n');
    await ballast('pause', '--reason', 'a switch');
    await ballast('resume');
    await ballast('drain', 'pve2');
    await ballast('undrain', 'pve2');
    const lines = (await ballast('history', '--orders')).out().trimEnd().split('\n');
    const words = ['undrain pve2 by', 'drain pve2 by', 'resume by', 'pause by'];
    expect(lines).toEqual(words.map((word) => expect.stringMatching(new RegExp(`^\\S+ \\S+ UTC ${word} \\S+@\\S+`))));
    expect(lines.at(-1)).toMatch(/ \(a switch\)$/);
  });
});

describe('ballast drain', () => {
  it('plans the guests of the node away, until ballast undrain', async () => {
    const { out, code } = await ballast('drain', 'pve2', '--reason', 'new memory');
    expect(code).toBe(0);
    expect(out()).toMatch(
      /^pve2 is drained by order of \S+, since .* UTC \(new memory\): its guests go elsewhere, and none comes\.\n/,
    );
    expect(out()).toContain('The operator moves its guests from its next round on; `ballast plan` shows where to.');
    expect((await ballast('status')).out()).toMatch(/pve2 +drained/);
    expect((await ballast('plan')).out()).toContain('pve2 is drained: its guests go elsewhere.');
    expect((await ballast('undrain', 'pve2')).out()).toBe('pve2 takes guests again.\n');
    expect((await ballast('plan')).out()).not.toContain('drained');
  });

  it('refuses a node that there is not, one that is not drained, and all nodes at once', async () => {
    const rows = [
      [['drain', 'pve22'], 'Expected a node of the cluster, got pve22. Did you mean'],
      [['undrain', 'pve1'], 'Expected a node that is drained by order, got pve1.'],
      [['drain', 'pve1', 'pve2', 'pve3'], 'Expected a node to be left that takes guests, got a drain of all 3.'],
    ] as const;
    for (const [args, words] of rows) {
      const { code, err } = await ballast(...args);
      expect(code).toBe(1);
      expect(err()).toContain(words);
    }
  });
});
