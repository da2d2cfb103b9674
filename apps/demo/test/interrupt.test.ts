import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
