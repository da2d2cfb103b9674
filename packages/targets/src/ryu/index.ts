export { RyuError, type RyuErrorCode } from './errors.ts';
export { checkRyuOptions, checkRyuServiceOptions, type RyuOptions, type RyuServiceOptions } from './options.ts';
export { ryuTarget } from './target.ts';
