export { DEFAULTS, type Defaults } from './defaults.ts';
export { FLOW_MANAGER_DEFAULTS } from './flow-manager/defaults.ts';
export { flowManagerJsonSchema } from './flow-manager/json.ts';
export { parseFlowManagerConfig } from './flow-manager/parse.ts';
export type { FlowManagerSettings } from './flow-manager/schema.ts';
export type {
  FlowManagerConfig,
  LinkConfig,
  MemberConfig,
  PlacementConfig,
  ServiceConfig,
} from './flow-manager/types.ts';
export { flowManagerWarningsOf } from './flow-manager/warnings.ts';
export { loadConfig, loadFlowManagerConfig } from './load.ts';
export { parseConfig } from './parse.ts';
export { ConfigError, type ConfigProblem } from './problems/error.ts';
export type { ParseOptions } from './read.ts';
export { type CompiledRules, compileRules } from './rules/compile.ts';
export { type EditorSchema, jsonSchema } from './schema/json.ts';
export type {
  AuthConfig,
  ClusterConfig,
  Config,
  FlowManagerTargetConfig,
  HaproxyTargetConfig,
  ListenConfig,
  LogConfig,
  MigrationConfig,
  RedisConfig,
  RuleDefinition,
  RuleSelector,
  RyuTargetConfig,
  TargetConfig,
  TlsConfig,
} from './types.ts';
export { warningsOf } from './warnings.ts';
