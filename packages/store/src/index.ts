export { StoreError, type StoreErrorCode } from './errors.ts';
export { type FileHistoryStoreOptions, fileHistoryStore } from './file/store.ts';
export { memoryHistoryStore } from './memory.ts';
