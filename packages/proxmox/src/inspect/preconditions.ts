import type { Bytes, NodeName } from '@ballast/core';
import { flag, inner, number, type Row, row, rows, text, texts } from '../wire/fields.ts';

/** Why Proxmox VE refuses a node as the target. */
export interface Refusal {
  readonly unavailableStorages: readonly string[];
  readonly unavailableResources: readonly string[];
  readonly blockingHa: readonly { readonly sid: string; readonly cause: string }[];
}

/** Proxmox VE's answer to GET .../migrate: what stands in the way of a migration, before anything is started. */
export interface Preconditions {
  readonly running: boolean;
  /** A lock of the configuration; virtual machines that have one refuse to tell anything. */
  readonly lock?: string | undefined;
  /** Absent where this version tells none. */
  readonly allowed: readonly NodeName[] | undefined;
  readonly refused: ReadonlyMap<NodeName, Refusal>;
  readonly localDisks: readonly { readonly volume: string; readonly size: Bytes; readonly cdrom: boolean }[];
  /** Devices of the host, such as `hostpci0`; mapped ones that cannot move live among them. */
  readonly localResources: readonly string[];
  /** HA resources that would come along. */
  readonly companions: readonly string[];
  /** The connection tracking of the host's firewall can come along. */
  readonly conntrack: boolean;
}

/** Reads both variants: virtual machines have underscores, containers hyphens (and HA alone). */
export function readPreconditions(answer: unknown): Preconditions {
  const from = row(answer, 'the preconditions of a migration');
  const hasLists = ['allowed_nodes', 'allowed-nodes'].some((key) => from[key] !== undefined);
  const refusals = { ...inner(from, 'not_allowed_nodes'), ...inner(from, 'not-allowed-nodes') };
  return {
    running: flag(from, 'running'),
    allowed: hasLists ? [...texts(from, 'allowed_nodes'), ...texts(from, 'allowed-nodes')] : undefined,
    refused: new Map(
      Object.keys(refusals).flatMap((node) => {
        const refusal = readRefusal(inner(refusals, node));
        return isEmpty(refusal) ? [] : [[node, refusal] as const];
      }),
    ),
    localDisks: readDisks(from),
    localResources: [...texts(from, 'local_resources'), ...boundMappings(inner(from, 'mapped-resource-info'))],
    companions: texts(from, 'dependent-ha-resources'),
    conntrack: flag(from, 'has-dbus-vmstate'),
  };
}

/**
 * One sentence for a person; `undefined` when nothing is left of the refusal.
 * @param isMapped whether disks on a storage go to another one: then it need not be there
 */
export function explainRefusal(refusal: Refusal, isMapped: (storage: string) => boolean): string | undefined {
  const { unavailableResources, blockingHa } = refusal;
  const unavailableStorages = refusal.unavailableStorages.filter((storage) => !isMapped(storage));
  const parts = [
    ...(unavailableStorages.length > 0 ? [`storage ${unavailableStorages.join(', ')} is missing there`] : []),
    ...(unavailableResources.length > 0 ? [`mapped devices ${unavailableResources.join(', ')} are missing there`] : []),
    ...blockingHa.map(({ sid, cause }) => `the HA manager refuses it for ${sid} (${cause})`),
  ];
  return parts.length > 0 ? parts.join('; ') : undefined;
}

/** Quirk of Proxmox VE: allowed nodes stand among the refused ones too, with nothing against them. */
function isEmpty(refusal: Refusal): boolean {
  return Object.values(refusal).every((list: readonly unknown[]) => list.length === 0);
}

function readRefusal(from: Row): Refusal {
  return {
    unavailableStorages: texts(from, 'unavailable_storages'),
    unavailableResources: texts(from, 'unavailable-resources'),
    blockingHa: rows(from['blocking-ha-resources'] ?? [], 'the HA resources in the way').map((entry) => ({
      sid: text(entry, 'sid') ?? '?',
      cause: text(entry, 'cause') ?? 'a rule',
    })),
  };
}

function readDisks(from: Row): Preconditions['localDisks'] {
  return rows(from['local_disks'] ?? [], 'the local disks').map((disk) => ({
    volume: text(disk, 'volid') ?? '?',
    size: number(disk, 'size') ?? 0,
    cdrom: flag(disk, 'cdrom'),
  }));
}

/** Mapped devices bind a running guest unless their mapping allows live migration. */
function boundMappings(info: Row): readonly string[] {
  return Object.keys(info)
    .filter((device) => !flag(inner(info, device), 'live-migration'))
    .map((device) => `${device}:${text(inner(info, device), 'name') ?? '?'}`);
}
