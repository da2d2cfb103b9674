import type { Capacity, Usage } from './resources.ts';
import type { Bytes, Ratio } from './units.ts';

export type NodeName = string;
export type NodeStatus = 'online' | 'offline' | 'unknown';

/** Pressure stall information of a host (PSI), ratios 0..1; present from Proxmox VE 9 on. */
export interface Pressure {
  readonly cpuSome: Ratio;
  readonly memorySome: Ratio;
  readonly memoryFull: Ratio;
  readonly ioSome: Ratio;
  readonly ioFull: Ratio;
}

/** A Proxmox VE host. `usage` is the host's own figure: guests, services and migrations together. */
export interface Node {
  readonly name: NodeName;
  readonly status: NodeStatus;
  /** In HA maintenance: it takes no guests. */
  readonly maintenance: boolean;
  /** In maintenance by an order to Ballast, of which the HA manager knows nothing: its guests are Ballast's to move. */
  readonly drained?: boolean;
  readonly capacity: Capacity;
  readonly usage: Usage;
  readonly pressure?: Pressure;
  /** Free bytes of the storages that are its own, where guests are moved with their disks. */
  readonly free?: Readonly<Record<string, Bytes>>;
  /** Where it stands, such as `{ rack: 'a', site: 'north' }`: what rules may tell places apart by. */
  readonly labels?: Readonly<Record<string, string>>;
}
