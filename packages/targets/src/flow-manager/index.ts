export { FlowManagerError, type FlowManagerErrorCode } from './errors.ts';
export {
  checkFlowManagerOptions,
  checkFlowManagerServiceOptions,
  type FlowManagerOptions,
  type FlowManagerServiceOptions,
} from './options.ts';
export { flowManagerTarget } from './target.ts';
