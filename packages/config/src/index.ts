export { DEFAULTS, type Defaults } from './defaults.ts';
export { loadConfig } from './load.ts';
export { type ParseOptions, parseConfig } from './parse.ts';
export { ConfigError, type ConfigProblem } from './problems/error.ts';
export { type CompiledRules, compileRules } from './rules/compile.ts';
export { jsonSchema } from './schema/json.ts';
export type {
  AuthConfig,
  ClusterConfig,
  Config,
  HaproxyTargetConfig,
  ListenConfig,
  LogConfig,
  MigrationConfig,
  RuleDefinition,
  RuleSelector,
  TargetConfig,
  TlsConfig,
} from './types.ts';
export { warningsOf } from './warnings.ts';
