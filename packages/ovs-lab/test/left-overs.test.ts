import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { Fabric, PROGRAMS, until } from '../src/index.ts';

const NAMESPACES = '/run/netns';
const fabric = new Fabric({ joined: true });
afterEach(() => fabric.stop());

/** Everything on this machine that fabrics of a process are named after, and programs in their namespaces. */
function belongings(pid: number): readonly string[] {
  const own = (name: string): boolean => name.startsWith(`ballast-lab-${pid}-`);
  const spaces = existsSync(NAMESPACES) ? readdirSync(NAMESPACES).filter(own) : [];
  return [...spaces, ...readdirSync(tmpdir()).filter(own), ...programsOf(`ballast-lab-${pid}-`)];
}

function programsOf(words: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(words);
    } catch {
      return false;
    }
  });
}

it('leaves nothing behind', async () => {
  await fabric.start();
  const host = await fabric.host('a', 11);
  await fabric.program(host, PROGRAMS.member, 'a', '8080').line();
  const address = fabric.ownAddress;
  expect(belongings(process.pid).length).toBeGreaterThanOrEqual(5);
  expect(ownAddresses()).toContain(address);
  await fabric.stop();
  expect(belongings(process.pid)).toEqual([]);
  expect(ownAddresses()).not.toContain(address);
});

it('deletes what a killed process has left', async () => {
  const script = fileURLToPath(new URL('support/abandon.ts', import.meta.url));
  const tsx = fileURLToPath(import.meta.resolve('tsx'));
  const args = ['--import', tsx, '--conditions=source', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = child.pid ?? 0;
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
  expect(belongings(pid).length).toBeGreaterThanOrEqual(5);
  child.kill('SIGKILL');
  await once(child, 'exit');
  // Its programs die with it; namespaces and files are left, until any fabric of this machine starts.
  await until(() => programsOf(`ballast-lab-${pid}-`).length === 0, 'the end of its programs');
  await fabric.start();
  expect(belongings(pid)).toEqual([]);
  // The new fabric may have its networks already.
  await until(() => fabric.ownAddress === address || !ownAddresses().includes(address), 'the end of its interfaces');
  expect(existsSync(path.join(NAMESPACES, `ballast-lab-${process.pid}-1-sw0`))).toBe(true);
});

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address));
}
