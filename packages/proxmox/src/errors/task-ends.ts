/** One way a migration's task ends badly. */
export interface TaskEnd {
  readonly code: string;
  /** In the exit status, or in the first error of the log; the last row matches every end. */
  readonly phrase: RegExp;
  /** The task cannot say whether the guest moved: where the guest is does. */
  readonly unsure?: true;
  readonly hint: string;
}

/** Every way a migration's task ends badly. The first row that matches says what to do. */
export const TASK_ENDS: readonly TaskEnd[] = [
  {
    code: 'task-locked',
    phrase: /\b(?:VM|CT) is locked|can't lock file/,
    hint: 'Another task works on the guest; it is planned again when that has ended.',
  },
  {
    code: 'task-device',
    phrase: /uses local devices|mapped devices/,
    hint: 'Take the device out of the guest, map it on the target too, or tag the guest ballast-ignore.',
  },
  {
    code: 'task-image',
    phrase: /local cdrom image/,
    hint: 'Take the image out of the drive, or keep it on shared storage.',
  },
  {
    code: 'task-mount',
    phrase: /local (?:bind|device) mount point/,
    hint: 'Mark the mount point `shared=1` where every node has it, or tag the container ballast-ignore.',
  },
  {
    code: 'task-local-disk',
    phrase: /without with-local-disks option/,
    hint: 'Set balance.localDisks to have disks copied along, or move them to shared storage.',
  },
  {
    code: 'task-snapshot',
    phrase: /non-(?:replicated|migratable) snapshot/,
    hint: 'Remove the snapshots of the local disks, or replicate them to the target.',
  },
  {
    code: 'task-linked-clone',
    phrase: /linked clone/,
    hint: 'Make full clones of the disk, or keep its base on shared storage.',
  },
  {
    code: 'task-no-space',
    phrase: /not enough (?:free )?space|no space left/i,
    hint: 'Make room on the storage of the target, or set cluster.migration.targetStorage.',
  },
  {
    code: 'task-target-unreachable',
    phrase: /can't connect to destination address|no route to host|connection (?:refused|timed out)/i,
    hint: 'Check that the nodes reach each other by ssh on the migration network (`pvecm updatecerts` renews their keys).',
  },
  {
    code: 'task-container-live',
    phrase: /lxc live migration is currently not implemented/,
    hint: 'Containers are restarted when they move: somebody asked for a live migration.',
  },
  {
    code: 'task-copy-failed',
    phrase: /online migrate failure|migration status error/,
    hint: 'QEMU gave up while memory was copied; the log of the task has its reason, and the guest goes on where it was.',
  },
  {
    code: 'task-killed',
    phrase: /unexpected status/,
    unsure: true,
    hint: 'The worker ended without a word: was the node restarted? A lock that was left behind is removed with `qm unlock`.',
  },
  {
    code: 'task-problems',
    phrase: /migration problems/,
    unsure: true,
    hint: 'The log of the task says what was left undone; look for left-over disks and locks.',
  },
  { code: 'task-failed', phrase: /^/, hint: 'The log of the task in Proxmox VE tells more.' },
];

/** How a task that failed is to be understood: by the first row of the table that matches. */
export function taskEnd(exit: string, error: string | undefined): TaskEnd {
  const text = error === undefined ? exit : `${exit}: ${error}`;
  const found = TASK_ENDS.find(({ phrase }) => phrase.test(text));
  if (found === undefined) throw new Error('The last row of the table matches every end.');
  return found;
}
