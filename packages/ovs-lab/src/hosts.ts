import type { FabricNetwork } from './addresses.ts';
import { macOf } from './addresses.ts';
import { NO_OFFLOADS } from './joint.ts';
import { ip, script } from './system.ts';

/** A host on a fabric, in a network namespace of its own. */
export interface Host {
  readonly name: string;
  readonly namespace: string;
  readonly mac: string;
  readonly address: string;
  readonly address6: string;
}

/** Makes a host's namespace, and a cable from it to a switch's. */
export async function makeHost(host: Host, switchSpace: string): Promise<void> {
  const { namespace } = host;
  await ip('netns', 'add', namespace);
  const ends = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace];
  await ip('-n', switchSpace, 'link', 'add', plugOf(host), ...ends);
  await script(namespace, hostScript(host));
  await readyPlug(host, switchSpace);
}

/** The end of a host's cable at the switch: without offloads, and up. */
export async function readyPlug(host: Pick<Host, 'name'>, switchSpace: string): Promise<void> {
  const plug = plugOf(host);
  await script(switchSpace, [`ethtool -K ${plug} ${NO_OFFLOADS.join(' ')}`, `ip link set ${plug} up`]);
}

export function hostOf(name: string, n: number, namespace: string, network: FabricNetwork): Host {
  return { name, namespace, mac: macOf(n), address: network.address(n), address6: network.address6(n) };
}

export function plugOf({ name }: Pick<Host, 'name'>): string {
  return `v-${name}`;
}

function hostScript({ mac, address, address6 }: Host): readonly string[] {
  return [
    // Checksums that are left to hardware which is not there arrive wrong once the switch has rewritten addresses.
    `ethtool -K eth0 ${NO_OFFLOADS.join(' ')}`,
    // Before the interface is up: no duplicate address detection, so that the address serves at once.
    ...['all', 'eth0'].map((name) => setting(`ipv6/conf/${name}/accept_dad`, '0')),
    // A host that has moved says so when its MAC is set again.
    setting('ipv4/conf/eth0/arp_notify', '1'),
    setting('ipv6/conf/eth0/ndisc_notify', '1'),
    setting('ipv4/tcp_tw_reuse', '1'),
    setting('ipv4/ip_local_port_range', '50000 65000'),
    'ip link set lo up',
    `ip link set eth0 address ${mac} up`,
    `ip addr add ${address}/24 dev eth0`,
    `ip addr add ${address6}/64 dev eth0 nodad`,
  ];
}

/** A host without IPv6 has no such file. */
function setting(name: string, value: string): string {
  return `test ! -e /proc/sys/net/${name} || echo '${value}' > /proc/sys/net/${name}`;
}
