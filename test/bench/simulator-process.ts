// A simulated cluster in a process of its own, so that a benchmark measures the operator alone.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startSimulator, syntheticWorld } from '@ballast/pve-simulator';

export interface SimulatedCluster {
  readonly urls: readonly string[];
  readonly fingerprint: string;
  stop(): void;
}

export const TOKEN = { id: 'ballast@pve!bench', secret: '0f6e4f2a-3f0b-4a5e-8c86-1f6b8a0a7c55' };

/** Starts a cluster of that size whose time runs `speed` times as fast. */
export function startClusterProcess(nodes: number, guests: number, speed: number): Promise<SimulatedCluster> {
  const child = fork(fileURLToPath(import.meta.url), ['--child', String(nodes), String(guests), String(speed)], {
    execArgv: process.execArgv,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the simulated cluster ended with ${code}`)));
    child.once('message', (message) => {
      const { urls, fingerprint } = message as Omit<SimulatedCluster, 'stop'>;
      child.removeAllListeners('exit');
      resolve({ urls, fingerprint, stop: () => void child.kill() });
    });
  });
}

if (process.argv[2] === '--child') {
  const [nodes = 3, guests = 12, speed = 1] = process.argv.slice(3).map(Number);
  const world = syntheticWorld({ nodes, guests, seed: 1 });
  const simulator = await startSimulator({ world, speed, tokens: [TOKEN] });
  process.send?.({ urls: simulator.urls, fingerprint: simulator.fingerprint });
  process.once('disconnect', () => process.exit());
}
