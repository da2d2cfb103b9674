import type { FindingCode } from '@ballast/core';
import { readContainerDisks } from '../../inspect/container-disks.ts';
import type { Preconditions, Refusal } from '../../inspect/preconditions.ts';
import type { ProxmoxMigration } from '../../options.ts';
import { properties, text } from '../../wire/fields.ts';
import { known } from '../reading.ts';
import type { GuestEvidence } from './read.ts';

/** What is known of the cluster when a guest is judged. */
export interface Surroundings {
  readonly migration: ProxmoxMigration;
  /** Nodes that are online. */
  readonly online: readonly string[];
  /** Storages that are shared; undefined when that may not be seen. */
  readonly shared: ReadonlySet<string> | undefined;
  /** Nodes that a guest is replicated to. */
  readonly replicas: ReadonlyMap<number, readonly string[]>;
  /** Models of CPUs by node; empty unless they differ. */
  readonly cpuModels: ReadonlyMap<string, string>;
}

/** Why a guest does not migrate live, or not everywhere; a code and what it is in this guest. */
export type Cause = readonly [code: FindingCode, detail: string];

/** What can be seen in the list already. */
export function causesInSight(
  { lock, haState, id }: GuestEvidence['guest'],
  { replicas }: Surroundings,
): readonly Cause[] {
  const targets = replicas.get(id);
  return [
    ...(lock === undefined ? [] : [['guest-locked', lock] as const]),
    ...(haState === 'error' ? [['guest-ha-error', 'error'] as const] : []),
    ...(targets === undefined ? [] : [['guest-replicated', `to ${targets.join(', ')}`] as const]),
  ];
}

/** What takes a look at the guest itself. */
export function causesInside(evidence: GuestEvidence, around: Surroundings): readonly Cause[] {
  const preconditions = known(evidence.preconditions);
  return [
    ...(preconditions === undefined ? [] : ofPreconditions(evidence, preconditions, around)),
    ...(evidence.guest.kind === 'lxc' ? ofContainer(evidence, around) : ofCpu(evidence, around)),
    ...unread(evidence),
  ];
}

function ofPreconditions({ guest }: GuestEvidence, found: Preconditions, around: Surroundings): readonly Cause[] {
  const disks = found.localDisks.filter(({ cdrom }) => !cdrom).map(({ volume }) => volume);
  const drives = found.localDisks.filter(({ cdrom }) => cdrom).map(({ volume }) => volume);
  const [cloudInit, images] = [drives.filter(isCloudInit), drives.filter((volume) => !isCloudInit(volume))];
  const refused = refusedEverywhere(guest.node, found, around);
  return [
    ...(around.migration.localDisks ? [] : caused('guest-local-disk', disks)),
    ...caused('guest-cloud-init', cloudInit),
    ...caused('guest-cd-image', images),
    ...caused('guest-passthrough', found.localResources),
    ...(found.lock === undefined || guest.lock !== undefined ? [] : caused('guest-locked', [found.lock])),
    // Disks that are nowhere else have been named as such.
    ...(refused === undefined || disks.length > 0 ? [] : [['guest-no-target', refused] as const]),
  ];
}

/** Proxmox VE names the drive that it makes for cloud-init so, on every storage. */
function isCloudInit(volume: string): boolean {
  return /vm-\d+-cloudinit/.test(volume);
}

/** What every other node lacks, or who forbids it there; undefined when one of them will do. */
function refusedEverywhere(node: string, { refused }: Preconditions, around: Surroundings): string | undefined {
  const { localDisks, targetStorage } = around.migration;
  const isMapped = localDisks === true && targetStorage !== undefined;
  const others = around.online.filter((name) => name !== node);
  const reasons = others.map((name) => {
    const refusal = refused.get(name);
    return refusal === undefined ? '' : reasonsOf(refusal, isMapped).join(', ');
  });
  return others.length === 0 || reasons.includes('') ? undefined : [...new Set(reasons)].join('; ');
}

function reasonsOf(
  { unavailableStorages, unavailableResources, blockingHa }: Refusal,
  isMapped: boolean,
): readonly string[] {
  return [
    ...(isMapped ? [] : unavailableStorages.map((name) => `no storage ${name}`)),
    ...unavailableResources.map((name) => `no mapped device ${name}`),
    ...blockingHa.map(({ sid, cause }) => `HA: ${sid} (${cause})`),
  ];
}

function ofContainer({ config }: GuestEvidence, { shared, migration }: Surroundings): readonly Cause[] {
  const found = known(config);
  if (found === undefined) return [];
  const local = new Set<string>();
  const { bound } = readContainerDisks(found, (storage) => {
    const isShared = shared?.has(storage) ?? true;
    if (!isShared) local.add(storage);
    return isShared;
  });
  return [
    ...caused('guest-bind-mount', bound),
    ...(migration.localDisks === true ? [] : caused('guest-local-disk', [...local])),
  ];
}

/** A guest that was given its host's CPU as it is may find another one where it goes. */
function ofCpu({ guest, config }: GuestEvidence, { cpuModels }: Surroundings): readonly Cause[] {
  const own = cpuModels.get(guest.node);
  const cpu = properties(text(known(config) ?? {}, 'cpu'));
  const type = cpu[''] ?? cpu['cputype'] ?? '';
  return own !== undefined && (type === 'host' || type === 'max') ? [['guest-cpu', `${type}: ${own}`]] : [];
}

/** It moved meanwhile, or nothing can be told of any guest. */
const EXPECTED: readonly string[] = ['proxmox-guest-gone', 'proxmox-no-quorum'];

/** A lock is no failure to read, and a missing privilege has been named. */
function unread({ guest, config, preconditions }: GuestEvidence): readonly Cause[] {
  for (const reading of [config, preconditions]) {
    if (reading === undefined || reading.ok) continue;
    const { error } = reading;
    if (error.code === 'proxmox-guest-locked') {
      if (guest.lock === undefined) return [['guest-locked', error.message]];
    } else if (error.kind !== 'permission' && !EXPECTED.includes(error.code)) {
      return [['guest-unread', error.message]];
    }
  }
  return [];
}

function caused(code: FindingCode, things: readonly string[]): readonly Cause[] {
  return things.length === 0 ? [] : [[code, things.join(', ')]];
}
