import type { GuestFacts, GuestId, GuestKind, NodeName } from '@ballast/core';
import type { Storages } from '../observe/storages.ts';
import { explainRoom, type LocalDisk, neededRoom } from './disk-room.ts';
import { explainProcessor, type Processor, type ProcessorNeed } from './processors.ts';
import { explainReplication, type Replication } from './replication.ts';

/** What was read of one guest alone; good as long as its configuration stays. */
export interface Findings {
  readonly guest: GuestId;
  readonly kind: GuestKind;
  readonly node: NodeName;
  readonly digest: string;
  readonly disks: readonly LocalDisk[];
  readonly localResources: readonly string[];
  /** What it asks of the processor of its host; absent where any will do. */
  readonly processor?: ProcessorNeed;
  /** By Proxmox VE's own preconditions. */
  readonly refused: Readonly<Record<NodeName, string>>;
}

/** What changes without the configuration of the guest. */
export interface Surroundings {
  readonly nodes: readonly NodeName[];
  readonly storages: Storages;
  readonly replication: Replication | undefined;
  readonly targetStorage: string | undefined;
  readonly processorOf: (node: NodeName) => Processor | undefined;
  /** Whether the node was asked for its processor. */
  readonly asked: (node: NodeName) => boolean;
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
  const otherProcessor: NodeName[] = [];
  for (const node of nodes) {
    const processor = node === found.node ? undefined : processorRefusal(found, node, around);
    if (processor !== undefined) {
      refusedNodes[node] ??= processor;
      if (refusedNodes[node] === processor) otherProcessor.push(node);
    }
    const reason = refusalOf(found, node, around);
    if (reason !== undefined) refusedNodes[node] ??= reason;
  }
  return {
    guest: found.guest,
    digest: found.digest,
    localDiskBytes: found.disks.reduce((sum, disk) => sum + disk.bytes, 0),
    ...(found.disks.length === 0 || replicas.length > 0
      ? {}
      : { needs: Object.fromEntries(neededRoom(found.disks, around.targetStorage)) }),
    localResources: found.localResources,
    refusedNodes,
    ...(otherProcessor.length === 0 ? {} : { otherProcessor }),
    ...(replicas.length === 0 ? {} : { replicas }),
  };
}

/** A node that was not asked yet, for the requests of the round, is left out until it was. */
function processorRefusal({ processor, node }: Findings, to: NodeName, around: Surroundings): string | undefined {
  if (processor === undefined) return undefined;
  if (!around.asked(to) || !around.asked(node))
    return `its CPU type is ${processor.type}, and the processors are not compared yet`;
  return explainProcessor(processor, around.processorOf(node), around.processorOf(to));
}

function refusalOf(found: Findings, node: NodeName, around: Surroundings): string | undefined {
  const { replication, storages, targetStorage } = around;
  if (node === found.node) return undefined;
  const bound = found.kind === 'qemu' && replication !== undefined ? explainReplication(replication, node) : undefined;
  if (bound !== undefined || replication?.synced.includes(node)) return bound;
  return explainRoom(found.disks, node, storages, targetStorage);
}
