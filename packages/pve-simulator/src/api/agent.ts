import type { WorldGuest } from '../world/world.ts';
import { macOf } from './guest-config.ts';
import { guestOfPath } from './guests.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** What the guest agent tells. */
export const agentHandlers: Handlers = {
  'GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces': (call) => result(call, interfaces),
  'GET /nodes/{node}/qemu/{vmid}/agent/get-host-name': (call) => result(call, ({ name }) => ({ 'host-name': name })),
  'GET /nodes/{node}/qemu/{vmid}/agent/get-osinfo': (call) =>
    result(call, () => ({
      id: 'debian',
      name: 'Debian GNU/Linux',
      'pretty-name': 'Debian GNU/Linux 13 (trixie)',
      version: '13 (trixie)',
      'version-id': '13',
      'kernel-release': '6.12.48+deb13-amd64',
      machine: 'x86_64',
    })),
  'GET /nodes/{node}/qemu/{vmid}/agent/get-vcpus': (call) =>
    result(call, ({ vcpus }) =>
      Array.from({ length: vcpus }, (_, i) => ({ 'logical-id': i, online: true, 'can-offline': i > 0 })),
    ),
  'GET /nodes/{node}/qemu/{vmid}/agent/info': (call) =>
    result(call, () => ({
      version: '10.0.2',
      supported_commands: ['guest-ping', 'guest-network-get-interfaces', 'guest-get-host-name'].map((name) => ({
        name,
        enabled: true,
        'success-response': true,
      })),
    })),
  'POST /nodes/{node}/qemu/{vmid}/agent/ping': (call) => result(call, () => ({})),
};

/** @throws {Refusal} 500 as long as no agent answers */
function result(call: Call, tell: (guest: WorldGuest) => unknown): Answer {
  const guest = guestOfPath(call, 'qemu');
  if (guest.status !== 'running') throw died(`VM ${guest.id} is not running`);
  if (!guest.agent) throw died('No QEMU guest agent configured');
  if (guest.agentSilent) throw died('QEMU guest agent is not running');
  return { data: { result: tell(guest) } };
}

function interfaces(guest: WorldGuest): unknown {
  const addresses = guest.addresses.map((address) => ({
    'ip-address': address,
    'ip-address-type': address.includes(':') ? 'ipv6' : 'ipv4',
    prefix: address.includes(':') ? 64 : 16,
  }));
  return [
    {
      name: 'lo',
      'hardware-address': '00:00:00:00:00:00',
      'ip-addresses': [{ 'ip-address': '127.0.0.1', 'ip-address-type': 'ipv4', prefix: 8 }],
    },
    { name: 'eth0', 'hardware-address': macOf(guest).toLowerCase(), 'ip-addresses': addresses },
  ];
}
