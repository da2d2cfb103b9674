import type { Blocker, BlockerCode, Migration, NodeName } from '@ballast/core';
import { hasCode, hasKind } from '../errors/proxmox-error.ts';
import { explainRoom, localDisk, storageOnTarget } from '../inspect/disk-room.ts';
import { explainRefusal, type Preconditions, type Refusal, readPreconditions } from '../inspect/preconditions.ts';
import { explainReplication, type Replication, type ReplicationBook } from '../inspect/replication.ts';
import { readMaintenance } from '../observe/ha.ts';
import type { Membership } from '../observe/membership.ts';
import type { MembershipBook } from '../observe/membership-book.ts';
import { Storages } from '../observe/storages.ts';
import { type Api, lxcPreconditions } from '../wire/api.ts';
import { row, rows, text } from '../wire/fields.ts';

export interface ValidateOptions {
  readonly localDisks: boolean;
  /** Where local disks go, when they are copied along. */
  readonly targetStorage: string | undefined;
  readonly membership: MembershipBook;
  readonly replications: ReplicationBook;
  readonly major: number;
}

export interface Verdict {
  readonly blockers: readonly Blocker[];
  /** Absent when Proxmox VE refused to tell. */
  readonly preconditions?: Preconditions;
}

/** Asks Proxmox VE, right before a step, whether it may be started, and whether its target is there. */
export async function validate(step: Migration, api: Api, options: ValidateOptions): Promise<Verdict> {
  const block = (code: BlockerCode, detail: string): Blocker => ({ guest: step.guest, code, detail });
  try {
    const [membership, manager, preconditions, replication] = await Promise.all([
      options.membership.read(api),
      api.cluster.ha.status.manager_status.$get(),
      ask(step, api, options),
      askReplication(step, api, options),
    ]);
    const blockers = [
      // Other answers may have come long after the one on the quorum, and another request may know better by now.
      ...membershipBlockers(step, { ...membership, quorate: options.membership.quorate }, block),
      ...maintenanceBlockers(step, readMaintenance(manager), block),
      ...stateBlockers(step, preconditions, block),
      ...targetBlockers(step, preconditions, options, block),
      ...replicationBlockers(step, replication, block),
      ...baggageBlockers(step, preconditions, options, block),
    ];
    if (blockers.length > 0 || replication?.synced.includes(step.to)) return { blockers, preconditions };
    return { blockers: await roomBlockers(step, preconditions, api, options, block), preconditions };
  } catch (error) {
    if (hasCode(error, 'proxmox-guest-locked')) return { blockers: [block('locked', error.message)] };
    if (hasKind(error, 'conflict', 'gone', 'permission') || hasCode(error, 'proxmox-refused')) {
      return { blockers: [block('refused', error.message)] };
    }
    throw error;
  }
}

type Block = (code: BlockerCode, detail: string) => Blocker;

async function ask(step: Migration, api: Api, { major }: ValidateOptions): Promise<Preconditions> {
  const { guest, from, kind } = step;
  if (kind === 'qemu') return readPreconditions(await api.nodes.$(from).qemu.$(guest).migrate.$get());
  const [state, answer] = await Promise.all([
    api.nodes.$(from).lxc.$(guest).status.current.$get(),
    major >= 9 ? lxcPreconditions(api, from, guest) : {},
  ]);
  // The call for containers tells of HA alone: their lock and state stand elsewhere.
  const current = row(state, `the state of container ${guest}`);
  return {
    ...readPreconditions(answer),
    running: text(current, 'status') === 'running',
    ...(text(current, 'lock') === undefined ? {} : { lock: text(current, 'lock') }),
  };
}

/** Proxmox VE counts nodes that are offline among the allowed ones: the task would fail later. */
function membershipBlockers(step: Migration, { quorate, online }: Membership, block: Block): readonly Blocker[] {
  if (!quorate) return [block('refused', 'The cluster has no quorum.')];
  return online.has(step.to) ? [] : [block('refused', `${step.to} is not online.`)];
}

