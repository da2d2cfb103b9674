import { BallastError, type ErrorOptions } from '@ballast/core';

export type StoreErrorCode =
  /** What was stored cannot be read; it was moved aside, and an empty document is used. */
  | 'store-damaged'
  /** Stored by a newer Ballast; left as it is. */
  | 'store-newer'
  /** The value given could not be read back; nothing was written. */
  | 'store-invalid'
  /** The disk or the quota is full. */
  | 'store-full'
  /** The directory or the file may not be read or written. */
  | 'store-permission'
  /** A file stands where the directory should be, or a directory where the file should be. */
  | 'store-not-a-directory'
  /** Any other failure of the file system. */
  | 'store-io'
  /** The address of a Redis is none. */
  | 'store-address'
  /** Redis does not answer, or is not ready. */
  | 'store-redis-unreachable'
  /** Redis answers that it does not do that. */
  | 'store-redis-refused'
  /** Another operator has the lease by now; nothing was written. */
  | 'store-fenced';

/** A document could not be kept, or could not be read. */
export class StoreError extends BallastError {
  constructor(code: StoreErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

interface Verdict {
  readonly code: StoreErrorCode;
  readonly words: string;
  readonly hint: string;
}

const PERMISSION: Verdict = {
  code: 'store-permission',
  words: 'permission denied',
  hint: 'Give the directory to the user that Ballast runs as, or set `state.directory` to one that it may write.',
};
const READ_ONLY: Verdict = {
  code: 'store-permission',
  words: 'the file system is read-only',
  hint: 'Set `state.directory` to a directory on a file system that can be written.',
};
const FULL: Verdict = {
  code: 'store-full',
  words: 'no space is left',
  hint: 'Free some space; what was saved before is intact, and it is saved again by itself.',
};
const NO_DIRECTORY: Verdict = {
  code: 'store-not-a-directory',
  words: 'a file and a directory are mixed up',
  hint: 'Set `state.directory` to a directory, and keep no directory in it that has the name of the file.',
};

/** By the codes of `errno`. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  EROFS: READ_ONLY,
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: FULL,
  ENOTDIR: NO_DIRECTORY,
  EISDIR: NO_DIRECTORY,
  EEXIST: NO_DIRECTORY,
};

/** A failure of the file system as a typed error: `doing` completes "Could not ...". */
export function fileSystemError(doing: string, cause: unknown): StoreError {
  const code = errnoOf(cause);
  const verdict = VERDICTS[code] ?? {
    code: 'store-io' as const,
    words: code === '' ? String(cause) : code,
    hint: 'Check the disk that holds `state.directory`.',
  };
  return new StoreError(verdict.code, `Could not ${doing}: ${verdict.words}.`, { cause, hint: verdict.hint });
}

/** The `errno` word of a system error; empty for any other value. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
