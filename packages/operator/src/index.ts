export { systemClock } from '@ballast/machine';
export { type CarryOptions, carryOut } from './execution/carry.ts';
export type { Execution } from './execution/execution.ts';
export { Leadership, type LeadershipOptions } from './leadership/leadership.ts';
export { Memory } from './rounds/memory.ts';
export { type Look, lookOnce } from './rounds/once.ts';
export { Operator, type OperatorParts, type OperatorSettings } from './rounds/operator.ts';
export { Ticker } from './rounds/ticker.ts';
export { Weights } from './weights/weights.ts';
