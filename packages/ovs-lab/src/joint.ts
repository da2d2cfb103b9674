import { controlAddresses, type FabricNetwork, joinedNetwork, macOf } from './addresses.ts';
import { LabError } from './errors.ts';
import { ip, run, script } from './system.ts';

/** Number of this machine among a fabric's hosts. */
const OWN_NUMBER = 254;
const SLOTS = 250;
/** No checksums are left to hardware which is not there; {@link hostScript} tells why. */
export const NO_OFFLOADS: readonly string[] = ['tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off'];

/** What joins this machine's own network to a fabric: a way for its switches to controllers here, and a cable. */
export interface Joint {
  readonly network: FabricNetwork;
  /** Where a controller in this process is reached by the fabric's switches. */
  readonly controlAddress: string;
  /** This machine's own address in the fabric's network. */
  readonly address: string;
  /** Interface in the first switch's namespace that leads here. */
  readonly plug: string;
  remove(): Promise<void>;
}

/**
 * Joins the namespaces of switches to this machine's network. Fabrics of other processes do the same: whoever is the
 * first to make the interfaces of a slot has its networks.
 * @throws {LabError} `lab-impossible` when no slot is free
 */
export async function join(switches: readonly string[]): Promise<Joint> {
  for (let slot = 1; slot <= SLOTS; slot++) {
    if (!(await claimed(slot, switches[0] ?? ''))) continue;
    const network = joinedNetwork(slot);
    const names = ['u', ...switches.map((_, index) => `c${index}`)].map((end) => `blab${slot}${end}`);
    const remove = async (): Promise<void> => {
      // They are gone with the namespaces of their other ends, too.
      for (const name of names) await ip('link', 'delete', name).catch(() => undefined);
    };
    try {
      await Promise.all(switches.map((namespace, index) => controlCable(slot, index, namespace)));
      await ownEnd(slot, network);
    } catch (error) {
      await remove();
      throw error;
    }
    const address = network.address(OWN_NUMBER);
    return { network, controlAddress: controlAddresses(slot, 0).here, address, plug: 'v-uplink', remove };
  }
  throw new LabError('lab-impossible', `Expected one of ${SLOTS} networks in 198.18.0.0/15 to be free, found none.`, {
    hint: 'Interfaces named blab... of runs that are over may be left: `ip link delete` removes them.',
  });
}

/** Whether the slot is ours now. Only one can make an interface of a name. */
async function claimed(slot: number, namespace: string): Promise<boolean> {
  for (const network of [`198.18.${slot}.0/24`, `198.19.${slot}.0/24`]) {
    // Routes to parts of it, and to more than it.
    const routes = await Promise.all(['root', 'match'].map((how) => ip('-4', 'route', 'show', how, network)));
    if (isRouted(routes.join(''))) return false;
  }
  const cable = ['link', 'add', `blab${slot}u`, 'type', 'veth', 'peer', 'name', 'v-uplink', 'netns', namespace];
  return ip(...cable).then(
    () => true,
    (error: unknown) => {
      if (error instanceof LabError && error.message.includes('exists')) return false;
      throw error;
    },
  );
}

/** Whether routes, as `ip route` lists them, lead anywhere but out of the default one. */
export function isRouted(routes: string): boolean {
  return routes.split('\n').some((line) => line.trim() !== '' && !line.startsWith('default'));
}

async function controlCable(slot: number, index: number, namespace: string): Promise<void> {
  const name = `blab${slot}c${index}`;
  const { here, there } = controlAddresses(slot, index);
  await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'control', 'netns', namespace);
  await ip('addr', 'add', `${here}/30`, 'dev', name);
  await ip('link', 'set', name, 'up');
  await script(namespace, [
    `ip addr add ${there}/30 dev control`,
    'ip link set control up',
    `ip route add default via ${here}`,
  ]);
}

async function ownEnd(slot: number, network: FabricNetwork): Promise<void> {
  const name = `blab${slot}u`;
  await run('ethtool', ['-K', name, ...NO_OFFLOADS]);
  await ip('link', 'set', name, 'address', macOf(OWN_NUMBER), 'up');
  await ip('addr', 'add', `${network.address(OWN_NUMBER)}/24`, 'dev', name);
  await ip('addr', 'add', `${network.address6(OWN_NUMBER)}/64`, 'dev', name, 'nodad').catch(() => undefined);
}
