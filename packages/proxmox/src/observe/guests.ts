import { type Guest, type GuestId, type GuestKind, type GuestStatus, NO_USAGE, type NodeName } from '@ballast/core';
import { flag, neededText, number, type Row, split, text } from '../wire/fields.ts';

export interface GuestContext {
  readonly offline: ReadonlySet<NodeName>;
  /** States of HA resources by guest. */
  readonly haStates: ReadonlyMap<GuestId, string>;
}

/** A guest row of /cluster/resources. The `cpu` of a guest is a fraction of its own vCPUs, not of its node. */
export function readGuest(from: Row, context: GuestContext): Guest {
  const kind: GuestKind = text(from, 'type') === 'lxc' ? 'lxc' : 'qemu';
  const id = Number(neededText(from, 'vmid', 'a guest'));
  const node = neededText(from, 'node', `guest ${id}`);
  const capacity = { cpu: number(from, 'maxcpu') ?? 0, memory: number(from, 'maxmem') ?? 0 };
  // What is left of a guest on a node that went offline says `running` for minutes.
  const status = context.offline.has(node) ? 'unknown' : statusOf(text(from, 'status'));
  const cpu = (number(from, 'cpu') ?? 0) * capacity.cpu;
  const pool = text(from, 'pool');
  const lock = text(from, 'lock');
  const [received, sent] = [number(from, 'netin'), number(from, 'netout')];
  const haState = haStateOf(id, from, context);
  return {
    id,
    kind,
    name: text(from, 'name') ?? `${kind === 'qemu' ? 'VM' : 'CT'} ${id}`,
    node,
    status,
    template: flag(from, 'template'),
    capacity,
    usage: status === 'running' || status === 'paused' ? { cpu, memory: memoryOf(from) } : NO_USAGE,
    uptime: (number(from, 'uptime') ?? 0) * 1000,
    ...(received === undefined || sent === undefined ? {} : { carried: { received, sent } }),
    tags: split(text(from, 'tags')),
    ...(pool === undefined ? {} : { pool }),
    ...(lock === undefined ? {} : { lock }),
    ...(haState === undefined ? {} : { haState }),
  };
}

/** As the host sees it: `mem` of a VM with a balloon is the guest's own view; Proxmox VE 9 adds `memhost`. */
function memoryOf(from: Row): number {
  const host = number(from, 'memhost') ?? 0;
  return host > 0 ? host : (number(from, 'mem') ?? 0);
}

/** QEMU has many states between running and stopped; in all of them the process stands still and holds its memory. */
function statusOf(status: string | undefined): GuestStatus {
  if (status === 'running' || status === 'stopped') return status;
  return status === undefined || status === 'unknown' ? 'unknown' : 'paused';
}

/** An HA resource in the state `ignored` is not managed. */
function haStateOf(id: GuestId, from: Row, { haStates }: GuestContext): string | undefined {
  const state = text(from, 'hastate') ?? haStates.get(id);
  return state === 'ignored' ? undefined : state;
}
