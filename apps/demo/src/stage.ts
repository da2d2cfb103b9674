import { type Milliseconds, type NodeName, type Ratio, seededRandom } from '@ballast/core';
import { demoWorld, type Simulator, startSimulator, type World } from '@ballast/pve-simulator';
import { type Backend, startBackend } from './backends.ts';
import { type Front, type Pools, startFront } from './front.ts';
import { Load } from './load.ts';
import { coupleTraffic } from './traffic.ts';

/** Requests a second over both services. */
const RATE = 150;
/** The simulated hosts tell their figures this often; real ones every ten seconds. */
const BROADCAST: Milliseconds = 1000;
export const SERVICES = ['orders', 'payments'] as const;
export const TOKEN = { id: 'ballast@pve!demo', secret: 'e6c0a6f4-7f3c-4a55-9d0e-3b8f5d0c1a77' };

/** Everything around the operator: a cluster, web servers in its guests, a load balancer and its clients. */
export interface Stage {
  readonly simulator: Simulator;
  readonly front: Front;
  readonly load: Load;
  /** CPU utilization of each node as it is, not as it is reported. */
  cpu(): Readonly<Record<NodeName, Ratio>>;
  stop(): Promise<void>;
}

export async function setStage(seed: number): Promise<Stage> {
  const closing: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const simulator = await startSimulator({ world: demoWorld(seed), broadcast: BROADCAST, tokens: [TOKEN] });
    closing.push(() => simulator.stop());
    const pools = await startPools(simulator, seed);
    const backends = Object.values(pools).flat();
    closing.push(() => Promise.all(backends.map((backend) => backend.close())));
    const front = await startFront(pools);
    closing.push(() => front.stop());
    const load = new Load(SERVICES, RATE, front.route);
    closing.push(() => load.stop(), coupleTraffic(backends, simulator));
    load.start();
    return { simulator, front, load, stop, cpu: () => cpuOf(simulator.world) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPools(simulator: Simulator, seed: number): Promise<Pools> {
  const random = seededRandom(seed);
  const pools: Record<string, Backend[]> = {};
  for (const service of SERVICES) {
    const guests = simulator.world.guests.filter((guest) => guest.tags.includes(service));
    pools[service] = await Promise.all(
      guests.map(({ id, name }) => startBackend({ id, name }, () => busy(simulator.world, id), random)),
    );
  }
  return pools;
}

/** How busy the node under a guest is; above 1 when more is asked for than it has. */
function busy(world: World, id: number): Ratio {
  const guest = world.guests.find((entry) => entry.id === id);
  const node = world.nodes.find((entry) => entry.name === guest?.node);
  return node === undefined ? 0 : node.activity.asked / node.cores;
}

function cpuOf(world: World): Readonly<Record<NodeName, Ratio>> {
  return Object.fromEntries(world.nodes.map((node) => [node.name, node.activity.granted / node.cores]));
}
