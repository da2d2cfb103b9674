export * from './flow-manager/index.ts';
export * from './haproxy/index.ts';
export * from './recording/index.ts';
export * from './ryu/index.ts';
