import type { MemberState } from '@ballast/core';
import { checkName } from './names.ts';

/** A server as HAProxy names it. */
export interface ServerHandle {
  readonly backend: string;
  readonly server: string;
}

export const SHOW_INFO = 'show info';
export const SHOW_BACKENDS = 'show backend';

/** `backend/server`. */
export function handleOf(handle: ServerHandle): string {
  return `${handle.backend}/${handle.server}`;
}

/** @throws {HaproxyError} `haproxy-bad-name`, before anything is sent */
export function setWeight(handle: ServerHandle, scaled: number): string {
  return `set server ${checked(handle)} weight ${scaled}`;
}

/** @throws {HaproxyError} `haproxy-bad-name`, before anything is sent */
export function setState(handle: ServerHandle, state: MemberState): string {
  return `set server ${checked(handle)} state ${state}`;
}

/** @throws {HaproxyError} `haproxy-bad-name`, before anything is sent */
export function showServers(backend: string): string {
  return `show servers state ${checkName('backend', backend)}`;
}

/** Statistics of the backend itself, which name its algorithm. */
export function showBackendStatistics(backend: string): string {
  return `show stat ${checkName('backend', backend)} 2 -1`;
}

function checked(handle: ServerHandle): string {
  return `${checkName('backend', handle.backend)}/${checkName('server', handle.server)}`;
}