/** Nor does it mind that a node is about to be emptied: the guest would have to leave it at once. */
function maintenanceBlockers({ to }: Migration, maintenance: ReadonlySet<NodeName>, block: Block): readonly Blocker[] {
  return maintenance.has(to) ? [block('refused', `${to} is in maintenance.`)] : [];
}

function stateBlockers(step: Migration, { running, lock }: Preconditions, block: Block): readonly Blocker[] {
  if (lock !== undefined) return [block('locked', `The guest is locked: ${lock}.`)];
  if (step.mode === 'offline') return running ? [block('refused', 'The guest was started meanwhile.')] : [];
  return running ? [] : [block('not-running', 'The guest does not run any more.')];
}

function targetBlockers(
  { to }: Migration,
  { allowed, refused }: Preconditions,
  { targetStorage }: ValidateOptions,
  block: Block,
): readonly Blocker[] {
  const refusal = refused.get(to);
  const isMapped = (storage: string): boolean => storageOnTarget(storage, targetStorage) !== storage;
  const detail = refusal === undefined ? undefined : explainRefusal(refusal, isMapped);
  if (refusal !== undefined && detail !== undefined) return [block(codeOfRefusal(refusal), `Not to ${to}: ${detail}.`)];
  const left = refusal === undefined && allowed !== undefined && !allowed.includes(to);
  return left ? [block('refused', `Proxmox VE does not count ${to} among the nodes the guest may move to.`)] : [];
}

/** Proxmox VE's preconditions tell nothing of replication. Its request refuses live moves to other nodes. */
async function askReplication(
  { kind, guest, from }: Migration,
  api: Api,
  { replications }: ValidateOptions,
): Promise<Replication | undefined> {
  return kind === 'qemu' ? (await replications.read([{ id: guest, node: from }], api)).get(guest) : undefined;
}

function replicationBlockers(step: Migration, replication: Replication | undefined, block: Block): readonly Blocker[] {
  if (replication === undefined || step.mode !== 'live') return [];
  const detail = explainReplication(replication, step.to);
  return detail === undefined ? [] : [block('refused', `Not to ${step.to}: ${detail}.`)];
}

/** Steps before this one may have filled the storage. Proxmox VE finds that when the disks are half copied. */
async function roomBlockers(
  { to }: Migration,
  { localDisks }: Preconditions,
  api: Api,
  { targetStorage }: ValidateOptions,
  block: Block,
): Promise<readonly Blocker[]> {
  const disks = localDisks.filter((disk) => !disk.cdrom).map(({ volume, size }) => localDisk(volume, size));
  if (disks.length === 0) return [];
  const storages = new Storages(rows(await api.cluster.resources.$get({ type: 'storage' }), 'the storages'));
  const detail = explainRoom(disks, to, storages, targetStorage);
  return detail === undefined ? [] : [block('no-room', `Not to ${to}: ${detail}.`)];
}

function codeOfRefusal({ blockingHa }: Refusal): BlockerCode {
  const cause = blockingHa[0]?.cause;
  if (cause === 'node-affinity') return 'pinned';
  return cause === 'resource-affinity' ? 'anti-affinity' : 'refused';
}

function baggageBlockers(
  step: Migration,
  { localDisks, localResources, companions }: Preconditions,
  options: ValidateOptions,
  block: Block,
): readonly Blocker[] {
  const list = (names: readonly string[]): string => names.join(', ');
  const images = localDisks.filter((disk) => disk.cdrom).map((disk) => disk.volume);
  const disks = localDisks.filter((disk) => !disk.cdrom).map((disk) => disk.volume);
  const bound = [...localResources, ...images];
  return [
    ...(bound.length > 0 ? [block('local-resource', `The guest is bound to ${step.from} by ${list(bound)}.`)] : []),
    ...(disks.length > 0 && !options.localDisks
      ? [block('local-disk', `Disks that are not shared would have to be copied: ${list(disks)}.`)]
      : []),
    ...(companions.length > 0 ? [block('affinity', `The HA manager would take ${list(companions)} along.`)] : []),
  ];
}
