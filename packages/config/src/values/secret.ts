import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

/** What secrets and files are read from. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * The text of a file, by its path as the configuration states it.
   * @throws whatever reading a file throws
   */
  readonly readFile: (path: string) => string;
}

const EXPECTED = 'a reference: ${' + 'env:NAME} or file:/path/to/file';
const ENV = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}$/;
const FILE = /^file:(.+)$/;

/**
 * A secret, by reference: `${env:NAME}` or `file:/path`. A secret written into the configuration itself is refused,
 * and no message repeats it.
 */
function readSecret(value: unknown, sources: Sources): Reading<string> {
  if (typeof value !== 'string') return { expected: EXPECTED };
  const variable = ENV.exec(value)?.[1];
  if (variable !== undefined) {
    const secret = sources.env[variable];
    return secret === undefined || secret.trim() === ''
      ? {
          expected: `the environment variable ${variable} to hold the secret`,
          got: secret === undefined ? 'no such variable' : 'an empty one',
          hint: `Set ${variable} where Ballast is started; systemd takes it from EnvironmentFile=.`,
        }
      : oneLine(secret, `the environment variable ${variable}`);
  }
  const file = FILE.exec(value)?.[1];
  if (file === undefined) {
    const bare = /^(env:|\$[A-Z_{])/.test(value) ? 'The form is ${' + 'env:NAME}, braces included.' : undefined;
    return {
      expected: EXPECTED,
      got: 'a literal value (not shown)',
      hint: bare ?? 'Put the secret into a file that only Ballast may read, and refer to it.',
    };
  }
  const read = readText(file, sources, 'the secret');
  return 'value' in read ? oneLine(read.value, `the file ${file}`) : read;
}

/** A secret ends where its line ends; the newline that editors append is not part of it. */
function oneLine(text: string, place: string): Reading<string> {
  const secret = text.trim();
  const expected = `${place} to hold the secret alone`;
  if (/^[^=\s]+![^=\s]+=/.test(secret)) {
    return { expected, got: 'the id of the token in front of it', hint: 'Keep only the part behind the "=".' };
  }
  if (/[\r\n]/.test(secret)) return { expected, got: 'more than one line' };
  return { value: secret };
}

/** The text of a file that the configuration points to. */
export function readText(file: string, sources: Sources, what: string): Reading<string> {
  const expected = `the file ${file} to hold ${what}`;
  try {
    const text = sources.readFile(file);
    return text.trim() === '' ? { expected, got: 'an empty file' } : { value: text };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { expected, got: 'no such file', hint: 'Check the path.' };
    if (code === 'EACCES')
      return { expected, got: 'no permission to read it', hint: 'Let the user that runs Ballast read it.' };
    if (code === 'EISDIR') return { expected, got: 'a directory' };
    return { expected, got: `a failure to read it (${code ?? 'unknown'})` };
  }
}

export function secret(sources: Sources): z.ZodType<string> {
  return scalar(
    (value) => readSecret(value, sources),
    {
      type: 'string',
      pattern: '^(\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}|file:.+)$',
      examples: ['file:/etc/ballast/token'],
    },
    { secret: true },
  );
}
