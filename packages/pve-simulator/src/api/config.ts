import type { WorldGuest } from '../world/world.ts';
import { configOf, digestOf, macOf, withChanges } from './guest-config.ts';
import { guestOfPath } from './guests.ts';
import type { Answer, Call, Handlers } from './route.ts';
import { snapshotConfig, snapshotOf } from './snapshots.ts';

/** Configurations of guests, and the addresses that they tell. */
export const configHandlers: Handlers = {
  'GET /nodes/{node}/qemu/{vmid}/config': (call) => config(call, guestOfPath(call, 'qemu')),
  'GET /nodes/{node}/lxc/{vmid}/config': (call) => config(call, guestOfPath(call, 'lxc')),
  'GET /nodes/{node}/lxc/{vmid}/interfaces': containerInterfaces,
};

/** A snapshot's when it is named; else with the changes that wait for a start, unless the current one is asked for. */
function config(call: Call, guest: WorldGuest): Answer {
  if (call.params.has('snapshot')) {
    return { data: { ...snapshotConfig(snapshotOf(call, guest, 'snapshot')), digest: digestOf(guest) } };
  }
  const pending = call.params.flag('current') ? {} : (guest.pending ?? {});
  return { data: { ...withChanges(configOf(guest), pending), digest: digestOf(guest) } };
}

function containerInterfaces(call: Call): Answer {
  const guest = guestOfPath(call, 'lxc');
  if (guest.status !== 'running') return { data: null };
  const v4 = guest.addresses.find((address) => !address.includes(':'));
  const mac = macOf(guest).toLowerCase();
  return {
    data: [
      {
        name: 'lo',
        hwaddr: '00:00:00:00:00:00',
        'hardware-address': '00:00:00:00:00:00',
        inet: '127.0.0.1/8',
        'ip-addresses': [{ 'ip-address': '127.0.0.1', 'ip-address-type': 'inet', prefix: 8 }],
      },
      {
        name: 'eth0',
        hwaddr: mac,
        'hardware-address': mac,
        ...(v4 === undefined ? {} : { inet: `${v4}/16` }),
        'ip-addresses': guest.addresses.map((address) => ({
          'ip-address': address,
          'ip-address-type': address.includes(':') ? 'inet6' : 'inet',
          prefix: address.includes(':') ? 64 : 16,
        })),
      },
    ],
  };
}
