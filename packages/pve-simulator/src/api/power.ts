import type { GuestKind, Milliseconds } from '@ballast/core';
import { jobOf, startJob } from '../world/jobs.ts';
import type { PowerAction } from '../world/records.ts';
import { changeGuest, type World, type WorldGuest } from '../world/world.ts';
import { guestOfPath } from './guests.ts';
import { requireQuorum } from './migrate.ts';
import { badParameters, died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** How long each takes. */
const TIMES: Readonly<Record<PowerAction, Milliseconds>> = {
  start: 1500,
  stop: 1000,
  shutdown: 4000,
  reboot: 6000,
  reset: 300,
  suspend: 500,
  resume: 500,
};

/** Starting, stopping and the like: each a task. */
export const powerHandlers: Handlers = {
  'POST /nodes/{node}/qemu/{vmid}/status/start': (call) => power(call, 'qemu', 'start'),
  'POST /nodes/{node}/qemu/{vmid}/status/stop': (call) => power(call, 'qemu', 'stop'),
  'POST /nodes/{node}/qemu/{vmid}/status/shutdown': (call) => power(call, 'qemu', 'shutdown'),
  'POST /nodes/{node}/qemu/{vmid}/status/reboot': (call) => power(call, 'qemu', 'reboot'),
  'POST /nodes/{node}/qemu/{vmid}/status/reset': (call) => power(call, 'qemu', 'reset'),
  'POST /nodes/{node}/qemu/{vmid}/status/suspend': (call) => power(call, 'qemu', 'suspend'),
  'POST /nodes/{node}/qemu/{vmid}/status/resume': (call) => power(call, 'qemu', 'resume'),
  'POST /nodes/{node}/lxc/{vmid}/status/start': (call) => power(call, 'lxc', 'start'),
  'POST /nodes/{node}/lxc/{vmid}/status/stop': (call) => power(call, 'lxc', 'stop'),
  'POST /nodes/{node}/lxc/{vmid}/status/shutdown': (call) => power(call, 'lxc', 'shutdown'),
  'POST /nodes/{node}/lxc/{vmid}/status/reboot': (call) => power(call, 'lxc', 'reboot'),
};

const FOR_ROOT = ['skiplock', 'migratedfrom', 'stateuri', 'migration_type', 'migration_network', 'keepActive'];

function power(call: Call, kind: GuestKind, action: PowerAction): Answer {
  requireQuorum(call.world);
  if (call.identity.name !== 'root@pam') {
    for (const name of FOR_ROOT) {
      if (call.params.has(name)) throw badParameters({ [name]: 'Only root may use this option.' });
    }
  }
  const guest = guestOfPath(call, kind);
  const byHa = action === 'start' || action === 'stop' || action === 'shutdown';
  if (byHa && guest.ha !== undefined && guest.ha.state !== 'ignored') return { data: askHa(call, guest, action) };
  refuse(call.world, guest, action);
  const word = kind === 'qemu' ? 'qm' : 'vz';
  const spec = { node: guest.node, type: `${word}${action}`, id: String(guest.id), user: call.identity.name };
  let upid = '';
  call.apply((world) => {
    const started = startJob(world, spec, { kind: 'power', guest: guest.id, action }, TIMES[action]);
    upid = started.upid;
    return started.world;
  });
  return { data: upid };
}

function refuse(world: World, guest: WorldGuest, action: PowerAction): void {
  const word = guest.kind === 'qemu' ? 'VM' : 'CT';
  if (guest.lock !== undefined || jobOf(world, guest.id) !== undefined) {
    throw died(
      guest.lock === undefined
        ? `can't lock file '/var/lock/qemu-server/lock-${guest.id}.conf' - got timeout`
        : `${word} is locked (${guest.lock})`,
    );
  }
  if (guest.template && action === 'start') throw died("you can't start a vm if it's a template");
  if (action === 'start' && guest.status === 'running') throw died(`${word} ${guest.id} already running`);
  if (action !== 'start' && action !== 'stop' && guest.status === 'stopped') {
    throw died(`${word} ${guest.id} not running`);
  }
}

/** The HA manager is told the state that is wanted; it starts and stops by itself. */
function askHa(call: Call, guest: WorldGuest, action: 'start' | 'stop' | 'shutdown'): string {
  const state = action === 'start' ? ('started' as const) : ('stopped' as const);
  const type = action === 'start' ? 'hastart' : 'hastop';
  const spec = { node: guest.node, type, id: String(guest.id), user: call.identity.name };
  const line = `Requesting HA ${action === 'start' ? 'start' : 'stop'} for ${guest.kind === 'qemu' ? 'VM' : 'CT'} ${guest.id}`;
  let upid = '';
  call.apply((world) => {
    const started = startJob(world, spec, { kind: 'nothing' }, 1000, [line]);
    upid = started.upid;
    return changeGuest(started.world, guest.id, (g) => (g.ha === undefined ? g : { ...g, ha: { ...g.ha, state } }));
  });
  return upid;
}
