import { createHash } from 'node:crypto';

/** The checksum of a file of the cluster's configuration. */
export function digestOfValue(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('hex');
}
