import type { GuestKind } from '@ballast/core';
import { startJob } from '../world/jobs.ts';
import type { GuestSnapshot, JobWork } from '../world/records.ts';
import { changeGuest, type WorldGuest } from '../world/world.ts';
import { configOf, digestOf } from './guest-config.ts';
import { guestOfPath } from './guests.ts';
import { requireQuorum } from './migrate.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

const TIME = 2000;

function handlersFor(kind: GuestKind): Handlers {
  const path = `/nodes/{node}/${kind}/{vmid}/snapshot`;
  return {
    [`GET ${path}`]: (call) => list(guestOfPath(call, kind)),
    [`POST ${path}`]: (call) => create(call, guestOfPath(call, kind)),
    [`DELETE ${path}/{snapname}`]: (call) =>
      work(call, kind, 'delsnapshot', 'snapshot-delete', (guest, { name }) => ({
        kind: 'forget-snapshot',
        guest,
        name,
      })),
    [`POST ${path}/{snapname}/rollback`]: (call) =>
      work(call, kind, 'rollback', 'rollback', (guest, { name }) => ({ kind: 'rollback', guest, name })),
    [`GET ${path}/{snapname}/config`]: (call) => ({ data: snapshotConfig(snapshotOf(call, guestOfPath(call, kind))) }),
    [`PUT ${path}/{snapname}/config`]: (call) => describe(call, guestOfPath(call, kind)),
  };
}

/** Disk snapshots of guests. */
export const snapshotHandlers: Handlers = { ...handlersFor('qemu'), ...handlersFor('lxc') };

/** The last entry stands for the present. */
function list(guest: WorldGuest): Answer {
  const snapshots = guest.snapshots ?? [];
  const rows = snapshots.map(({ name, description, at, vmstate, parent }) => ({
    name,
    description,
    snaptime: Math.floor(at / 1000),
    ...(guest.kind === 'qemu' ? { vmstate: vmstate ? 1 : 0 } : {}),
    ...(parent === undefined ? {} : { parent }),
  }));
  const parent = snapshots.at(-1)?.name;
  const current = {
    name: 'current',
    description: 'You are here!',
    digest: digestOf(guest),
    ...(parent === undefined ? {} : { parent }),
    ...(guest.status === 'running' ? { running: 1 } : {}),
  };
  return { data: [...rows, current] };
}

/** A snapshot of a guest by name. @throws {Refusal} 500 when there is none */
export function snapshotOf(call: Call, guest: WorldGuest, param = 'snapname'): GuestSnapshot {
  const name = call.params.text(param);
  const found = guest.snapshots?.find((snapshot) => snapshot.name === name);
  if (found === undefined) throw died(`snapshot '${name}' does not exist`);
  return found;
}

/** The configuration as it was. */
export function snapshotConfig({ config, at, description, parent }: GuestSnapshot): object {
  return {
    ...config,
    snaptime: Math.floor(at / 1000),
    ...(description === '' ? {} : { description }),
    ...(parent === undefined ? {} : { parent }),
  };
}

function create(call: Call, guest: WorldGuest): Answer {
  requireQuorum(call.world);
  const name = call.params.text('snapname');
  refuseLocked(guest);
  if (name === 'current') throw died("unable to use snapshot name 'current' (reserved name)");
  if (guest.snapshots?.some((snapshot) => snapshot.name === name)) throw died(`snapshot name '${name}' already used`);
  if (guest.localResources.length > 0 && call.params.flag('vmstate')) throw died('snapshot feature is not available');
  const snapshot: GuestSnapshot = {
    name,
    at: call.world.now,
    description: call.params.text('description'),
    vmstate: call.params.flag('vmstate') && guest.status === 'running',
    config: configOf(guest),
  };
  return start(call, guest, 'snapshot', 'snapshot', { kind: 'snapshot', guest: guest.id, snapshot });
}

function work(
  call: Call,
  kind: GuestKind,
  task: string,
  lock: string,
  make: (guest: number, snapshot: GuestSnapshot) => JobWork,
): Answer {
  requireQuorum(call.world);
  const guest = guestOfPath(call, kind);
  refuseLocked(guest);
  return start(call, guest, task, lock, make(guest.id, snapshotOf(call, guest)));
}

function start(call: Call, guest: WorldGuest, task: string, lock: string, job: JobWork): Answer {
  const type = `${guest.kind === 'qemu' ? 'qm' : 'vz'}${task}`;
  const spec = { node: guest.node, type, id: String(guest.id), user: call.identity.name };
  let upid = '';
  call.apply((world) => {
    const started = startJob(world, spec, job, TIME);
    upid = started.upid;
    return changeGuest(started.world, guest.id, (g) => ({ ...g, lock }));
  });
  return { data: upid };
}

function describe(call: Call, guest: WorldGuest): Answer {
  requireQuorum(call.world);
  const { name } = snapshotOf(call, guest);
  const description = call.params.text('description');
  call.apply((world) =>
    changeGuest(world, guest.id, (g) => ({
      ...g,
      snapshots: (g.snapshots ?? []).map((entry) => (entry.name === name ? { ...entry, description } : entry)),
    })),
  );
  return { data: null };
}

function refuseLocked({ kind, lock }: WorldGuest): void {
  if (lock !== undefined) throw died(`${kind === 'qemu' ? 'VM' : 'CT'} is locked (${lock})`);
}
