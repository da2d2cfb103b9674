import { guestOfPath } from './guests.ts';
import { requireQuorum } from './migrate.ts';
import type { Call, Handlers } from './route.ts';

/** Whether a guest can be cloned and the like, and a helper of migrations. */
export const featureHandlers: Handlers = {
  'GET /nodes/{node}/qemu/{vmid}/feature': (call) => ({
    data: { hasFeature: able(call, 'qemu'), nodes: call.world.nodes.map((node) => node.name) },
  }),
  'GET /nodes/{node}/lxc/{vmid}/feature': (call) => ({ data: { hasFeature: able(call, 'lxc') } }),
  'POST /nodes/{node}/qemu/{vmid}/dbus-vmstate': (call) => {
    requireQuorum(call.world);
    guestOfPath(call, 'qemu');
    return { data: null };
  },
};

/** Thin and shared volumes can do all; a device of the host rules snapshots out. */
function able(call: Call, kind: 'qemu' | 'lxc'): 0 | 1 {
  const guest = guestOfPath(call, kind);
  return call.params.text('feature') === 'snapshot' && guest.localResources.length > 0 ? 0 : 1;
}
