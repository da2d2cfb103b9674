import { BallastError } from '@ballast/core';

/** An error as it stands in a log line. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
  /** Of errors that nobody expected; ours say enough by code and hint. */
  readonly stack?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

const DEEPEST = 5;

/**
 * What a log line says of an error. Only these fields are copied: errors of HTTP clients carry the whole request,
 * tokens included, in fields of their own.
 */
export function logError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: textOf(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const ours = error instanceof BallastError;
  const deeper = depth < DEEPEST;
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    ...(ours && error.hint !== undefined ? { hint: error.hint } : {}),
    ...(!ours && depth === 0 && error.stack !== undefined ? { stack: error.stack } : {}),
    ...(deeper && error.cause !== undefined ? { cause: logError(error.cause, depth + 1) } : {}),
    ...(deeper && error instanceof AggregateError
      ? { errors: error.errors.slice(0, 10).map((inner) => logError(inner, depth + 1)) }
      : {}),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
