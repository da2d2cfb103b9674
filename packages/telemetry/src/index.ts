export { type LoggedError, logError } from './logs/errors.ts';
export {
  createLogger,
  LOG_LEVELS,
  type LogFormat,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logs/logger.ts';
export { createFlowManagerMetrics, type FlowManagerMetrics } from './metrics/flow-manager/metrics.ts';
export type {
  ChannelReading,
  FlowManagerReading,
  MemberReading,
  ServiceReading,
  SwitchReading,
} from './metrics/flow-manager/reading.ts';
export { createMetrics, type Metrics, type MetricsOptions, type RequestEvent } from './metrics/metrics.ts';
export { FLOW_MANAGER_METRICS, METRICS, type MetricDefinition } from './metrics/names/index.ts';
