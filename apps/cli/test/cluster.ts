import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { demoWorld, type Simulator, type SimulatorToken, startSimulator, type World } from '@ballast/pve-simulator';

const TOKEN = { id: 'ballast@pve!cli', secret: '5f0d1f0e-95cf-4ed3-8f3f-3f6f0d6f2b10' };
export const ENV = { TOKEN: TOKEN.secret };

/** A simulated cluster, and a configuration file that leads to it. */
export interface TestCluster {
  readonly simulator: Simulator;
  readonly config: string;
  /** Another configuration of the same cluster, with these lines added. */
  configWith(lines: string): Promise<string>;
  stop(): Promise<void>;
}

export async function aCluster(
  world: World = demoWorld(1),
  speed = 20,
  rights: Pick<SimulatorToken, 'role'> = {},
): Promise<TestCluster> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'cli-'));
  const simulator = await startSimulator({ world, speed, tokens: [{ ...TOKEN, ...rights }] });
  let count = 0;
  const configWith = async (lines: string): Promise<string> => {
    const file = path.join(directory, `ballast-${++count}.yaml`);
    await writeFile(file, `${baseConfig(simulator, directory)}${lines}\n`);
    return file;
  };
  return {
    simulator,
    config: await configWith(''),
    configWith,
    stop: async () => {
      await simulator.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function baseConfig({ urls, fingerprint }: Simulator, directory: string): string {
  return `
cluster:
  name: shop
  endpoints: [${urls[0]}]
  auth: { token: ${TOKEN.id}, secret: "\${env:TOKEN}" }
  tls: { fingerprint: "${fingerprint}" }
mode: auto
state: { directory: ${directory}/state }
listen: { port: 0 }
`;
}
