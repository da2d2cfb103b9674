export * from './haproxy/index.ts';
export * from './recording/index.ts';
