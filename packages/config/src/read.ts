import type { z } from 'zod';
import { ConfigError, type ConfigProblem } from './problems/error.ts';
import { type Fault, pathText } from './problems/fault.ts';
import { faultsOf } from './problems/issues.ts';
import type { Outline } from './problems/outline.ts';
import { readSource, type Source } from './source/document.ts';
import type { Sources } from './values/secret.ts';

export interface ParseOptions {
  /** The name of the file, for messages. */
  readonly file: string;
  /** Where `${env:NAME}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a file that the configuration points to: a secret (`file:PATH`), or one in PEM. */
  readonly readSecret: (path: string) => string;
}

/** What the configuration of one program is read by. */
export interface ConfigKind<T> {
  /** Reads the secrets and files it meets, so it is made for each reading. */
  readonly schema: (sources: Sources) => z.ZodType<T>;
  readonly outline: () => Outline;
  /** What the schema cannot see: whether parts agree with each other. */
  readonly checks: readonly ((data: unknown) => readonly Fault[])[];
}

/**
 * Reads the text of a configuration, whole or not at all.
 * @throws {ConfigError} with every problem that was found, each with its place in the file
 */
export function readConfig<T>(text: string, { file, env, readSecret }: ParseOptions, kind: ConfigKind<T>): T {
  const source = readSource(text);
  const problems: ConfigProblem[] = source.faults.map((fault) => ({ file, ...fault }));
  if (source.data === undefined) throw new ConfigError(file, problems);
  // An empty file is one that leaves everything out; what is needed is then told key by key.
  const data = source.data ?? {};
  const parsed = kind.schema({ env, readFile: readSecret }).safeParse(data);
  const faults = [
    ...(parsed.success ? [] : faultsOf(parsed.error.issues, data, kind.outline())),
    ...kind.checks.flatMap((check) => check(data)),
  ];
  problems.push(...faults.map((fault) => problemOf(fault, file, source)));
  if (!parsed.success || problems.length > 0) throw new ConfigError(file, problems.sort(byPlace));
  return parsed.data;
}

function problemOf(fault: Fault, file: string, source: Source): ConfigProblem {
  const { path, expected, got, hint, atKey } = fault;
  const { line, column } = source.locate(path, atKey);
  return { file, line, column, path: pathText(path), expected, got, ...(hint === undefined ? {} : { hint }) };
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return a.line - b.line || a.column - b.column;
}
