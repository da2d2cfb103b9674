export { findHaproxy, haproxyInstallHint } from './binary.ts';
export type { LaunchedBackend, LaunchedServer, SocketLevel } from './configuration.ts';
export { type LaunchOptions, type RunningHaproxy, startHaproxy } from './start.ts';
