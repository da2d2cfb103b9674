import { KIB, type Migration } from '@ballast/core';
import type { ProxmoxMigration } from '../options.ts';

const CONTAINER_TIMEOUT = 180_000;

/**
 * The parameters of the request that starts a migration.
 * @param conntrack whether the hosts can take the connection tracking along
 */
export function migrationForm(
  { to, kind, mode }: Migration,
  options: ProxmoxMigration,
  conntrack: boolean,
): Readonly<Record<string, string | number | boolean>> {
  const { localDisks = false, targetStorage, bandwidthLimit, containerTimeout = CONTAINER_TIMEOUT } = options;
  const limit = bandwidthLimit === undefined ? {} : { bwlimit: Math.max(1, Math.round(bandwidthLimit / KIB)) };
  if (kind === 'lxc') {
    return {
      target: to,
      ...(mode === 'offline' ? {} : { restart: true, timeout: Math.ceil(containerTimeout / 1000) }),
      ...(targetStorage === undefined ? {} : { 'target-storage': targetStorage }),
      ...limit,
    };
  }
  return {
    target: to,
    ...(mode === 'offline' ? {} : { online: true }),
    ...(localDisks ? { 'with-local-disks': true } : {}),
    ...(localDisks && targetStorage !== undefined ? { targetstorage: targetStorage } : {}),
    ...(mode === 'live' && conntrack && options.conntrack !== false ? { 'with-conntrack-state': true } : {}),
    ...limit,
  };
}
