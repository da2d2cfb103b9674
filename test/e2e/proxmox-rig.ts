import { connectProxmox, type ProxmoxCluster, type ProxmoxOptions } from '@ballast/proxmox';
import {
  DEFAULT_TOKEN,
  demoWorld,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@ballast/pve-simulator';
import { VirtualClock } from '@ballast/testkit';

export interface Rig {
  readonly simulator: Simulator;
  readonly cluster: ProxmoxCluster;
  readonly warnings: string[];
  /** Lets time pass for both, in small steps. */
  readonly pass: (duration: number) => Promise<void>;
  /** Lets time pass for both until `promise` has ended. */
  readonly until: <T>(promise: Promise<T>) => Promise<T>;
}

const STEP = 250;
const running: Rig[] = [];
/** Closes every rig that was made. */
export async function stopRigs(): Promise<void> {
  for (const { simulator, cluster } of running.splice(0)) {
    await cluster.close();
    await simulator.stop();
  }
}

/** The driver and the simulator on one virtual time: nothing waits for a real second. */
export async function rig(
  simulated: Partial<SimulatorOptions> = {},
  driver: (simulator: Simulator) => Partial<ProxmoxOptions> = () => ({}),
): Promise<Rig> {
  const simulator = await startSimulator({ world: demoWorld(), speed: 0, strict: true, ...simulated });
  const warnings: string[] = [];
  const quiet = async (): Promise<void> => {
    for (let calm = 0; calm < 4; calm = cluster.pending === 0 ? calm + 1 : 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  const clock = new VirtualClock(simulator.world.now, quiet);
  const cluster = connectProxmox({
    cluster: 'shop',
    endpoints: simulator.urls,
    auth: { kind: 'token', id: DEFAULT_TOKEN.id, secret: DEFAULT_TOKEN.secret },
    tls: { fingerprints: [simulator.fingerprint] },
    clock,
    random: () => 0.5,
    warn: (message) => warnings.push(message),
    ...driver(simulator),
  });
  const tick = async (): Promise<void> => {
    simulator.advance(STEP);
    await clock.advance(STEP);
  };
  const made: Rig = {
    simulator,
    cluster,
    warnings,
    pass: async (duration) => {
      for (let passed = 0; passed < duration; passed += STEP) await tick();
    },
    until: async (promise) => {
      let ended = false;
      const end = (): void => {
        ended = true;
      };
      promise.then(end, end);
      for (await quiet(); !ended; ) await tick();
      return promise;
    },
  };
  running.push(made);
  return made;
}
