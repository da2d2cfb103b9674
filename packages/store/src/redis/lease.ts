import type { LeaseAnswer, LeaseStore } from '@ballast/core';
import type { RedisConnection } from './connection.ts';
import { keysOf } from './keys.ts';

/**
 * Takes the lease where nobody has it, and prolongs one's own. The token is the time of Redis in milliseconds, or one more
 * than the last where that is larger: it grows even when Redis has lost what it knew.
 */
const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {0, holder} end
local token = redis.call('GET', KEYS[2])
if holder and token then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {1, token}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
token = string.format('%.0f', math.max(now, tonumber(token or '0') + 1))
redis.call('SET', KEYS[2], token)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1, token}`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0`;

/** The lease of a cluster's operators, at keys of Redis, whose clock alone counts. */
export function redisLeaseStore(connection: RedisConnection, cluster: string): LeaseStore {
  const { lease, token } = keysOf(cluster);
  return {
    hold: async (holder, duration) => {
      const answer = await connection.run(HOLD, [lease, token], [holder, Math.ceil(duration)], 'take the lease');
      const [held, word] = answer as readonly [number, string];
      return (held === 1 ? { held: true, token: BigInt(word) } : { held: false, by: word }) satisfies LeaseAnswer;
    },
    release: async (holder) => {
      await connection.run(RELEASE, [lease], [holder], 'give the lease back');
    },
  };
}
