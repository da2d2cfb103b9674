import type { GuestId } from '@ballast/core';
import { splitList } from '../schema/formats.ts';
import { isOn, usedOn } from '../world/storage.ts';
import type { WorldNode, WorldStorage } from '../world/world.ts';
import { may } from './identity.ts';
import { nodeOfPath } from './nodes.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';
import type { Identity } from './who.ts';

/** Storages of the cluster, and as a node sees them. */
export const storageHandlers: Handlers = {
  'GET /storage': ({ world, identity, params }) => ({
    data: world.storages
      .filter((storage) => visible(identity, storage))
      .filter(({ type }) => !params.has('type') || type === params.text('type'))
      .map(definition),
  }),
  'GET /storage/{storage}': (call) => ({ data: definition(storageOfPath(call)) }),
  'GET /nodes/{node}/storage': list,
  'GET /nodes/{node}/storage/{storage}/status': (call) => ({ data: state(call, onNode(call), nodeOfPath(call)) }),
  'GET /nodes/{node}/storage/{storage}/content': content,
  'GET /nodes/{node}/storage/{storage}/rrddata': history,
};

function visible(identity: Identity, { storage }: WorldStorage): boolean {
  const path = `/storage/${storage}`;
  return may(identity, path, 'Datastore.Audit') || may(identity, path, 'Datastore.AllocateSpace');
}

function definition({ storage, type, content: kinds, shared, nodes, disabled }: WorldStorage): object {
  return {
    storage,
    type,
    content: kinds,
    ...(shared ? { shared: 1 } : {}),
    ...(nodes === undefined ? {} : { nodes: nodes.join(',') }),
    ...(disabled ? { disable: 1 } : {}),
    ...(type === 'dir' ? { path: '/var/lib/vz' } : {}),
  };
}

function storageOfPath({ world, params }: Call): WorldStorage {
  const name = params.text('storage');
  const found = world.storages.find(({ storage }) => storage === name);
  if (found === undefined) throw died(`storage '${name}' does not exist`);
  return found;
}

function onNode(call: Call): WorldStorage {
  const storage = storageOfPath(call);
  const node = nodeOfPath(call);
  if (storage.disabled) throw died(`storage '${storage.storage}' is disabled`);
  if (!isOn(storage, node.name)) throw died(`storage '${storage.storage}' is not available on node '${node.name}'`);
  return storage;
}

/** With a target, only those that it has too. */
function list(call: Call): Answer {
  const { world, identity, params } = call;
  const node = nodeOfPath(call);
  const kinds = splitList(params.text('content'));
  const target = params.optional('target');
  return {
    data: world.storages
      .filter((storage) => isOn(storage, node.name) && visible(identity, storage))
      .filter((storage) => target === undefined || isOn(storage, target))
      .filter(({ storage }) => !params.has('storage') || storage === params.text('storage'))
      .filter((storage) => !params.flag('enabled') || !storage.disabled)
      .filter((storage) => kinds.length === 0 || kinds.some((kind) => storage.content.split(',').includes(kind)))
      .map((storage) => ({ storage: storage.storage, ...state(call, storage, node) })),
  };
}

function state({ world }: Call, storage: WorldStorage, node: WorldNode): object {
  const base = { type: storage.type, content: storage.content, shared: storage.shared ? 1 : 0 };
  if (storage.disabled) return { ...base, active: 0, enabled: 0 };
  const used = usedOn(world, storage, node.name);
  const figures = { total: storage.size, used, avail: storage.size - used, used_fraction: used / storage.size };
  return { ...base, active: 1, enabled: 1, ...figures };
}

function content(call: Call): Answer {
  const { world, params, identity } = call;
  const storage = onNode(call);
  const node = nodeOfPath(call);
  const rows: object[] = [];
  for (const guest of world.guests) {
    if (params.has('vmid') && guest.id !== params.number('vmid')) continue;
    if (!may(identity, `/vms/${guest.id}`, 'VM.Audit')) continue;
    const kind = guest.kind === 'qemu' ? 'images' : 'rootdir';
    if (params.has('content') && params.text('content') !== kind) continue;
    const disks = guest.localDisks.length > 0 ? guest.localDisks : [shared(guest.id, guest.diskSize)];
    for (const { volume, size } of disks) {
      const here = volume.startsWith(`${storage.storage}:`) && (storage.shared || guest.node === node.name);
      if (here) rows.push({ volid: volume, vmid: guest.id, format: 'raw', size, content: kind });
    }
  }
  return { data: rows };
}

/** The disk of a guest that has none of its own node. */
function shared(id: GuestId, size: number): { readonly volume: string; readonly size: number } {
  return { volume: `ceph:vm-${id}-disk-0`, size };
}

/** What is used changes with migrations alone: each row says what is now. */
function history(call: Call): Answer {
  const storage = onNode(call);
  const used = usedOn(call.world, storage, nodeOfPath(call).name);
  return { data: call.world.rrd.map(({ at }) => ({ time: Math.floor(at / 1000), total: storage.size, used })) };
}
