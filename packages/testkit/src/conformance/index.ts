export * from './history-store.ts';
export * from './lease-store.ts';
export * from './weight-target.ts';
