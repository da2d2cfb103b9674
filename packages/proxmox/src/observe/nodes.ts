import { type Capacity, NO_USAGE, type Node, type NodeName, type NodeStatus, type Pressure } from '@ballast/core';
import { neededText, number, type Row, text } from '../wire/fields.ts';
import type { Membership } from './membership.ts';

export interface NodeContext {
  readonly membership: Membership;
  readonly maintenance: ReadonlySet<NodeName>;
  readonly pressure: ReadonlyMap<NodeName, Pressure>;
}

/** A node row of /cluster/resources. The `cpu` of a node is a fraction of all its threads. */
export function readNode(from: Row, context: NodeContext): Node {
  const name = neededText(from, 'node', 'a node of the cluster');
  const capacity: Capacity = { cpu: number(from, 'maxcpu') ?? 0, memory: number(from, 'maxmem') ?? 0 };
  const status = statusOf(name, from, context.membership);
  const cpu = (number(from, 'cpu') ?? 0) * capacity.cpu;
  const pressure = context.pressure.get(name);
  return {
    name,
    status,
    maintenance: context.maintenance.has(name) || text(from, 'hastate') === 'maintenance',
    capacity,
    usage: status === 'online' ? { cpu, memory: number(from, 'mem') ?? 0 } : NO_USAGE,
    ...(pressure === undefined || status !== 'online' ? {} : { pressure }),
  };
}

/** Corosync's word counts: pmxcfs keeps figures of a node that is gone for minutes. */
function statusOf(name: NodeName, from: Row, membership: Membership): NodeStatus {
  if (membership.offline.has(name)) return 'offline';
  const status = text(from, 'status');
  if (status === 'offline') return 'offline';
  return status === 'online' ? 'online' : 'unknown';
}
