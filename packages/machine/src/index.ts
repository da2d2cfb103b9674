export { systemClock } from './clock.ts';
export { notifySystemd } from './systemd.ts';
