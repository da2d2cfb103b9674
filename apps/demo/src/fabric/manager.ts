import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Clock, GuestId, Milliseconds, Monitor, Ratio, WeightTarget } from '@ballast/core';
import { detectionWindow, type ServiceSpec } from '@ballast/flow-manager';
import { type Fabric, prefer, until } from '@ballast/ovs-lab';
import { flowManagerTarget } from '@ballast/targets';
import type { Pools } from '../front.ts';
import { type ManagerReport, type ManagerTask, taskText } from './manager-task.ts';

/** Name of the flow manager among the weight targets. */
export const FABRIC_TARGET = 'fabric';
/** A member that is gone is found within {@link detectionWindow}: two probes in a row without an answer. */
const MONITOR: Monitor = {
  type: 'http',
  delay: 150,
  timeout: 200,
  maxRetries: 2,
  maxRetriesDown: 2,
  http: { method: 'GET', path: '/alive', expectedCodes: [200] },
};
/** Number of the first virtual IP. */
const FIRST_VIP = 100;
/** Longest time in which it is to end by itself. */
const GRACE: Milliseconds = 3000;

/** A flow manager that runs beside the operator, with the services of the demo. */
export interface Manager {
  readonly target: WeightTarget;
  /** The longest that a member's death may go unnoticed. */
  readonly window: Milliseconds;
  /** The virtual IP of each service, by name. */
  readonly vips: Readonly<Record<string, string>>;
  /** The part of all new connections that each guest is to get as of now. */
  shares(): Promise<ReadonlyMap<GuestId, Ratio>>;
  stop(): Promise<void>;
}

/** Starts a flow manager at the fabric's switches, and waits until they carry its services. */
export async function startManager(fabric: Fabric, pools: Pools, clock: Clock): Promise<Manager> {
  const services = servicesOf(fabric, pools);
  const token = randomBytes(24).toString('hex');
  const listen = { host: fabric.controlAddress, port: 0 };
  const child = launch({ listen, token, services, links: fabric.links });
  try {
    const { url, controller } = await reportOf(child);
    const read = reader(url, token);
    await fabric.connect([controller]);
    await until(() => isReady(read, fabric.bridges.length), 'the switches to carry the services');
    const target = flowManagerTarget({ name: FABRIC_TARGET, url, token, clock });
    return {
      target,
      window: detectionWindow(MONITOR),
      vips: Object.fromEntries(services.map(({ name, vip }) => [name, vip.address])),
      shares: async () => sharesOf(await read<Services>('services')),
      stop: async () => {
        await target.close();
        await end(child);
      },
    };
  } catch (error) {
    await end(child);
    throw error;
  }
}

function servicesOf(fabric: Fabric, pools: Pools): readonly ServiceSpec[] {
  return Object.entries(pools).map(([name, members], index) => ({
    name,
    vip: { address: fabric.network.address(FIRST_VIP + index), port: 80 },
    protocol: 'tcp',
    algorithm: 'weighted',
    monitor: MONITOR,
    members: members.map(({ guest, address, port }) => ({ guest, address, port })),
  }));
}

/** It hears of no Ctrl-C, and ends when this process does: its input ends then. */
function launch(task: ManagerTask): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const main = new URL(isSource ? 'manager-main.ts' : 'manager-main.js', import.meta.url);
  const loader = isSource ? ['--conditions=source', '--import', import.meta.resolve('tsx')] : [];
  const args = [...loader, fileURLToPath(main), taskText(task)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  prefer(child);
  return child;
}

async function reportOf(child: ChildProcess): Promise<ManagerReport> {
  if (child.stdout === null) throw new Error('Expected the flow manager to have an output.');
  const ended = new AbortController();
  child.once('exit', () => ended.abort(new Error('Expected the flow manager to start, and it has ended.')));
  const [line] = (await once(createInterface(child.stdout), 'line', { signal: ended.signal })) as [string];
  return JSON.parse(line) as ManagerReport;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.stdin?.end();
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

/** Every member is found, and every switch carries all that is known. */
async function isReady(read: Read, bridges: number): Promise<boolean> {
  const { placements } = await read<Placements>('placements');
  const { switches } = await read<Switches>('switches');
  const { version, services } = await read<Services>('services');
  const found = new Set(placements.flatMap(({ address, at }) => (at === undefined ? [] : [address])));
  const members = services.flatMap(({ spec }) => spec.members);
  if (switches.length < bridges || !members.every(({ address }) => found.has(address))) return false;
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
