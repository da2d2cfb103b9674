export type { RunningFlowManager } from './running.ts';
export { type FlowManagerOptions, startFlowManager } from './start.ts';
export { VERSION } from './version.ts';
