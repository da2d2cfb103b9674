import { checkNames } from './checks/names.ts';
import { checkSelection } from './checks/selection.ts';
import { checkThresholds } from './checks/thresholds.ts';
import { ConfigError, type ConfigProblem } from './problems/error.ts';
import { type Fault, pathText } from './problems/fault.ts';
import { faultsOf } from './problems/issues.ts';
import { configSchema } from './schema/config.ts';
import { outline } from './schema/json.ts';
import { readSource, type Source } from './source/document.ts';
import type { Config } from './types.ts';

export interface ParseOptions {
  /** The name of the file, for messages. */
  readonly file: string;
  /** Where `${env:NAME}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a file that the configuration points to: a secret (`file:PATH`), or the authorities in `tls.ca`. */
  readonly readSecret: (path: string) => string;
}

/**
 * Reads a configuration from its text, whole or not at all.
 * @throws {ConfigError} with every problem that was found, each with its place in the file
 */
export function parseConfig(text: string, options: ParseOptions): Config {
  const { file, env, readSecret } = options;
  const source = readSource(text);
  const problems: ConfigProblem[] = source.faults.map((fault) => ({ file, ...fault }));
  if (source.data === undefined) throw new ConfigError(file, problems);
  // An empty file lacks what every configuration needs, and is told so key by key.
  const data = source.data ?? {};
  const parsed = configSchema({ env, readFile: readSecret }).safeParse(data);
  const faults = [
    ...(parsed.success ? [] : faultsOf(parsed.error.issues, data, outline())),
    ...checkThresholds(data),
    ...checkNames(data),
    ...checkSelection(data),
  ];
  problems.push(...faults.map((fault) => problemOf(fault, file, source)));
  if (!parsed.success || problems.length > 0) throw new ConfigError(file, problems.sort(byPlace));
  const { cluster, ...settings } = parsed.data;
  const migration = { ...cluster.migration, localDisks: settings.balance.localDisks };
  return { source: file, ...settings, cluster: { ...cluster, migration } };
}

function problemOf(fault: Fault, file: string, source: Source): ConfigProblem {
  const { path, expected, got, hint, atKey } = fault;
  const { line, column } = source.locate(path, atKey);
  return { file, line, column, path: pathText(path), expected, got, ...(hint === undefined ? {} : { hint }) };
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return a.line - b.line || a.column - b.column;
}
