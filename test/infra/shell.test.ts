import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const INFRA = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../infra');
const SCRIPTS = readdirSync(INFRA, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sh'));
const found = spawnSync('shellcheck', ['--version']).error === undefined;

function run(program: string, ...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: INFRA, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

describe('shell scripts', () => {
  it('are found', () => {
    expect(SCRIPTS.length).toBeGreaterThan(5);
  });

  it.each(SCRIPTS)('%s is read by a plain sh', (file) => {
    expect(run('sh', '-n', file)).toEqual({ status: 0, said: '' });
  });

  it.skipIf(!found).each(SCRIPTS)('%s satisfies shellcheck', (file) => {
    expect(run('shellcheck', '-x', file)).toEqual({ status: 0, said: '' });
  });
});
