export * from './history-store.ts';
export * from './weight-target.ts';
