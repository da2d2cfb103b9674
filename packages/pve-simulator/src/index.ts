export { demoWorld } from './build/demo.ts';
export { parseTraces, type Trace, TraceError } from './build/parse-traces.ts';
export { type SyntheticOptions, syntheticWorld } from './build/synthetic.ts';
export { type TraceOptions, traceWorld } from './build/trace.ts';
export { step } from './world/step.ts';
