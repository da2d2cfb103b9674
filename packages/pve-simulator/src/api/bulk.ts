import type { GuestId, NodeName } from '@ballast/core';
import { splitList } from '../schema/formats.ts';
import { startJob } from '../world/jobs.ts';
import type { JobWork } from '../world/records.ts';
import { nodeOf, type World, type WorldGuest } from '../world/world.ts';
import { may, requireAny } from './identity.ts';
import { requireQuorum } from './migrate.ts';
import type { Privilege } from './privileges.ts';
import { badParameters, died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

const WORKERS = 4;

/** Many guests at once: one task that starts the others. */
export const bulkHandlers: Handlers = {
  'POST /cluster/bulk-action/guest/migrate': (call) => migrateAll(call, undefined),
  'POST /cluster/bulk-action/guest/start': (call) => powerAll(call, undefined, 'start'),
  'POST /cluster/bulk-action/guest/shutdown': (call) => powerAll(call, undefined, 'shutdown'),
  'POST /nodes/{node}/migrateall': (call) => migrateAll(call, call.params.text('node')),
  'POST /nodes/{node}/startall': (call) => powerAll(call, call.params.text('node'), 'start'),
  'POST /nodes/{node}/stopall': (call) => powerAll(call, call.params.text('node'), 'shutdown'),
};

/** The guests that are named, or all; those that the asker has no right to are passed over, as long as any is left. */
function chosen(call: Call, node: NodeName | undefined, right: Privilege): readonly WorldGuest[] {
  const { params, world, identity } = call;
  const named = node === undefined ? params.list('vms').map(Number) : splitList(params.text('vms')).map(Number);
  const guests = world.guests
    .filter((guest) => !guest.template && (node === undefined || guest.node === node))
    .filter((guest) => named.length === 0 || named.includes(guest.id));
  const allowed = guests.filter((guest) => may(identity, `/vms/${guest.id}`, right));
  if (allowed.length === 0) requireAny(identity, '/', [right]);
  return allowed;
}

function migrateAll(call: Call, node: NodeName | undefined): Answer {
  requireQuorum(call.world);
  const { params } = call;
  const to = params.text('target');
  if (to === node) throw badParameters({ target: 'target is local node.' });
  if (nodeOf(call.world, to) === undefined) throw died(`no such cluster node '${to}'`);
  const waiting = chosen(call, node, 'VM.Migrate').map((guest) => guest.id);
  const workers = params.number('max-workers', params.number('maxworkers', WORKERS));
  const work = bulk(to, call.identity.name, workers, waiting, params.flag('with-local-disks'));
  return { data: begin(call, node, node === undefined ? 'bulkmigrate' : 'migrateall', work) };
}

function bulk(
  to: NodeName,
  user: string,
  workers: number,
  waiting: readonly GuestId[],
  withLocalDisks: boolean,
): JobWork {
  return { kind: 'bulk-migrate', to, user, workers, waiting, withLocalDisks, running: [], failed: 0 };
}

function powerAll(call: Call, node: NodeName | undefined, action: 'start' | 'shutdown'): Answer {
  requireQuorum(call.world);
  const wanted = action === 'start' ? 'stopped' : 'running';
  const guests = chosen(call, node, 'VM.PowerMgmt').filter(
    (guest) => guest.status === wanted && guest.lock === undefined,
  );
  const type = node === undefined ? `bulk${action}` : action === 'start' ? 'startall' : 'stopall';
  const upid = begin(call, node, type, { kind: 'nothing' });
  call.apply((world) => guests.reduce((next, guest) => powerOne(next, guest, action, call.identity.name), world));
  return { data: upid };
}

function powerOne(world: World, guest: WorldGuest, action: 'start' | 'shutdown', user: string): World {
  const type = `${guest.kind === 'qemu' ? 'qm' : 'vz'}${action}`;
  const spec = { node: guest.node, type, id: String(guest.id), user };
  return startJob(world, spec, { kind: 'power', guest: guest.id, action }, 3000).world;
}

function begin(call: Call, node: NodeName | undefined, type: string, work: JobWork): string {
  let upid = '';
  call.apply((world) => {
    const spec = { node: node ?? call.entry, type, id: '', user: call.identity.name };
    const started = startJob(world, spec, work, work.kind === 'nothing' ? 4000 : 0);
    upid = started.upid;
    return started.world;
  });
  return upid;
}
