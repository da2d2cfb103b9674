import { EMPTY_HISTORY, type History, type HistoryStore } from '@ballast/core';
import type { DocumentKind } from '../file/kind.ts';
import { type DocumentStoreOptions, documentStore } from '../file/store.ts';
import { checked } from '../file/zod.ts';
import { type RedisDocumentOptions, redisDocumentStore } from '../redis/document.ts';
import { historySchema } from './schema.ts';

const HISTORY: DocumentKind<History> = {
  noun: 'history',
  file: 'history.json',
  schema: 'ballast-history',
  version: 1,
  empty: EMPTY_HISTORY,
  loss: 'Cool-downs and weights start afresh',
  toJson: (history) => checked(historySchema, history),
  fromJson: (json) => checked(historySchema, json),
};

/** Keeps the history in `history.json` of a directory, as {@link documentStore} does. */
export function fileHistoryStore(options: DocumentStoreOptions): HistoryStore {
  return documentStore(HISTORY, options);
}

/** Keeps the history at a key of Redis, as {@link redisDocumentStore} does. */
export function redisHistoryStore(options: RedisDocumentOptions): HistoryStore {
  return redisDocumentStore(HISTORY, options);
}
