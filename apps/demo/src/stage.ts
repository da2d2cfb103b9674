import { type GuestId, type Milliseconds, type NodeName, type Ratio, seededRandom } from '@ballast/core';
import { demoWorld, type Simulator, startSimulator, type World } from '@ballast/pve-simulator';
import { type Backend, startBackend } from './backends.ts';
import { FabricPlane } from './fabric/plane.ts';
import { type Front, type Pools, startFront } from './front.ts';
import { Load } from './load.ts';
import { coupleTraffic } from './traffic.ts';

/** Requests a second over both services, by each way to them. */
const RATE = 150;
/** CPU time of all requests together: cores of one request, and requests a second. */
const TRAFFIC_CORES = 0.08 * RATE;
/** The simulated hosts tell their figures this often; real ones every ten seconds. */
const BROADCAST: Milliseconds = 1000;
export const SERVICES = ['orders', 'payments'] as const;
export const TOKEN = { id: 'ballast@pve!demo', secret: 'e6c0a6f4-7f3c-4a55-9d0e-3b8f5d0c1a77' };

/** Everything around the operator: a cluster, web servers in its guests, a load balancer and its clients. */
export interface Stage {
  readonly simulator: Simulator;
  readonly front: Front;
  readonly load: Load;
  /** The second data plane, where it was asked for. */
  readonly plane: FabricPlane | undefined;
  /** CPU utilization of each node as it is, not as it is reported. */
  cpu(): Readonly<Record<NodeName, Ratio>>;
  stop(): Promise<void>;
}

export async function setStage(seed: number, options: { readonly fabric: boolean }): Promise<Stage> {
  const closing: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const simulator = await startSimulator({ world: demoWorld(seed), broadcast: BROADCAST, tokens: [TOKEN] });
    closing.push(() => simulator.stop());
    const plane = options.fabric ? await startPlane(simulator) : undefined;
    if (plane !== undefined) closing.push(() => plane.stop());
    const pools = plane?.pools ?? (await startPools(simulator, seed));
    const backends = Object.values(pools).flat();
    if (plane === undefined) closing.push(() => Promise.all(backends.map((backend) => backend.close())));
    const front = await startFront(pools, { bound: plane !== undefined });
    closing.push(() => front.stop());
    const load = new Load(SERVICES, RATE, front.route);
    const ways = plane === undefined ? 1 : 2;
    closing.push(() => load.stop(), coupleTraffic(backends, simulator, TRAFFIC_CORES / (RATE * ways)));
    load.start();
    await plane?.startClients(RATE);
    return { simulator, front, load, plane, stop, cpu: () => cpuOf(simulator.world) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startPlane(simulator: Simulator): Promise<FabricPlane> {
  return FabricPlane.start({
    nodes: simulator.world.nodes.map(({ name }) => name),
    services: Object.fromEntries(SERVICES.map((service) => [service, guestsOf(simulator.world, service)])),
    busy: (guest) => busy(simulator.world, guest),
    nodeOf: (guest) => nodeOf(simulator.world, guest),
  });
}

async function startPools(simulator: Simulator, seed: number): Promise<Pools> {
  const random = seededRandom(seed);
  const pools: Record<string, Backend[]> = {};
  for (const service of SERVICES) {
    pools[service] = await Promise.all(
      guestsOf(simulator.world, service).map((guest) =>
        startBackend(guest, () => busy(simulator.world, guest.id), random),
      ),
    );
  }
  return pools;
}

function guestsOf(world: World, service: string): World['guests'] {
  return world.guests.filter(({ tags }) => tags.includes(service));
}

function nodeOf(world: World, id: GuestId): NodeName | undefined {
  return world.guests.find((guest) => guest.id === id)?.node;
}

/** How busy the node under a guest is; above 1 when more is asked for than it has. */
function busy(world: World, id: GuestId): Ratio {
  const name = nodeOf(world, id);
  const node = world.nodes.find((entry) => entry.name === name);
  return node === undefined ? 0 : node.activity.asked / node.cores;
}

function cpuOf(world: World): Readonly<Record<NodeName, Ratio>> {
  return Object.fromEntries(world.nodes.map((node) => [node.name, node.activity.granted / node.cores]));
}
