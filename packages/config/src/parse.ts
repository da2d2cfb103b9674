import { checkNames } from './checks/names.ts';
import { checkSelection } from './checks/selection.ts';
import { checkSharing } from './checks/sharing.ts';
import { checkTargets } from './checks/targets.ts';
import { checkThresholds } from './checks/thresholds.ts';
import { type ConfigKind, type ParseOptions, readConfig } from './read.ts';
import { configSchema, type Settings } from './schema/config.ts';
import { outline } from './schema/json.ts';
import type { Config } from './types.ts';

const OPERATOR: ConfigKind<Settings> = {
  schema: configSchema,
  outline,
  checks: [checkThresholds, checkNames, checkSelection, checkTargets, checkSharing],
};

/**
 * Reads the operator's configuration from its text, whole or not at all.
 * @throws {ConfigError} with every problem that was found, each with its place in the file
 */
export function parseConfig(text: string, options: ParseOptions): Config {
  const { cluster, ...settings } = readConfig(text, options, OPERATOR);
  const migration = { ...cluster.migration, localDisks: settings.balance.localDisks };
  return { source: options.file, ...settings, cluster: { ...cluster, migration } };
}
