import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { BallastError } from '@ballast/core';
import type { z } from 'zod';
import { fromBenchCluster } from './bench-cluster.ts';
import type { Recorded } from './recorded.ts';
import { benchCluster, recordedSnapshot } from './schemas.ts';

const HINT = '`ballast snapshot > FILE` writes one.';

/**
 * Reads a recorded cluster: what `ballast snapshot` wrote, or a cluster of `bench-cluster/1`; gzipped or not.
 *
 * @throws {BallastError} `snapshot-unreadable` when the file cannot be read, `snapshot-invalid` when it holds something else
 */
export function readRecorded(file: string): Recorded {
  const document = parse(file, textOf(file));
  const schema = isObject(document) ? document['schema'] : undefined;
  if (schema === 'bench-cluster/1') return fromBenchCluster(checked(file, benchCluster, document));
  if (schema === 'ballast-snapshot/1') {
    return checked(file, recordedSnapshot, document);
  }
  const got = typeof schema === 'string' ? schema : 'none';
  throw new BallastError(
    'snapshot-invalid',
    `Expected ${file} to have the schema ballast-snapshot/1 or bench-cluster/1, got ${got}.`,
    { hint: HINT },
  );
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file);
    const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (gzipped ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    const code = isObject(cause) ? String(cause['code']) : 'a fault';
    throw new BallastError('snapshot-unreadable', `Expected to read the snapshot ${file}, got ${code}.`, {
      cause,
      hint: code === 'ENOENT' ? `There is no such file. ${HINT}` : HINT,
    });
  }
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

function checked<T>(file: string, schema: z.ZodType<T>, document: unknown): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new BallastError('snapshot-invalid', `Expected ${file} to be a snapshot: ${place}: ${issue?.message ?? ''}.`, {
    hint: HINT,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
