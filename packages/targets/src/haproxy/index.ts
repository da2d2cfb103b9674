export { type HaproxyAddress, parseHaproxyAddress } from './address.ts';
export { setState, setWeight } from './commands.ts';
export { HaproxyError, type HaproxyErrorCode } from './errors.ts';
export * from './launch/index.ts';
export {
  checkHaproxyOptions,
  checkHaproxyServiceOptions,
  type HaproxyOptions,
  type HaproxyServiceOptions,
} from './options.ts';
export { RuntimeSocket, type Session } from './socket.ts';
export { haproxyTarget } from './target.ts';
