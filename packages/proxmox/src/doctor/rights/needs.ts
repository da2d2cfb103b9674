import type { ProxmoxMigration } from '../../options.ts';
import type { DoctorQuestion } from '../question.ts';

/** A privilege without which Ballast cannot do something. */
export interface Need {
  /** Any of them will do; the first is the one to grant. */
  readonly privileges: readonly [string, ...string[]];
  /** The path that it is best granted on. */
  readonly tree: string;
  /** What is below the tree: each must have it. `none` when the path itself is what counts. */
  readonly leaves: 'none' | 'nodes' | 'guests' | 'machines' | 'storages' | 'pools';
  /** What it is for, as the end of `Without it ...`. */
  readonly without: string;
}

/** Every privilege that this configuration needs of a cluster of the given major version. */
export function needsOf(question: DoctorQuestion, migration: ProxmoxMigration, major: number): readonly Need[] {
  const agent: Need['privileges'] = major >= 9 ? ['VM.GuestAgent.Audit', 'VM.GuestAgent.Unrestricted'] : ['VM.Monitor'];
  return [
    ...ALWAYS,
    ...(question.pools?.length
      ? [need('Pool.Audit', '/pool', 'pools', 'the pools by which guests are chosen stay unseen')]
      : []),
    ...(question.addresses
      ? [{ ...need('', '/vms', 'machines', 'the addresses of virtual machines stay unknown'), privileges: agent }]
      : []),
    ...(migration.localDisks || question.containers ? storageNeeds(migration) : []),
  ];
}

const ALWAYS: readonly Need[] = [
  need('Sys.Audit', '/', 'none', 'quorum, membership and the state of HA stay unknown, and no round gets through'),
  need('Sys.Audit', '/nodes', 'nodes', 'the load of nodes stays unknown, and no round gets through'),
  need('VM.Audit', '/vms', 'guests', 'guests and their load stay unseen'),
  need('VM.Migrate', '/vms', 'guests', 'nothing can be migrated, nor is told what stands in the way'),
  need('Datastore.Audit', '/storage', 'storages', 'nobody knows which disks are shared'),
];

/** Disks that go to a storage of the user's choice are made there. */
function storageNeeds({ targetStorage = '' }: ProxmoxMigration): readonly Need[] {
  const storages = targetStorage
    .split(',')
    .map((part) => part.split(':').at(-1) ?? '')
    .filter((name) => name !== '' && name !== '1');
  const space = storages.map((name) =>
    need('Datastore.AllocateSpace', `/storage/${name}`, 'none', `no disk can be copied to ${name}`),
  );
  return [
    ...(storages.length === 0 ? [] : [need('VM.Config.Disk', '/vms', 'guests', 'disks cannot go to another storage')]),
    ...space,
  ];
}

function need(privilege: string, tree: string, leaves: Need['leaves'], without: string): Need {
  return { privileges: [privilege], tree, leaves, without };
}
