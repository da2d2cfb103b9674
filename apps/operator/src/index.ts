export { type RunningOperator, type ServiceOptions, startOperator } from './service.ts';
export { type Acting, Terms } from './terms.ts';
export { VERSION } from './version.ts';
export { type Wired, type WireOptions, wire } from './wire.ts';
