import type { GuestFacts, GuestId, GuestKind, NodeName } from '@ballast/core';
import type { Storages } from '../observe/storages.ts';
import { explainRoom, type LocalDisk } from './disk-room.ts';
import { explainReplication, type Replication } from './replication.ts';

/** What was read of one guest alone; good as long as its configuration stays. */
export interface Findings {
  readonly guest: GuestId;
  readonly kind: GuestKind;
  readonly node: NodeName;
  readonly digest: string;
  readonly disks: readonly LocalDisk[];
  readonly localResources: readonly string[];
  /** By Proxmox VE's own preconditions. */
  readonly refused: Readonly<Record<NodeName, string>>;
}

/** What changes without the configuration of the guest. */
export interface Surroundings {
  readonly nodes: readonly NodeName[];
  readonly storages: Storages;
  readonly replication: Replication | undefined;
  readonly targetStorage: string | undefined;
}

/**
 * The facts of a guest as things stand now. Of the other nodes those are refused that Proxmox VE refuses, those that a
 * replicated virtual machine is not replicated to (it moves live to no other), and those whose storage has no room for
 * its disks; where a replica is, room was made already. A container is restarted, and may leave its replicas.
 */
export function composeFacts(found: Findings, around: Surroundings): GuestFacts {
  const { replication, nodes } = around;
  const replicas = replication?.synced.filter((node) => node !== found.node) ?? [];
  const refusedNodes: Record<NodeName, string> = { ...found.refused };
  for (const node of nodes) {
    const reason = refusalOf(found, node, around);
    if (reason !== undefined) refusedNodes[node] ??= reason;
  }
  return {
    guest: found.guest,
    digest: found.digest,
    localDiskBytes: found.disks.reduce((sum, disk) => sum + disk.bytes, 0),
    localResources: found.localResources,
    refusedNodes,
    ...(replicas.length === 0 ? {} : { replicas }),
  };
}

function refusalOf(found: Findings, node: NodeName, around: Surroundings): string | undefined {
  const { replication, storages, targetStorage } = around;
  if (node === found.node) return undefined;
  const bound = found.kind === 'qemu' && replication !== undefined ? explainReplication(replication, node) : undefined;
  if (bound !== undefined || replication?.synced.includes(node)) return bound;
  return explainRoom(found.disks, node, storages, targetStorage);
}
