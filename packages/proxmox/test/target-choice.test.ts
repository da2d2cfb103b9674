import { GIB } from '@ballast/core';
import { expect, it } from 'vitest';
import { explainRoom, storageOnTarget } from '../src/inspect/disk-room.ts';
import { composeFacts, type Findings } from '../src/inspect/facts.ts';
import { Storages } from '../src/observe/storages.ts';
import { storageRow } from './support/cluster.ts';

it.each([
  ['the same', 'lvm', undefined, 'lvm'],
  ['one for all', 'lvm', 'ceph', 'ceph'],
  ['its pair', 'lvm', 'zfs:a,lvm:b', 'b'],
  ['the same where no pair names it', 'lvm', 'zfs:a', 'lvm'],
  ['not that of a longer name', 'lvm', 'lvm2:a', 'lvm'],
])('disks go to %s', (_what, storage, targetStorage, expected) => {
  expect(storageOnTarget(storage, targetStorage)).toBe(expected);
});

const storages = new Storages([
  storageRow('zfs', 'b', { disk: 90 * GIB }),
  storageRow('zfs', 'c', { status: 'unknown', disk: undefined, maxdisk: undefined }),
  storageRow('zfs', 'd', { maxdisk: 0, disk: 0 }),
  storageRow('ceph', 'b', { shared: 1 }),
  { type: 'node', node: 'b', storage: 'fake' },
]);

it.each([
  ['what fits, to the byte', ['zfs', 10], 'b', undefined, undefined],
  [
    'one byte more',
    ['zfs', 10 + 1 / GIB],
    'b',
    undefined,
    'storage zfs has 10.0 GiB free there, and its disks need 10.0 GiB',
  ],
  ['a small disk', ['zfs', 0.5], 'b', undefined, undefined],
  ['a storage without figures', ['zfs', 999], 'c', undefined, undefined],
  ['a storage that shows no size', ['zfs', 999], 'd', undefined, undefined],
  ['a node without the storage', ['zfs', 1], 'e', undefined, 'its disks would go to storage zfs, which is not there'],
  ['a storage that nobody may see', ['secret', 1], 'b', undefined, undefined],
  ['disks that go to another storage', ['zfs', 50], 'b', 'ceph', undefined],
  [
    'too much for the other storage',
    ['zfs', 61],
    'b',
    'ceph',
    'storage ceph has 60.0 GiB free there, and its disks need 61.0 GiB',
  ],
] as const)('room for %s', (_what, [storage, gib], node, targetStorage, expected) => {
  // Disks of one storage are added up.
  const disks = [0.25, 0.75].map((part) => ({ storage, bytes: part * gib * GIB }));
  expect(explainRoom(disks, node, storages, targetStorage)).toBe(expected);
});

const found: Findings = {
  guest: 1,
  kind: 'qemu',
  node: 'a',
  digest: 'd',
  disks: [{ storage: 'zfs', bytes: 20 * GIB }],
  localResources: [],
  refused: { e: 'the HA manager refuses it' },
};
const facts = (fields: Partial<Findings>, replication: { targets: string[]; synced: string[] } | undefined) =>
  composeFacts(
    { ...found, ...fields },
    {
      nodes: ['a', 'b', 'c', 'e'],
      storages,
      replication,
      targetStorage: undefined,
      processorOf: () => undefined,
      asked: () => false,
    },
  );

const FULL = 'storage zfs has 10.0 GiB free there, and its disks need 20.0 GiB';
const HA = 'the HA manager refuses it';
const ELSEWHERE = 'the guest is replicated to b, and not to there';

it.each([
  ['without replication', {}, undefined, { b: FULL, e: HA }, undefined],
  ['with a replica, which needs no room', {}, { targets: ['b'], synced: ['b'] }, { c: ELSEWHERE, e: HA }, ['b']],
  ['with a job that has never run', {}, { targets: ['b'], synced: [] }, { b: FULL, c: ELSEWHERE, e: HA }, undefined],
  [
    'of a container, which may leave its replicas',
    { kind: 'lxc' },
    { targets: ['b'], synced: ['b'] },
    { e: HA },
    ['b'],
  ],
  ['without disks', { disks: [] }, undefined, { e: HA }, undefined],
  [
    'that came to its replica, before the job was turned',
    { node: 'b' },
    { targets: ['b'], synced: ['b'] },
    { a: ELSEWHERE, c: ELSEWHERE, e: HA },
    undefined,
  ],
] as const)('nodes that cannot take a guest %s', (_what, fields, replication, refusedNodes, replicas) => {
  const around =
    replication === undefined ? undefined : { targets: [...replication.targets], synced: [...replication.synced] };
  expect(facts(fields, around).refusedNodes).toEqual(refusedNodes);
  expect(facts(fields, around).replicas).toEqual(replicas);
});
