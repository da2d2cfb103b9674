export { StoreError, type StoreErrorCode } from './errors.ts';
export type { DocumentKind, DocumentStore } from './file/kind.ts';
export { type DocumentStoreOptions, documentStore } from './file/store.ts';
export { fileHistoryStore, redisHistoryStore } from './history/store.ts';
export { memoryHistoryStore, memoryLeaseStore } from './memory.ts';
export { parseRedisAddress } from './redis/address.ts';
export { connectRedis, type RedisConnection, type RedisConnectionOptions } from './redis/connection.ts';
export type { RedisDocumentOptions } from './redis/document.ts';
export { redisLeaseStore } from './redis/lease.ts';
