export interface ErrorOptions {
  readonly cause?: unknown;
  /** What to do next, one sentence. */
  readonly hint?: string;
}

/**
 * Base of every error that Ballast throws. `code` is stable: logs, metrics and documents name it.
 * The message says what was expected and what was got; `hint` says what to do next. Neither holds a secret.
 */
export class BallastError extends Error {
  readonly code: string;
  readonly hint?: string;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    if (options.hint !== undefined) this.hint = options.hint;
  }
}

/** What was about to leave was kept back: nothing was sent. Its code and its words are those of its cause. */
export class KeptBackError extends BallastError {
  constructor(cause: unknown) {
    const hint = cause instanceof BallastError ? cause.hint : undefined;
    super(codeOf(cause), cause instanceof Error ? cause.message : String(cause), {
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** The code of an error of ours; `unexpected` for any other value. */
export function codeOf(error: unknown): string {
  return error instanceof BallastError ? error.code : 'unexpected';
}

/** One line for a person: the message, and what to do next where it is known. */
export function describeError(error: unknown): string {
  if (error instanceof BallastError) return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
