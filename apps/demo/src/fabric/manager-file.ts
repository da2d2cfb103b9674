import type { Monitor } from '@ballast/core';
import type { Fabric } from '@ballast/ovs-lab';
import { stringify } from 'yaml';
import type { Pools } from '../front.ts';

/** A member that is gone is found within a detection window: two probes in a row without an answer. */
export const MONITOR: Monitor = {
  type: 'http',
  delay: 150,
  timeout: 200,
  maxRetries: 2,
  maxRetriesDown: 2,
  http: { method: 'GET', path: '/alive', expectedCodes: [200] },
};
/** Number of the first virtual IP. */
const FIRST_VIP = 100;
/** Name of the variable with the REST API's token. */
export const TOKEN_NAME = 'DEMO_FABRIC_TOKEN';

/** The virtual IP of each service, by name. */
export function vipsOf(fabric: Fabric, pools: Pools): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(pools).map((name, index) => [name, fabric.network.address(FIRST_VIP + index)]));
}

/** The flow manager's configuration file, as somebody would write it for these switches. */
export function managerFile(fabric: Fabric, pools: Pools, directory: string): string {
  const vips = vipsOf(fabric, pools);
  return stringify({
    // The cable between the switches and this machine leads nowhere else.
    listen: { host: fabric.controlAddress, port: 0, insecure: true },
    rest: { host: '127.0.0.1', port: 0, token: `\${env:${TOKEN_NAME}}` },
    state: { directory },
    slowStart: '1s',
    log: { level: 'info', format: 'json' },
    guestPorts: '^v-',
    links: directLinks(fabric).map(({ dpid, port, to }) => ({ switch: idText(dpid), port, to: idText(to) })),
    services: Object.entries(pools).map(([name, members]) => ({
      name,
      vip: { address: vips[name], port: 80 },
      protocol: 'tcp',
      algorithm: 'weighted',
      monitor: { ...MONITOR, delay: `${MONITOR.delay}ms`, timeout: `${MONITOR.timeout}ms` },
      members: members.map(({ guest, address, port }) => ({ guest, address, port })),
    })),
  });
}

/** Those of the first bridge, in both directions: all other ways go by it. */
function directLinks(fabric: Fabric): Fabric['links'] {
  const middle = fabric.dpid(fabric.bridges[0] ?? '');
  return fabric.links.filter((link) => link.dpid === middle || link.to === middle);
}

function idText(dpid: bigint): string {
  return dpid.toString(16).padStart(16, '0');
}
