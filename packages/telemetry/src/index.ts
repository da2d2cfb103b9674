export { type LoggedError, logError } from './logs/errors.ts';
export {
  createLogger,
  LOG_LEVELS,
  type LogFormat,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logs/logger.ts';
export { createMetrics, type Metrics, type MetricsOptions, type RequestEvent } from './metrics/metrics.ts';
export { METRICS, type MetricDefinition } from './metrics/names.ts';
