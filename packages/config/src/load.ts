import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BallastError } from '@ballast/core';
import { parseConfig } from './parse.ts';
import type { Config } from './types.ts';

/**
 * Reads a configuration file. Relative paths in it are meant from the directory it lies in.
 * @throws {BallastError} `config-unreadable` when the file cannot be read
 * @throws {ConfigError} when something in it is wrong
 */
export async function loadConfig(file: string, env: Readonly<Record<string, string | undefined>>): Promise<Config> {
  const directory = dirname(resolve(file));
  return parseConfig(await readConfig(file), {
    file,
    env,
    readSecret: (path) => readFileSync(resolve(directory, path), 'utf8'),
  });
}

async function readConfig(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new BallastError('config-unreadable', `Expected to read the configuration ${file}, got ${code}.`, {
      cause,
      hint: HINTS[code] ?? 'Check the file.',
    });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file; infra/ballast.minimal.yaml is one to start from.',
  EACCES: 'Let the user that runs Ballast read it.',
  EISDIR: 'It is a directory.',
};
