import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const NODE_ARGS = ['--conditions=source', '--import', import.meta.resolve('tsx')];

/** What a fabric of that process has: namespaces and folders are named after it. */
function belongings(pid: number): readonly string[] {
  const own = (name: string): boolean => name.startsWith(`ballast-lab-${pid}-`);
  const namespaces = '/run/netns';
  return [...(existsSync(namespaces) ? readdirSync(namespaces) : []), ...readdirSync(tmpdir())].filter(own);
}

/** Programs whose command line has these words. */
function programsWith(words: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && told(pid, 'cmdline').includes(words));
}

/** What the system tells of a program; nothing once it has ended. */
function told(pid: string, what: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1');
  } catch {
    return '';
  }
}

it('tells what it saw when it is interrupted, and leaves nothing behind', { timeout: 120_000 }, async () => {
  // In a group of its own, as a shell starts it: Ctrl-C is for the whole group.
  const args = [...NODE_ARGS, MAIN, '--fabric', '--stay'];
  const demo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const { pid = 0 } = demo;
  onTestFinished(() => void demo.kill('SIGKILL'));
  let text = '';
  let pictures = 0;
  let duringIt: readonly string[] = [];
  createInterface(demo.stdout).on('line', (line) => {
    text += `${line}\n`;
    if (!/ s {2}pve1/.test(line) || ++pictures !== 2) return;
    duringIt = belongings(pid);
    process.kill(-pid, 'SIGINT');
  });
  const code = await new Promise((resolve) => demo.once('close', resolve));
  expect(duringIt.length).toBeGreaterThanOrEqual(15);
  expect(belongings(pid)).toEqual([]);
  expect(text).toContain('Connections kept open: 80 of 80 lived');
  expect(text).toMatch(/Requests through HAProxy \S+: \d+ sent, 0 failed/);
  expect(text).toMatch(/Requests through Open vSwitch [\d.]+: \d+ sent, 0 failed/);
  expect(text).not.toContain('killed');
  // Ballast had no time to relieve the node.
  expect(text).toContain('Not balanced: a node is above its threshold');
  expect(code).toBe(1);
});

it('takes its programs along when it is killed', { timeout: 120_000 }, async () => {
  const demo = spawn(process.execPath, [...NODE_ARGS, MAIN, '--fabric'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void demo.kill('SIGKILL'));
  const { pid = 0 } = demo;
  await new Promise<void>((resolve) => {
    createInterface(demo.stdout).on('line', (line) => {
      if (line.startsWith('Traffic flows')) resolve();
    });
  });
  const haproxy = haproxyOf(pid);
  expect(haproxy).toMatch(/haproxy-\w+/);
  onTestFinished(() => rmSync(path.join(tmpdir(), haproxy), { recursive: true, force: true }));
  expect(programsWith(`ballast-lab-${pid}-`).length).toBeGreaterThanOrEqual(3);
  demo.kill('SIGKILL');
  await expect.poll(() => programsWith(`ballast-lab-${pid}-`), { timeout: 10_000 }).toEqual([]);
  await expect.poll(() => programsWith(`/${haproxy}/`), { timeout: 10_000 }).toEqual([]);
});

/** The folder of the HAProxy that a process has started. */
function haproxyOf(parent: number): string {
  for (const pid of programsWith('/master.sock')) {
    const folder = /haproxy-\w+/.exec(told(pid, 'cmdline'))?.[0];
    if (folder !== undefined && / \w (\d+) /.exec(told(pid, 'stat'))?.[1] === String(parent)) return folder;
  }
  return '';
}
