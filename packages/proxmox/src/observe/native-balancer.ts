import type { NativeBalancer } from '@ballast/core';
import { flag, properties, row } from '../wire/fields.ts';
import type { HaResource } from './ha.ts';

/**
 * The balancer of Proxmox VE 9.2, by `crs` of GET /cluster/options: an object in new versions, a property string in
 * old ones. `ha-auto-rebalance` alone counts, whatever the scheduler: two balancers on one guest would fight.
 */
export function readNativeBalancer(options: unknown, resources: readonly HaResource[]): NativeBalancer {
  const crs = options === null ? undefined : row(options, 'the options of the cluster')['crs'];
  const settings = typeof crs === 'string' ? properties(crs) : crs;
  const active = typeof settings === 'object' && settings !== null && flag({ ...settings }, 'ha-auto-rebalance');
  if (!active) return { active: false, guests: [] };
  const movable = resources.filter((resource) => resource.autoRebalance && resource.state !== 'ignored');
  return { active: true, guests: movable.map((resource) => resource.guest) };
}
