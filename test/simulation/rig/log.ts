import type { Logger } from '@ballast/telemetry';

/** A line that is made only where somebody reads it. */
export type TraceLine = () => string;

type Write = (fields: unknown, message?: string) => void;

/** A logger that hands lines to a trace: level, message and fields. */
export function logTo(trace: (line: TraceLine) => void): Logger {
  const at =
    (level: string): Write =>
    (fields, message) =>
      trace(() => (message === undefined ? `${level}: ${String(fields)}` : `${level}: ${message} ${textOf(fields)}`));
  const logger = {
    debug: () => undefined,
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (): unknown => logger,
  };
  return logger as unknown as Logger;
}

function textOf(fields: unknown): string {
  return JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? String(value) : value));
}
