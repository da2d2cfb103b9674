import type { Failure } from './failure.ts';
import { FAILURES } from './failures.ts';
import { ProxmoxError } from './proxmox-error.ts';
import type { FailureRow } from './row.ts';

export interface Match {
  readonly row: FailureRow;
  readonly found: RegExpExecArray | null;
}

/** The typed error of a failure: the first row of the table that matches it. */
export function classify(failure: Failure, cause?: unknown): ProxmoxError {
  const { row, found } = matchFailure(failure);
  const { hint } = row;
  return new ProxmoxError(row.code, row.says(failure, found), {
    kind: row.kind,
    elsewhere: row.elsewhere ?? false,
    unsent: failure.unsent,
    ...(failure.status > 0 ? { status: failure.status, reason: failure.text } : {}),
    ...(hint === undefined ? {} : { hint: typeof hint === 'string' ? hint : hint(failure, found) }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The first row of the table that matches, and what its phrase found. */
export function matchFailure(failure: Failure): Match {
  for (const row of FAILURES) {
    if (row.errno !== undefined && !row.errno.some((errno) => sameErrno(errno, failure.errno))) continue;
    // A failure with an error number is told by that number: its status, if any, is beside the point.
    if (row.status !== undefined && (failure.errno !== '' || !row.status.includes(failure.status))) continue;
    if (row.request !== undefined && !row.request.test(`${failure.call.method} ${failure.call.path}`)) continue;
    const found = row.phrase === undefined ? null : row.phrase.exec(failure.text);
    if (row.phrase !== undefined && found === null) continue;
    return { row, found };
  }
  throw new Error('The last row of the table matches every failure.');
}

function sameErrno(pattern: string, errno: string): boolean {
  return pattern.endsWith('_') ? errno.startsWith(pattern) : pattern === errno;
}
