import { nodeSampleOf, sampleOf } from '../world/publish.ts';
import type { GuestSample } from '../world/records.ts';
import { isOn, usedOn } from '../world/storage.ts';
import { majorOf, type World, type WorldGuest, type WorldNode } from '../world/world.ts';
import { may } from './identity.ts';
import type { Answer, Call, Handlers } from './route.ts';
import type { Identity } from './who.ts';

type Row = Readonly<Record<string, unknown>>;

/** GET /cluster/resources: one list for all, without what the asker may not see. */
export const resourceHandlers: Handlers = {
  'GET /cluster/resources': resources,
};

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
  const newer = majorOf(world) >= 9;
  const threads = new Map(world.nodes.map((node) => [node.name, node.cores]));
  return world.guests
    .filter((guest) => may(identity, `/vms/${guest.id}`, 'VM.Audit'))
    .map((guest) => guestRow(world, guest, threads.get(guest.node) ?? guest.vcpus, newer));
}

/** Written field by field: with thousands of guests, objects spread into objects take most of the answer's time. */
function guestRow(world: World, guest: WorldGuest, threads: number, newer: boolean): Row {
  const sample = sampleOf(world, guest);
  const row: Record<string, unknown> = {
    id: `${guest.kind}/${guest.id}`,
    vmid: guest.id,
    node: guest.node,
    type: guest.kind,
    status: 'unknown',
  };
  if (guest.pool !== undefined) row['pool'] = guest.pool;
  if (guest.ha !== undefined) row['hastate'] = guest.ha.crm;
  if (guest.lock !== undefined) row['lock'] = guest.lock;
  if (guest.tags.length > 0) row['tags'] = guest.tags.join(';');
  if (sample === undefined) return row;
  addFigures(row, guest, sample, threads);
  if (newer) row['memhost'] = guest.kind === 'qemu' && sample.running ? Math.round(sample.memory * 1.02) : 0;
  return row;
}

function addFigures(row: Record<string, unknown>, guest: WorldGuest, sample: GuestSample, threads: number): void {
  const machine = guest.kind === 'qemu';
  row['name'] = guest.name;
  row['template'] = guest.template ? 1 : 0;
  row['status'] = sample.running ? (guest.paused ? 'paused' : 'running') : 'stopped';
  row['maxcpu'] = Math.min(guest.vcpus, threads);
  row['maxmem'] = guest.memory;
  row['maxdisk'] = guest.diskSize;
  row['cpu'] = sample.cpu;
  row['mem'] = sample.memory;
  row['disk'] = machine ? 0 : Math.round(guest.diskSize / 4);
  row['netin'] = sample.netIn;
  row['netout'] = sample.netOut;
  row['diskread'] = sample.diskRead;
  row['diskwrite'] = sample.diskWrite;
  row['uptime'] = sample.running ? Math.max(0, Math.floor((sample.at - sample.startedAt) / 1000)) : 0;
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
    ...(majorOf(world) < 9 ? {} : { 'host-arch': 'x86_64' }),
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
function nodeStatus(world: World, node: WorldNode): 'online' | 'offline' | 'unknown' {
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
        ...(node.online
          ? { status: 'available', disk: usedOn(world, storage, node.name), maxdisk: storage.size }
          : { status: 'unknown' }),
      })),
  );
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
