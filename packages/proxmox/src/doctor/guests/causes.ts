import type { FindingCode } from '@ballast/core';
import { readContainerDisks } from '../../inspect/container-disks.ts';
import { storageOnTarget } from '../../inspect/disk-room.ts';
import { explainRefusal, type Preconditions } from '../../inspect/preconditions.ts';
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
    // Disks that are nowhere else, and stay, have been named as such.
    ...(refused === undefined || (disks.length > 0 && !around.migration.localDisks)
      ? []
      : [['guest-no-target', refused] as const]),
  ];
}

/** Proxmox VE names the drive that it makes for cloud-init so, on every storage. */
function isCloudInit(volume: string): boolean {
  return /vm-\d+-cloudinit/.test(volume);
}

/** Why every other node is refused; undefined when one of them will do. */
function refusedEverywhere(
  node: string,
  { refused }: Preconditions,
  { online, migration }: Surroundings,
): string | undefined {
  const target = migration.localDisks === true ? migration.targetStorage : undefined;
  const isMapped = (storage: string): boolean => storageOnTarget(storage, target) !== storage;
  const others = online.filter((name) => name !== node);
  const reasons = others.map((name) => {
    const refusal = refused.get(name);
    return refusal === undefined ? undefined : explainRefusal(refusal, isMapped);
  });
  return others.length === 0 || reasons.includes(undefined) ? undefined : [...new Set(reasons)].join('; ');
}

function ofContainer({ config }: GuestEvidence, { shared, migration }: Surroundings): readonly Cause[] {
  const found = known(config);
  if (found === undefined) return [];
  const { bound, local } = readContainerDisks(found, (storage) => shared?.has(storage) ?? true);
  const storages = new Set(local.map(({ storage }) => storage));
  return [
    ...caused('guest-bind-mount', bound),
    ...(migration.localDisks === true ? [] : caused('guest-local-disk', [...storages])),
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
