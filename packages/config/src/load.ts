import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BallastError } from '@ballast/core';
import { parseFlowManagerConfig } from './flow-manager/parse.ts';
import type { FlowManagerConfig } from './flow-manager/types.ts';
import { parseConfig } from './parse.ts';
import type { ParseOptions } from './read.ts';
import type { Config } from './types.ts';

type Env = ParseOptions['env'];

/**
 * Reads the operator's configuration file. Relative paths in it are meant from the directory it lies in.
 * @throws {BallastError} `config-unreadable` when the file cannot be read
 * @throws {ConfigError} when something in it is wrong
 */
export function loadConfig(file: string, env: Env): Promise<Config> {
  return load(file, env, parseConfig, 'infra/ballast.minimal.yaml');
}

/** Reads the flow manager's configuration file, as {@link loadConfig} does the operator's. */
export function loadFlowManagerConfig(file: string, env: Env): Promise<FlowManagerConfig> {
  return load(file, env, parseFlowManagerConfig, 'infra/flow-manager.minimal.yaml');
}

async function load<T>(
  file: string,
  env: Env,
  parse: (text: string, options: ParseOptions) => T,
  example: string,
): Promise<T> {
  const directory = dirname(resolve(file));
  const text = await readText(file, example);
  return parse(text, { file, env, readSecret: (path) => readFileSync(resolve(directory, path), 'utf8') });
}

async function readText(file: string, example: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const missing = `There is no such file; ${example} is one to start from.`;
    throw new BallastError('config-unreadable', `Expected to read the configuration ${file}, got ${code}.`, {
      cause,
      hint: code === 'ENOENT' ? missing : (HINTS[code] ?? 'Check the file.'),
    });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'Let the user that runs Ballast read it.',
  EISDIR: 'It is a directory.',
};
