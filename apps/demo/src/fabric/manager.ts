import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GuestId, Milliseconds, Ratio } from '@ballast/core';
import { detectionWindow } from '@ballast/flow-manager';
import { type Fabric, start, until } from '@ballast/ovs-lab';
import type { Pools } from '../front.ts';
import { MONITOR, managerFile, TOKEN_NAME, vipsOf } from './manager-file.ts';

/** Longest time in which it is to end by itself. */
const GRACE: Milliseconds = 3000;

/** `ballast-flow-manager` as a process beside the operator, with the services of the demo. */
export interface Manager {
  /** Of its REST API. */
  readonly url: string;
  readonly token: string;
  /** The longest that a member's death may go unnoticed. */
  readonly window: Milliseconds;
  /** The virtual IP of each service, by name. */
  readonly vips: Readonly<Record<string, string>>;
  /** The part of all new connections that each guest is to get as of now. */
  shares(): Promise<ReadonlyMap<GuestId, Ratio>>;
  stop(): Promise<void>;
}

/** Starts a flow manager at the fabric's switches, and waits until they carry its services. */
export async function startManager(fabric: Fabric, pools: Pools): Promise<Manager> {
  const file = path.join(fabric.folder, 'flow-manager.yaml');
  const token = randomBytes(24).toString('hex');
  await writeFile(file, managerFile(fabric, pools, path.join(fabric.folder, 'flow-manager')));
  const child = launch(file, token);
  const stop = (): Promise<void> => end(child);
  try {
    const { url, switches } = await reportOf(child);
    const read = reader(url, token);
    await fabric.connect([`tcp:${switches}`]);
    await until(() => isReady(read, fabric.bridges.length), 'the switches to carry the services');
    return {
      url,
      token,
      window: detectionWindow(MONITOR),
      vips: vipsOf(fabric, pools),
      shares: async () => sharesOf(await read<Services>('services')),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** From the sources where this is run from the sources. */
function launch(file: string, token: string): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const main = new URL(`../../../flow-manager/${isSource ? 'src/main.ts' : 'dist/main.js'}`, import.meta.url);
  const loader = isSource ? ['--conditions=source', '--import', import.meta.resolve('tsx')] : [];
  const command = [process.execPath, ...loader, fileURLToPath(main), '--config', file];
  return start(command, { stdio: ['ignore', 'pipe', 'inherit'], env: { [TOKEN_NAME]: token } });
}

/** Waits for the line of its log that says where it is; the others are read, and not shown. */
function reportOf(child: ChildProcess): Promise<{ readonly url: string; readonly switches: string }> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('Expected the flow manager to have an output.');
    let last = '';
    createInterface(child.stdout).on('line', (line) => {
      last = line;
      const said = line.startsWith('{') ? (JSON.parse(line) as Readonly<Record<string, unknown>>) : {};
      const { msg, url, switches } = said;
      if (msg === 'flow manager started') resolve({ url: String(url), switches: String(switches) });
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Expected the flow manager to start, and it has ended: ${last}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
  await gone;
  clearTimeout(timer);
}

type Read = <T>(what: string) => Promise<T>;

function reader(url: string, token: string): Read {
  return async <T>(what: string): Promise<T> => {
    const response = await fetch(`${url}/v1/${what}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`Expected the flow manager to tell its ${what}, got ${response.status}.`);
    return (await response.json()) as T;
  };
}

/** Of its answers, what the demo looks at. */
interface Services {
  readonly version: number;
  readonly services: readonly {
    readonly spec: {
      readonly members: readonly {
        readonly guest: GuestId;
        readonly address: string;
        readonly weight: number;
      }[];
    };
    readonly status: readonly {
      readonly guest: GuestId;
      readonly state: string;
      readonly health: string;
      readonly ramp: Ratio;
    }[];
  }[];
}

interface Switches {
  readonly switches: readonly { readonly carries?: number }[];
}

interface Placements {
  readonly placements: readonly { readonly address: string; readonly at?: unknown }[];
}

/** Every member is found and takes all of its weight, and every switch carries all that is known. */
async function isReady(read: Read, bridges: number): Promise<boolean> {
  const { placements } = await read<Placements>('placements');
  const { switches } = await read<Switches>('switches');
  const { version, services } = await read<Services>('services');
  const found = new Set(placements.flatMap(({ address, at }) => (at === undefined ? [] : [address])));
  const members = services.flatMap(({ spec }) => spec.members);
  if (switches.length < bridges || !members.every(({ address }) => found.has(address))) return false;
  // They are probed before the switches have rows, and come back from that.
  if (!services.every(({ status }) => status.every(({ health, ramp }) => health === 'up' && ramp === 1))) return false;
  return switches.every(({ carries }) => carries === version);
}

/** Services get alike; a member of its service what its weight is of all that are ready and up. */
function sharesOf({ services }: Services): ReadonlyMap<GuestId, Ratio> {
  const shares = services.flatMap(({ spec, status }) => {
    const weights = new Map(spec.members.map(({ guest, weight }) => [guest, weight]));
    const takers = status
      .filter(({ state, health }) => state === 'ready' && health === 'up')
      .map(({ guest, ramp }) => ({ guest, weight: (weights.get(guest) ?? 0) * ramp }));
    const total = takers.reduce((sum, { weight }) => sum + weight, 0);
    return takers.map(({ guest, weight }) => [guest, weight / total / services.length] as const);
  });
  return new Map(shares);
}
