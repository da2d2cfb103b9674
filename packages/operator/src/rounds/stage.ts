import { codeOf, describeError, type RoundFailure } from '@ballast/core';

/** Tells in which stage of a round something failed. */
class StageError extends Error {
  readonly stage: RoundFailure['stage'];

  constructor(stage: RoundFailure['stage'], cause: unknown) {
    super(describeError(cause), { cause });
    this.name = 'StageError';
    this.stage = stage;
  }
}

/** Runs one stage of a round; what it throws carries the stage's name. */
export async function stage<T>(name: RoundFailure['stage'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StageError(name, error);
  }
}

/** A failure as data: the code of the error itself, the stage around it. */
export function failureOf(error: unknown): RoundFailure {
  if (!(error instanceof StageError)) return { stage: 'assess', code: codeOf(error), message: describeError(error) };
  return { stage: error.stage, code: codeOf(error.cause), message: error.message };
}
