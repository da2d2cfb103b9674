export { StoreError, type StoreErrorCode } from './errors.ts';
export type { DocumentKind, DocumentStore } from './file/kind.ts';
export { type DocumentStoreOptions, documentStore } from './file/store.ts';
export { fileHistoryStore } from './history/store.ts';
export { memoryHistoryStore } from './memory.ts';
