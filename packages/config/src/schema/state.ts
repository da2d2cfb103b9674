import { z } from 'zod';
import type { Config, RedisConfig } from '../types.ts';
import { directory } from '../values/directory.ts';
import { duration } from '../values/duration.ts';
import { certificates } from '../values/pem.ts';
import { redisUrl } from '../values/redis.ts';
import { type Sources, secret } from '../values/secret.ts';

export function state(sources: Sources): z.ZodType<Config['state']> {
  return z.strictObject({
    directory: directory().prefault('/var/lib/ballast').describe('Directory of the history.'),
    redis: redis(sources)
      .exactOptional()
      .describe('A Redis that keeps the history instead, for several operators of which one leads.'),
  });
}

function redis(sources: Sources): z.ZodType<RedisConfig> {
  return z.strictObject({
    url: redisUrl().describe('Its address; that of its Sentinels, or of its Cluster.'),
    username: z.string().min(1).exactOptional().describe("A user of Redis's access lists."),
    password: secret(sources).exactOptional().describe('Password of the user, by reference.'),
    sentinelPassword: secret(sources).exactOptional().describe('Password that the Sentinels ask for, by reference.'),
    ca: certificates(sources, '/etc/ballast/redis-ca.pem')
      .exactOptional()
      .describe('PEM file with the authorities to trust, for rediss.'),
    timeout: duration('100ms', '1m').prefault('2s').describe('Longest wait for a connection, and for an answer.'),
    lease: duration('2s', '5m')
      .prefault('15s')
      .describe('An operator that is not heard of for so long has lost the lead, and another one takes over.'),
  });
}
