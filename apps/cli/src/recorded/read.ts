import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { BallastError } from '@ballast/core';
import type { z } from 'zod';
import { fromBenchCluster } from './bench-cluster.ts';
import { checkBench, checkSnapshot } from './cross-checks.ts';
import { invalid, type Problem, problemsOf } from './problems.ts';
import type { Recorded } from './recorded.ts';
import { benchCluster } from './schemas.ts';
import { recordedSnapshot } from './snapshot-schema.ts';

const HINT = '`ballast snapshot > FILE` writes one.';

/** What zlib says of files that are gzipped, and not whole. */
const GZIP_FAULTS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'one that is cut off',
  Z_DATA_ERROR: 'one that is damaged',
};

/**
 * Reads a recorded cluster: what `ballast snapshot` wrote, or a cluster of `bench-cluster/1`; gzipped or not.
 *
 * @throws {BallastError} `snapshot-unreadable` when the file cannot be read, `snapshot-invalid` when it holds something else
 */
export function readRecorded(file: string): Recorded {
  const document = parse(file, textOf(file));
  const schema = isObject(document) ? document['schema'] : undefined;
  if (schema === 'bench-cluster/1') return fromBenchCluster(checked(file, benchCluster, document, checkBench));
  if (schema === 'ballast-snapshot/1') {
    checked(file, recordedSnapshot, document, ({ snapshot }) => checkSnapshot(snapshot));
    // Not what the schema made of it: a newer field that it does not name may matter to planning.
    return document as Recorded;
  }
  const got = typeof schema === 'string' ? schema : 'none';
  throw new BallastError(
    'snapshot-invalid',
    `Expected ${file} to have the schema ballast-snapshot/1 or bench-cluster/1, got ${got}.`,
    { hint: HINT },
  );
}

/** The text of a file, without the byte order mark that some editors put before it. */
function textOf(file: string): string {
  try {
    const bytes = readFileSync(file);
    const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (gzipped ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): BallastError {
  const code = isObject(cause) ? String(cause['code']) : 'a fault';
  const gzip = GZIP_FAULTS[code];
  if (gzip !== undefined) {
    return new BallastError('snapshot-unreadable', `Expected ${file} to be a whole gzipped file, got ${gzip}.`, {
      cause,
      hint: 'Copy it once more, or write one anew with `ballast snapshot > FILE`.',
    });
  }
  return new BallastError('snapshot-unreadable', `Expected to read the snapshot ${file}, got ${code}.`, {
    cause,
    hint: code === 'ENOENT' ? `There is no such file. ${HINT}` : HINT,
  });
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BallastError('snapshot-invalid', `Expected ${file} to hold JSON, got something else.`, {
      cause,
      hint: HINT,
    });
  }
}

/** The document as its schema reads it, once its parts fit together, too. */
function checked<T>(
  file: string,
  schema: z.ZodType<T>,
  document: unknown,
  across: (value: T) => readonly Problem[],
): T {
  const result = schema.safeParse(document);
  if (!result.success) throw invalid(file, problemsOf(result.error.issues, document));
  const problems = across(result.data);
  if (problems.length > 0) throw invalid(file, problems);
  return result.data;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
