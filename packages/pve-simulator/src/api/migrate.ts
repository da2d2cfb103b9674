import type { GuestKind, NodeName } from '@ballast/core';
import { KIB, MIB } from '@ballast/core';
import { splitList } from '../schema/formats.ts';
import { blockingGuests, nodeForbidden, partnersOf, requestHaMigration } from '../world/ha.ts';
import { storageOnTarget } from '../world/migration/request.ts';
import { startMigration } from '../world/migration/start.ts';
import { isOn } from '../world/storage.ts';
import { guestOf, nodeOf, type World, type WorldGuest } from '../world/world.ts';
import { guestOfPath } from './guests.ts';
import { requireAny } from './identity.ts';
import { badParameters, died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** What stands against a migration, and starting one. */
export const migrateHandlers: Handlers = {
  'GET /nodes/{node}/qemu/{vmid}/migrate': machinePreconditions,
  'GET /nodes/{node}/lxc/{vmid}/migrate': containerPreconditions,
  'POST /nodes/{node}/qemu/{vmid}/migrate': (call) => migrate(call, 'qemu'),
  'POST /nodes/{node}/lxc/{vmid}/migrate': (call) => migrate(call, 'lxc'),
};

/** @throws {Refusal} 500 without quorum */
export function requireQuorum(world: World): void {
  if (!world.quorate) throw died('cluster not ready - no quorum?');
}

/** `target` is ignored, an allowed node is also an empty entry of the refused ones, and offline nodes are allowed. */
function machinePreconditions(call: Call): Answer {
  requireQuorum(call.world);
  const guest = guestOfPath(call, 'qemu');
  if (guest.lock !== undefined) throw died(`VM is locked (${guest.lock})`);
  const mapped = guest.mappedResources ?? {};
  return {
    data: {
      running: guest.status === 'running' ? 1 : 0,
      ...machineTargets(call.world, guest),
      local_disks: localDisks(guest),
      local_resources: guest.localResources,
      'mapped-resources': Object.keys(mapped),
      'mapped-resource-info': Object.fromEntries(Object.entries(mapped).map(([option, name]) => [option, { name }])),
      'has-dbus-vmstate': 1,
      ...dependent(call.world, guest),
    },
  };
}

/** Before 8.4 the nodes were told of machines that stand still alone. */
function machineTargets(world: World, guest: WorldGuest): object {
  const [major = 9, minor = 0] = world.version.split('.').map(Number);
  if ((major < 8 || (major === 8 && minor < 4)) && guest.status === 'running') return {};
  const others = world.nodes.filter((node) => node.name !== guest.node).map((node) => node.name);
  const refused = Object.fromEntries(others.map((node) => [node, refusalsOf(world, guest, node)]));
  return {
    allowed_nodes: others.filter((node) => Object.keys(refused[node] ?? {}).length === 0),
    not_allowed_nodes: refused,
  };
}

function localDisks({ localDisks: disks, cdrom }: WorldGuest): readonly object[] {
  const rows = disks.map(({ volume, size }) => ({ volid: volume, size, cdrom: 0, is_unused: 0 }));
  return cdrom === undefined ? rows : [...rows, { volid: cdrom, size: 700 * MIB, cdrom: 1, is_unused: 0 }];
}

function dependent(world: World, guest: WorldGuest): object {
  if (guest.ha === undefined) return {};
  return { 'dependent-ha-resources': partnersOf(world, guest.id).map((id) => sidOf(world, id)) };
}

function containerPreconditions(call: Call): Answer {
  requireQuorum(call.world);
  const guest = guestOfPath(call, 'lxc');
  const others = call.world.nodes.filter((node) => node.name !== guest.node).map((node) => node.name);
  const refused = Object.fromEntries(
    others.map((node): [NodeName, object] => {
      const blocking = blockingOf(call.world, guest, node);
      return [node, blocking.length === 0 ? {} : { 'blocking-ha-resources': blocking }];
    }),
  );
  return {
    data: {
      running: guest.status === 'running' ? 1 : 0,
      'allowed-nodes': others.filter((node) => Object.keys(refused[node] ?? {}).length === 0),
      'not-allowed-nodes': refused,
      ...dependent(call.world, guest),
    },
  };
}

function refusalsOf(world: World, guest: WorldGuest, node: NodeName): Readonly<Record<string, unknown>> {
  const missing = missingStorages(world, guest, node);
  const blocking = blockingOf(world, guest, node);
  const unmapped = unmappedOn(world, guest, node);
  return {
    ...(unmapped.length === 0 ? {} : { 'unavailable-resources': unmapped }),
    ...(missing.length === 0 ? {} : { unavailable_storages: missing }),
    ...(blocking.length === 0 ? {} : { 'blocking-ha-resources': blocking }),
  };
}

/** Mappings of the guest that name no device of the node. */
function unmappedOn(world: World, guest: WorldGuest, node: NodeName): readonly string[] {
  return Object.values(guest.mappedResources ?? {}).filter((name) => {
    const mapping = world.mappings.find(({ id }) => id === name);
    return mapping?.map.some((entry) => entry.split(',').includes(`node=${node}`)) !== true;
  });
}

function blockingOf(world: World, guest: WorldGuest, node: NodeName): readonly { sid: string; cause: string }[] {
  if (guest.ha === undefined) return [];
  const own = nodeForbidden(world, guest.id, node) ? [{ sid: sidOf(world, guest.id), cause: 'node-affinity' }] : [];
  return [
    ...own,
    ...blockingGuests(world, guest.id, node).map((id) => ({ sid: sidOf(world, id), cause: 'resource-affinity' })),
  ];
}

/** Storages of the guest that the node does not have. */
function missingStorages(world: World, guest: WorldGuest, node: NodeName): readonly string[] {
  const used =
    guest.localDisks.length === 0 ? ['ceph'] : guest.localDisks.map(({ volume }) => volume.split(':')[0] ?? '');
  return [...new Set(used)].filter((name) => {
    const storage = world.storages.find((entry) => entry.storage === name);
    return storage !== undefined && !isOn(storage, node);
  });
}

export function sidOf(world: World, id: number): string {
  return `${guestOf(world, id)?.kind === 'lxc' ? 'ct' : 'vm'}:${id}`;
}

function migrate(call: Call, kind: GuestKind): Answer {
  const { params, world } = call;
  const target = params.text('target');
  if (target === params.text('node')) throw badParameters({ target: 'target is local node.' });
  requireQuorum(world);
  if (nodeOf(world, target) === undefined) throw died(`no such cluster node '${target}'`);
  if (kind === 'qemu') requireRootFor(call);
  const guest = guestOfPath(call, kind);
  if (guest.ha !== undefined && guest.ha.state !== 'ignored') return { data: migrateByHa(call, guest, target) };
  if (kind === 'qemu') checkMachine(call, guest, target);
  else checkContainer(call, guest);
  return { data: start(call, guest, target) };
}

/** Some options are for root@pam itself, not even for its tokens. */
function requireRootFor({ params, identity }: Call): void {
  if (identity.name === 'root@pam') return;
  for (const name of ['force', 'migration_type', 'migration_network']) {
    if (params.has(name)) throw badParameters({ [name]: 'Only root may use this option.' });
  }
}

function migrateByHa(call: Call, guest: WorldGuest, target: NodeName): string {
  if (guest.ha?.crm === 'error') {
    throw died(`service '${sidOf(call.world, guest.id)}' in error state, must be disabled and fixed first`);
  }
  let upid = '';
  call.apply((world) => {
    const requested = requestHaMigration(world, guest.id, target, call.identity.name);
    upid = requested.upid;
    return requested.world;
  });
  return upid;
}

function checkMachine(call: Call, guest: WorldGuest, target: NodeName): void {
  const { world, params } = call;
  if (guest.lock !== undefined) throw died(`VM is locked (${guest.lock})`);
  const running = guest.status === 'running';
  if (running && !params.flag('online')) throw died("can't migrate running VM without --online");
  const jobs = world.replications.filter((job) => job.guest === guest.id);
  if (running && jobs.length > 0 && !jobs.some((job) => job.target === target) && !params.flag('force')) {
    const why = "not a replication target. Use 'force' to override.";
    throw died(`Cannot live-migrate replicated VM to node '${target}' - ${why}`);
  }
  checkStorages(call, guest, target);
}

function checkStorages(call: Call, guest: WorldGuest, target: NodeName): void {
  const wanted = call.params.optional('targetstorage');
  const [missing] = missingStorages(call.world, guest, target);
  if (wanted === undefined) {
    if (missing !== undefined) throw died(`storage '${missing}' is not available on node '${target}'`);
    return;
  }
  requireStorages(call, guest, wanted);
  const names = guest.localDisks.map(({ volume }) => storageOnTarget(volume, wanted));
  for (const name of new Set(names)) {
    const storage = call.world.storages.find((entry) => entry.storage === name);
    if (storage === undefined) throw died(`storage '${name}' does not exist`);
    if (storage.disabled) throw died(`storage '${name}' is disabled`);
    if (!isOn(storage, target)) throw died(`storage '${name}' is not available on node '${target}'`);
  }
}

/** Every storage that the parameter names must be open to who asks, whether the guest has anything to put there or not. */
function requireStorages({ identity }: Call, guest: WorldGuest, wanted: string): void {
  if (wanted === '1') return;
  requireAny(identity, `/vms/${guest.id}`, ['VM.Config.Disk']);
  for (const entry of splitList(wanted)) {
    requireAny(identity, `/storage/${entry.split(':').at(-1) ?? ''}`, ['Datastore.AllocateSpace']);
  }
}

/** A lock of a container is found by its task, not before. */
function checkContainer(call: Call, guest: WorldGuest): void {
  const { params } = call;
  const wanted = params.optional('target-storage');
  if (wanted !== undefined) requireStorages(call, guest, wanted);
  if (guest.status === 'running' && !params.flag('online') && !params.flag('restart')) {
    throw died("can't migrate running container without --online or --restart");
  }
}

function start(call: Call, guest: WorldGuest, target: NodeName): string {
  const { params } = call;
  const limit = params.number('bwlimit') * KIB;
  const running = guest.status === 'running';
  const storage = params.optional('targetstorage') ?? params.optional('target-storage');
  let upid = '';
  call.apply((world) => {
    const started = startMigration(world, {
      guest: guest.id,
      to: target,
      mode: running ? (guest.kind === 'qemu' ? 'live' : 'restart') : 'offline',
      user: call.identity.name,
      withLocalDisks: params.flag('with-local-disks'),
      ...(limit > 0 ? { bandwidthLimit: limit } : {}),
      ...(storage === undefined ? {} : { targetStorage: storage }),
      restart: params.flag('restart'),
    });
    upid = started.upid;
    return started.world;
  });
  return upid;
}
