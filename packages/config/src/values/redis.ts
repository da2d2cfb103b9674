import type { z } from 'zod';
import { type Reading, scalar } from './scalar.ts';

const EXPECTED = 'the address of a Redis, such as redis://redis.example.com:6379';
const HOSTS = String.raw`(?:\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::\d{1,5})?`;
const FORMS: readonly RegExp[] = [
  new RegExp(String.raw`^rediss?://${HOSTS}(?:/\d{0,5})?$`),
  new RegExp(String.raw`^rediss?\+sentinel://${HOSTS}(?:,${HOSTS})*/[^/?#\s]+$`),
  new RegExp(String.raw`^rediss?\+cluster://${HOSTS}(?:,${HOSTS})*$`),
];
const HINT =
  'It is redis://HOST:PORT/DATABASE, redis+sentinel://HOST:PORT,HOST:PORT/MASTER or redis+cluster://HOST:PORT,HOST:PORT; rediss is with TLS.';

/** The address of a server, of Sentinels or of a Cluster, without user and password. */
export function redisUrl(): z.ZodType<string> {
  return scalar(
    (value): Reading<string> => {
      if (typeof value !== 'string') return { expected: EXPECTED };
      if (value.includes('@')) {
        return {
          expected: EXPECTED,
          got: 'one with credentials in it (not shown)',
          hint: 'They belong into `username` and `password`.',
        };
      }
      return FORMS.some((form) => form.test(value)) ? { value } : { expected: EXPECTED, hint: HINT };
    },
    {
      type: 'string',
      pattern: String.raw`^rediss?(\+sentinel|\+cluster)?://[^@]+$`,
      examples: ['redis://127.0.0.1:6379'],
    },
  );
}
