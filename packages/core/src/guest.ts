import type { NodeName } from './node.ts';
import type { Capacity, Usage } from './resources.ts';
import type { Bytes, BytesPerSecond, Milliseconds } from './units.ts';

/** The numeric id of a guest (vmid), unique in its cluster. */
export type GuestId = number;
/** Proxmox VE's own words: a virtual machine or a container. */
export type GuestKind = 'qemu' | 'lxc';
export type GuestStatus = 'running' | 'stopped' | 'paused' | 'unknown';

/** What crossed a network so far, each way. */
export interface Carried {
  readonly received: Bytes;
  readonly sent: Bytes;
}

export interface Guest {
  readonly id: GuestId;
  readonly kind: GuestKind;
  readonly name: string;
  readonly node: NodeName;
  readonly status: GuestStatus;
  readonly template: boolean;
  /** vCPUs and configured memory. */
  readonly capacity: Capacity;
  /** Cores (Proxmox VE's fraction of the guest's vCPUs times their number) and bytes, as seen by the host. */
  readonly usage: Usage;
  readonly uptime: Milliseconds;
  /** Bytes that crossed its network cards since its process began: they start anew where it starts, or arrives. */
  readonly carried?: Carried;
  readonly tags: readonly string[];
  readonly pool?: string;
  /** A config lock, such as `migrate` or `backup`. */
  readonly lock?: string;
  /** State in the HA manager; present when the guest is managed by HA. */
  readonly haState?: string;
}

/** What costs a request per guest, and is therefore read for candidates alone. */
export interface GuestFacts {
  readonly guest: GuestId;
  /** The digest of the configuration these facts were read with. */
  readonly digest: string;
  /** Bytes on disks that are not shared and would be copied along. */
  readonly localDiskBytes: Bytes;
  /** What its local disks need on the target, by the storage that takes them there; absent where a replica is there already. */
  readonly needs?: Readonly<Record<string, Bytes>>;
  /** Devices of the host that bind the guest to it, such as `hostpci0`. */
  readonly localResources: readonly string[];
  /** Nodes that cannot take the guest, with the reason: Proxmox VE refuses them, or their storage has no room for its disks. */
  readonly refusedNodes: Readonly<Record<NodeName, string>>;
  /** Those of the refused nodes whose processor lacks what the guest was given. */
  readonly otherProcessor?: readonly NodeName[];
  /** Nodes with a replica of its local disks: what was written since the newest run alone is sent there. */
  readonly replicas?: readonly NodeName[];
  /** How fast the guest writes to its memory, when it is known. */
  readonly dirtyRate?: BytesPerSecond;
}
