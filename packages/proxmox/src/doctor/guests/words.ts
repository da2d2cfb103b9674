import type { FindingCode } from '@ballast/core';

/** A cause in words. */
interface CauseWords {
  readonly code: FindingCode;
  /** A sentence that begins with how many guests there are. */
  readonly says: (guests: string, one: boolean) => string;
  readonly cure: string;
}

/** What keeps guests from migrating, in the order in which it is told. */
export const CAUSES: readonly CauseWords[] = [
  {
    code: 'guest-local-disk',
    says: (guests, one) =>
      `${guests} ${one ? 'has' : 'have'} disks on storage that is not shared, and ${one ? 'stays' : 'stay'} where ${one ? 'it is' : 'they are'}.`,
    cure: 'Move the disks to shared storage, or let Ballast copy them along: `balance.localDisks: true`.',
  },
  {
    code: 'guest-passthrough',
    says: (guests, one) => `${guests} ${one ? 'uses' : 'use'} devices of the host: no live migration.`,
    cure: 'Take the device out, or use a mapped one that is marked for live migration.',
  },
  {
    code: 'guest-cloud-init',
    says: (guests, one) =>
      `${guests} ${one ? 'has its' : 'have their'} cloud-init drive on storage that is not shared: no live migration.`,
    cure: 'Make the cloud-init drive anew on shared storage (Hardware > Add > CloudInit Drive).',
  },
  {
    code: 'guest-cd-image',
    says: (guests, one) =>
      `${guests} ${one ? 'has' : 'have'} a CD image of storage that is not shared: no live migration.`,
    cure: 'Eject it: qm set VMID --ide2 none,media=cdrom, with the drive that it is in.',
  },
  {
    code: 'guest-bind-mount',
    says: (guests, one) =>
      `${guests} ${one ? 'mounts' : 'mount'} directories or devices of the host, and ${one ? 'stays' : 'stay'} there.`,
    cure: 'Mark mount points that are the same on all nodes with shared=1.',
  },
  {
    code: 'guest-replicated',
    says: (guests, one) =>
      `${guests} ${one ? 'is' : 'are'} replicated, and ${one ? 'moves' : 'move'} to the targets of the replication alone.`,
    cure: 'Add a replication job for each node that it is to move to.',
  },
  {
    code: 'guest-no-target',
    says: (guests) => `${guests} may move to no other node that is online.`,
    cure: 'Make the storage or the mapped device available on other nodes, or look at the rules of HA.',
  },
  {
    code: 'guest-cpu',
    says: (guests, one) =>
      `${guests} ${one ? 'has' : 'have'} the CPU of the host passed on, and the nodes have different ones: after a live migration ${one ? 'it' : 'they'} may crash.`,
    cure: 'Set a CPU type that all nodes have, such as x86-64-v2-AES; it takes a stop and a start. Or pin the guest to like nodes.',
  },
  {
    code: 'guest-locked',
    says: (guests, one) =>
      `${guests} ${one ? 'is' : 'are'} locked, and ${one ? 'moves' : 'move'} when the lock is gone.`,
    cure: 'Wait for the task that holds the lock; one that was left behind is removed with qm unlock or pct unlock.',
  },
  {
    code: 'guest-ha-error',
    says: (guests, one) =>
      `${guests} ${one ? 'is' : 'are'} in the error state of the HA manager, which refuses to move ${one ? 'it' : 'them'}.`,
    cure: 'Disable the resource in HA, mend its fault, and start it again.',
  },
  {
    code: 'guest-unread',
    says: (guests) => `${guests} could not be looked at.`,
    cure: 'The reason is in the words of Proxmox VE.',
  },
];
