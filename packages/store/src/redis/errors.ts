import { StoreError, type StoreErrorCode } from '../errors.ts';
import { nameOfRedis, type RedisAddress } from './address.ts';

interface Verdict {
  readonly says: RegExp;
  readonly code: StoreErrorCode;
  readonly words: string;
  readonly hint: string;
}

/** By the first words of what Redis answers. https://redis.io/docs/latest/develop/reference/protocol-spec/ */
const VERDICTS: readonly Verdict[] = [
  {
    says: /^(NOAUTH|WRONGPASS|ERR AUTH|ERR invalid password)/,
    code: 'store-redis-refused',
    words: 'user and password are not accepted',
    hint: 'Check `state.redis.username` and `state.redis.password`.',
  },
  {
    says: /^NOPERM|user executing the script can't/,
    code: 'store-permission',
    words: 'the user may not do that',
    hint: 'Allow it on the keys of Ballast: `ACL SETUSER NAME on >PASSWORD ~ballast:* +info +eval +get +set +pexpire +del +rename +exists +time`.',
  },
  {
    says: /^OOM/,
    code: 'store-full',
    words: 'Redis has no memory left',
    hint: 'Raise `maxmemory`, or use a Redis of its own; what was saved before is intact.',
  },
  {
    says: /^MISCONF/,
    code: 'store-full',
    words: 'Redis cannot write to its disk',
    hint: "Look at Redis's log and its disk; what was saved before is intact.",
  },
  {
    says: /^READONLY/,
    code: 'store-redis-refused',
    words: 'it is a replica',
    hint: 'Name the master, or its Sentinels as redis+sentinel://HOST:PORT/MASTER.',
  },
  {
    says: /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY)/,
    code: 'store-redis-unreachable',
    words: 'it is not ready',
    hint: 'It is tried again by itself.',
  },
];

/** A failure of Redis as a typed error: `doing` completes "Could not ...". */
export function redisError(address: RedisAddress, doing: string, cause: unknown): StoreError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const verdict = VERDICTS.find(({ says }) => says.test(text));
  const what = `Could not ${doing}: ${nameOfRedis(address)}`;
  if (verdict !== undefined) {
    const { code, words, hint } = verdict;
    return new StoreError(code, `${what} said that ${words}.`, { cause, hint });
  }
  if (cause instanceof Error && cause.name === 'ReplyError') {
    return new StoreError('store-redis-refused', `${what} said ${JSON.stringify(text)}.`, {
      cause,
      hint: 'Expected a Redis of version 6.2 or later, or what speaks as it does.',
    });
  }
  return new StoreError('store-redis-unreachable', `${what} did not answer (${reasonOf(cause)}).`, {
    cause,
    hint: 'Check that it runs, and `state.redis.url`. It is tried again by itself.',
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return cause.message === '' ? cause.name : cause.message.replace(/\.$/, '');
}
