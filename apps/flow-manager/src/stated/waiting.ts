import { isDeepStrictEqual } from 'node:util';
import type { FlowManagerConfig } from '@ballast/config';

/** Options that are taken at the start alone. */
const OPTIONS = ['listen', 'tls', 'rest', 'state', 'linger', 'slowStart', 'recheck', 'guestPorts'] as const;

/** Those that another file states otherwise than the one that was started with. */
export function waitingForRestart(begun: FlowManagerConfig, now: FlowManagerConfig): readonly string[] {
  const changed = OPTIONS.filter((option) => !isDeepStrictEqual(begun[option], now[option]));
  return begun.log.format === now.log.format ? changed : [...changed, 'log.format'];
}
