import type { NodeName } from '@ballast/core';
import { nodeSampleOf, sampleOf } from '../world/publish.ts';
import type { GuestSample } from '../world/records.ts';
import type { World, WorldGuest, WorldNode, WorldStorage } from '../world/world.ts';
import { type Identity, may } from './identity.ts';
import type { Answer, Call, Route } from './route.ts';

type Row = Readonly<Record<string, unknown>>;

/** GET /cluster/resources: one list for all, without what the asker may not see. */
export const resourceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/cluster/resources',
    params: { type: { type: 'string', optional: true, enum: ['vm', 'storage', 'node', 'sdn'] } },
    handle: resources,
  },
];

function resources({ world, identity, params }: Call): Answer {
  const type = params.optional('type');
  const rows: Row[] = [];
  if (type === undefined) rows.push(...poolRows(world, identity));
  if (type === undefined || type === 'vm') rows.push(...guestRows(world, identity));
  if (type === undefined || type === 'node') rows.push(...nodeRows(world, identity));
  if (type === undefined || type === 'storage') rows.push(...storageRows(world, identity));
  if (type === undefined || type === 'sdn') rows.push(...networkRows(world, identity));
  return { data: rows };
}

function guestRows(world: World, identity: Identity): readonly Row[] {
  const threads = new Map(world.nodes.map((node) => [node.name, node.cores]));
  return world.guests
    .filter((guest) => may(identity, `/vms/${guest.id}`, 'VM.Audit'))
    .map((guest) => guestRow(world, guest, threads.get(guest.node) ?? guest.vcpus));
}

function guestRow(world: World, guest: WorldGuest, threads: number): Row {
  const sample = sampleOf(world, guest);
  const common = {
    id: `${guest.kind}/${guest.id}`,
    vmid: guest.id,
    node: guest.node,
    type: guest.kind,
    ...(guest.pool === undefined ? {} : { pool: guest.pool }),
    ...(guest.ha === undefined ? {} : { hastate: guest.ha.crm }),
    ...(guest.lock === undefined ? {} : { lock: guest.lock }),
    ...(guest.tags.length === 0 ? {} : { tags: guest.tags.join(';') }),
  };
  if (sample === undefined) return { ...common, status: 'unknown' };
  return {
    ...common,
    name: guest.name,
    template: guest.template ? 1 : 0,
    status: sample.running ? 'running' : 'stopped',
    maxcpu: Math.min(guest.vcpus, threads),
    maxmem: guest.memory,
    maxdisk: guest.diskSize,
    ...figures(guest, sample),
    uptime: sample.running ? Math.max(0, Math.floor((sample.at - sample.startedAt) / 1000)) : 0,
  };
}

function figures(guest: WorldGuest, sample: GuestSample): Row {
  return {
    cpu: sample.cpu,
    mem: sample.memory,
    memhost: guest.kind === 'qemu' && sample.running ? Math.round(sample.memory * 1.02) : 0,
    disk: guest.kind === 'qemu' ? 0 : Math.round(guest.diskSize / 4),
    netin: sample.netIn,
    netout: sample.netOut,
    diskread: sample.diskRead,
    diskwrite: sample.diskWrite,
  };
}

function nodeRows(world: World, identity: Identity): readonly Row[] {
  return world.nodes.map((node) => nodeRow(world, node, may(identity, `/nodes/${node.name}`, 'Sys.Audit')));
}

/** A node's row; without the right to see them its figures are left out. */
export function nodeRow(world: World, node: WorldNode, audited: boolean): Row {
  const sample = nodeSampleOf(world, node);
  const row = { id: `node/${node.name}`, node: node.name, type: 'node', status: nodeStatus(world, node), level: '' };
  if (!audited) return row;
  const limits = sample === undefined ? {} : { maxcpu: node.cores, maxmem: node.memory, maxdisk: ROOT_SIZE };
  if (sample === undefined || !node.online) return { ...row, ...limits };
  return {
    ...row,
    ...limits,
    'cgroup-mode': 2,
    'host-arch': 'x86_64',
    ...(world.guests.some((guest) => guest.ha !== undefined)
      ? { hastate: node.maintenance ? 'maintenance' : 'online' }
      : {}),
    cpu: sample.cpu,
    mem: sample.memory,
    disk: Math.round(ROOT_SIZE / 6),
    uptime: Math.max(0, Math.floor((sample.at - sample.bootedAt) / 1000)),
  };
}

/** The size of every host's own disk. */
export const ROOT_SIZE: number = 100 * 2 ** 30;

/** Membership decides over `offline`; a member whose figures have expired is `unknown`. */
export function nodeStatus(world: World, node: WorldNode): 'online' | 'offline' | 'unknown' {
  if (!node.online) return 'offline';
  return nodeSampleOf(world, node) === undefined ? 'unknown' : 'online';
}

function storageRows(world: World, identity: Identity): readonly Row[] {
  return world.nodes.flatMap((node) =>
    world.storages
      .filter((storage) => isOn(storage, node.name))
      .filter(({ storage }) => may(identity, `/storage/${storage}`, 'Datastore.Audit'))
      .map((storage) => ({
        id: `storage/${node.name}/${storage.storage}`,
        storage: storage.storage,
        node: node.name,
        type: 'storage',
        plugintype: storage.type,
        content: storage.content,
        shared: storage.shared ? 1 : 0,
        ...(node.online ? { status: 'available', disk: storage.used, maxdisk: storage.size } : { status: 'unknown' }),
      })),
  );
}

export function isOn(storage: WorldStorage, node: NodeName): boolean {
  return storage.nodes === undefined || storage.nodes.includes(node);
}

function poolRows(world: World, identity: Identity): readonly Row[] {
  return world.pools
    .filter(({ id }) => may(identity, `/pool/${id}`, 'Pool.Audit'))
    .map(({ id }) => ({ id: `/pool/${id}`, pool: id, type: 'pool' }));
}

function networkRows(world: World, identity: Identity): readonly Row[] {
  return world.nodes
    .filter(() => may(identity, '/sdn/zones/localnetwork', 'Sys.Audit'))
    .map(({ name }) => ({
      id: `sdn/${name}/localnetwork`,
      sdn: 'localnetwork',
      node: name,
      type: 'sdn',
      status: 'ok',
    }));
}
