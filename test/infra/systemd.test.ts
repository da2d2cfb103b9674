import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const UNITS = path.join(ROOT, 'infra/systemd');
const found = spawnSync('systemd-analyze', ['--version']).error === undefined;
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'units-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function analyze(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

/** The unit as it is installed, but for the place of Node, which is another on each machine. */
function installed(unit: string): string {
  const text = readFileSync(path.join(UNITS, unit), 'utf8').replace('=/usr/bin/node ', `=${process.execPath} `);
  const file = path.join(directory, unit);
  writeFileSync(file, text);
  return file;
}

describe.each(readdirSync(UNITS))('%s', (unit) => {
  it.skipIf(!found)('is understood by systemd, to the last line', () => {
    expect(analyze('verify', '--man=no', installed(unit))).toEqual({ status: 0, said: '' });
  });

  it.skipIf(!found)('leaves the program little to do harm with', () => {
    const { status, said } = analyze('security', '--offline=yes', '--threshold=22', installed(unit));
    expect(said).toMatch(/Overall exposure level for .*: [12]\.\d OK/);
    expect(status).toBe(0);
  });

  it('names files that there are', () => {
    const named = readFileSync(path.join(UNITS, unit), 'utf8').match(/(?<=\/opt\/ballast\/)\S+/g) ?? [];
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});
