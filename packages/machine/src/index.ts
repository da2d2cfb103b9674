export { systemClock } from './clock.ts';
export { SteadyTime, type TimeSources } from './steady-time.ts';
export { notifySystemd } from './systemd.ts';
