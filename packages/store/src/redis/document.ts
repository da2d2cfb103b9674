import type { BallastError } from '@ballast/core';
import { StoreError } from '../errors.ts';
import { decode, encode } from '../file/codec.ts';
import type { DocumentKind, DocumentStore } from '../file/kind.ts';
import { inTurn } from '../order.ts';
import type { RedisConnection } from './connection.ts';
import { keysOf } from './keys.ts';

export interface RedisDocumentOptions {
  readonly connection: RedisConnection;
  /** What the cluster is called: each has keys of its own. */
  readonly cluster: string;
  /** The token of the lease that saves are made under; `undefined`: under none, as by a command that was typed. */
  readonly token?: () => bigint | undefined;
  /** Told of what was put right without failing: a damaged document that was moved aside. */
  readonly onProblem: (problem: BallastError) => void;
}

const READ = `return redis.call('GET', KEYS[1])`;

/** Nothing is written under a token that is not the newest: its holder was replaced, and does not know it yet. */
const WRITE = `
local newest = redis.call('GET', KEYS[2])
if ARGV[1] ~= '' and newest and newest ~= ARGV[1] then return newest end
redis.call('SET', KEYS[1], ARGV[2])
return false`;

const MOVE_ASIDE = `
local n = 1
while redis.call('EXISTS', KEYS[1] .. ':damaged-' .. n) == 1 do n = n + 1 end
redis.call('RENAME', KEYS[1], KEYS[1] .. ':damaged-' .. n)
return KEYS[1] .. ':damaged-' .. n`;

/**
 * Keeps a document at a key of Redis, as {@link documentStore} keeps it in a file: in order, whole or not at all, and a
 * document that is damaged is moved aside. How long it lives is what Redis was told: `appendonly yes`.
 *
 * `load` and `save` throw a {@link StoreError}: those of {@link RedisConnection}, `store-newer`; `save` also
 * `store-invalid`, and `store-fenced` where another operator leads by now.
 */
export function redisDocumentStore<T>(kind: DocumentKind<T>, options: RedisDocumentOptions): DocumentStore<T> {
  const { connection, cluster, token = () => undefined, onProblem } = options;
  const keys = keysOf(cluster);
  const key = keys.document(kind.noun);
  const place = `key ${key} of ${connection.name}`;
  const next = inTurn();
  let looked = false;
  const load = async (): Promise<T> => {
    const text = await connection.run(READ, [key], [], `read the ${kind.noun}`);
    const value = typeof text === 'string' ? await decoded(text) : kind.empty;
    looked = true;
    return value;
  };
  const decoded = async (text: string): Promise<T> => {
    try {
      return decode(kind, text, place).value;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'store-damaged') throw error;
      const aside = await connection.run(MOVE_ASIDE, [key], [], `move the damaged ${kind.noun} aside`);
      const moved = `It was moved aside to ${String(aside)}; the ${kind.noun} starts empty.`;
      const hint = `${kind.loss}; rename it back while Ballast is stopped, once it was mended, to go on from it.`;
      onProblem(new StoreError('store-damaged', `${error.message} ${moved}`, { cause: error.cause, hint }));
      return kind.empty;
    }
  };
  const write = async (text: string): Promise<void> => {
    // Nothing is overwritten unseen: a newer Ballast's document is refused, a damaged one moved aside.
    if (!looked) await load();
    const own = token()?.toString() ?? '';
    const newest = await connection.run(WRITE, [key, keys.token], [own, text], `save the ${kind.noun}`);
    if (newest !== null) throw fenced(kind.noun, place);
  };
  return {
    load: () => next(load),
    save: async (value) => {
      const text = encode(kind, value);
      await next(() => write(text));
    },
  };
}

function fenced(noun: string, place: string): StoreError {
  return new StoreError('store-fenced', `Did not save the ${noun} to ${place}: another operator leads by now.`, {
    hint: 'Nothing is to be done: the one that leads saves what it knows.',
  });
}
