import type { GuestKind } from '@ballast/core';
import { splitList } from '../schema/formats.ts';
import { startJob } from '../world/jobs.ts';
import { withOptions } from '../world/options.ts';
import { changeGuest, type OptionValue, type World, type WorldGuest } from '../world/world.ts';
import { configOf, digestOf } from './guest-config.ts';
import { guestOfPath } from './guests.ts';
import { hotplugProblems, waitsForStart } from './hotplug.ts';
import { requireAny } from './identity.ts';
import { requireQuorum } from './migrate.ts';
import type { Privilege } from './privileges.ts';
import { badParameters, died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

type Changes = Readonly<Record<string, OptionValue>>;

/** Changing configurations. */
export const configChangeHandlers: Handlers = {
  'PUT /nodes/{node}/qemu/{vmid}/config': (call) => {
    change(call, 'qemu');
    return { data: null };
  },
  'POST /nodes/{node}/qemu/{vmid}/config': (call) => ({ data: changeByTask(call) }),
  'PUT /nodes/{node}/lxc/{vmid}/config': (call) => {
    change(call, 'lxc');
    return { data: null };
  },
  'GET /nodes/{node}/qemu/{vmid}/pending': (call) => pending(guestOfPath(call, 'qemu')),
  'GET /nodes/{node}/lxc/{vmid}/pending': (call) => pending(guestOfPath(call, 'lxc')),
};

const NO_OPTIONS = new Set([
  'node',
  'vmid',
  'delete',
  'digest',
  'force',
  'revert',
  'skiplock',
  'background_delay',
  'import-working-storage',
]);

function change(call: Call, kind: GuestKind): void {
  const { guest, changes } = asked(call, kind);
  const problems = hotplugProblems(guest, changes);
  if (Object.keys(problems).length > 0) throw badParameters(problems);
  call.apply((world) => changed(world, guest, changes, revertedBy(call)));
}

/** What does not work shows in the task, not in the answer. */
function changeByTask(call: Call): string {
  const { guest, changes } = asked(call, 'qemu');
  const spec = { node: guest.node, type: 'qmconfig', id: String(guest.id), user: call.identity.name };
  let upid = '';
  call.apply((world) => {
    const started = startJob(changed(world, guest, changes, revertedBy(call)), spec, { kind: 'nothing' }, 200);
    upid = started.upid;
    return started.world;
  });
  return upid;
}

/** @throws {Refusal} for a lock, a digest of another configuration, or a right that an option needs and nobody has */
function asked(call: Call, kind: GuestKind): { readonly guest: WorldGuest; readonly changes: Changes } {
  requireQuorum(call.world);
  const { params, identity } = call;
  const guest = guestOfPath(call, kind);
  const set = params.scalars().filter(([name]) => !NO_OPTIONS.has(name));
  const gone = splitList(params.text('delete')).map((name) => [name, null] as const);
  const changes: Changes = Object.fromEntries([...set, ...gone]);
  const names = [...Object.keys(changes), ...revertedBy(call)];
  if (names.length === 0) throw died('no options specified');
  for (const name of ['skiplock', 'lock']) {
    if (params.has(name) && identity.name !== 'root@pam')
      throw badParameters({ [name]: 'Only root may use this option.' });
  }
  for (const name of names) requireAny(identity, `/vms/${guest.id}`, [privilegeFor(name)]);
  const digest = params.optional('digest');
  if (digest !== undefined && digest !== digestOf(guest)) {
    throw died('checksum mismatch (file change by other user?)');
  }
  if (guest.lock !== undefined && !params.flag('skiplock')) {
    throw died(`${kind === 'qemu' ? 'VM' : 'CT'} is locked (${guest.lock})`);
  }
  return { guest, changes };
}

function revertedBy({ params }: Call): readonly string[] {
  return splitList(params.text('revert'));
}

/** The right that a change of an option needs. */
function privilegeFor(name: string): Privilege {
  if (/^(cores|sockets|vcpus|cpu|cpulimit|cpuunits|numa\d*|affinity|smp)$/.test(name)) return 'VM.Config.CPU';
  if (/^(memory|balloon|shares|swap|allow-ksm|hugepages|keephugepages)$/.test(name)) return 'VM.Config.Memory';
  if (/^(net\d+|ipconfig\d+|nameserver|searchdomain|hostname)$/.test(name)) return 'VM.Config.Network';
  if (/^(ide|sata|scsi|virtio|mp|unused|efidisk|tpmstate)\d+$|^(rootfs|vmstatestorage|bootdisk)$/.test(name)) {
    return 'VM.Config.Disk';
  }
  if (/^ci|^sshkeys$/.test(name)) return 'VM.Config.Cloudinit';
  if (name === 'cdrom') return 'VM.Config.CDROM';
  return /^(vga|machine|bios|scsihw|hostpci\d+|usb\d+|serial\d+|watchdog|arch|audio0|rng0)$/.test(name)
    ? 'VM.Config.HWType'
    : 'VM.Config.Options';
}

function changed(world: World, { id }: WorldGuest, changes: Changes, reverted: readonly string[]): World {
  return changeGuest(world, id, (guest) => {
    const waiting: Record<string, OptionValue> = { ...guest.pending };
    const now: Record<string, OptionValue> = {};
    for (const [name, value] of Object.entries(changes)) {
      delete waiting[name];
      (waitsForStart(guest, name) ? waiting : now)[name] = value;
    }
    for (const name of reverted) delete waiting[name];
    const { pending: _pending, ...rest } = withOptions(guest, now);
    return Object.keys(waiting).length === 0 ? rest : { ...rest, pending: waiting };
  });
}

/** Every option as it is, and as it will be after the next start. */
function pending(guest: WorldGuest): Answer {
  const values = configOf(guest);
  const waiting = guest.pending ?? {};
  const keys = [...new Set([...Object.keys(values), ...Object.keys(waiting)])].sort();
  const rows = keys.map((key) => {
    const next = waiting[key];
    return {
      key,
      ...(values[key] === undefined ? {} : { value: values[key] }),
      ...(next === undefined || next === null ? {} : { pending: next }),
      ...(next === null ? { delete: 1 } : {}),
    };
  });
  return { data: [...rows, { key: 'digest', value: digestOf(guest) }] };
}
