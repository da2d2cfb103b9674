import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Balancer, type BalancerEvents, Registry, startBalancer, type TlsOptions } from '@ballast/flow-manager';
import { systemClock } from '@ballast/machine';
import { Fabric, type Host } from '@ballast/ovs-lab';

export const SCRIPTS: string = fileURLToPath(new URL('../../../infra/openvswitch/', import.meta.url));
export const BRIDGE = 'vmbr1';

/** What a script did. */
export interface Ended {
  readonly code: number;
  readonly said: string;
}

/** A Proxmox VE node as its network sees it: an Open vSwitch, a plain bridge, and two guests on it. */
export class PveNode {
  readonly fabric: Fabric = new Fabric({ bridges: [BRIDGE], joined: true });
  registry: Registry = new Registry();
  readonly guests: Host[] = [];
  readonly #directory: string;
  #balancer: Balancer | undefined;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async start(): Promise<PveNode> {
    const node = new PveNode(await mkdtemp(path.join(os.tmpdir(), 'pve-node-')));
    await node.fabric.start();
    for (const n of [11, 12]) node.guests.push(await node.fabric.host(`g${n}`, n));
    await node.reset();
    return node;
  }

  async stop(): Promise<void> {
    await this.stopFlowManager();
    await this.fabric.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** The bridge as Proxmox VE makes one: standalone, no controller, no rows but its own. */
  async reset(): Promise<void> {
    await this.fabric.vsctl(BRIDGE, 'clear', 'bridge', BRIDGE, 'controller', 'protocols', 'external_ids', 'fail_mode');
    await this.fabric.vsctl(BRIDGE, 'set', 'bridge', BRIDGE, 'fail_mode=secure');
    await this.fabric.vsctl(BRIDGE, 'clear', 'bridge', BRIDGE, 'fail_mode');
    await this.fabric.vsctl(BRIDGE, 'del-ssl');
  }

  attach(...args: readonly string[]): Promise<Ended> {
    return this.run(path.join(SCRIPTS, 'attach.sh'), BRIDGE, ...args);
  }

  /** Runs a program where the switch is: in its namespace, at its database. */
  async run(program: string, ...args: readonly string[]): Promise<Ended> {
    const folder = path.dirname(this.fabric.management(BRIDGE));
    const namespace = `${path.basename(path.dirname(folder))}-sw${path.basename(folder)}`;
    return ended('ip', ['netns', 'exec', namespace, program, ...args], { OVS_RUNDIR: folder });
  }

  /** Files of {@link makeCertificates} as arguments of attach.sh. */
  tlsOf(name: string): readonly string[] {
    return ['--ca', this.file('ca.crt'), '--cert', this.file(`${name}.crt`), '--key', this.file(`${name}.key`)];
  }

  /** An authority and certificates by certificates.sh: `leader` for a flow manager, `pve1` for a switch. */
  async makeCertificates(): Promise<void> {
    for (const words of [['authority'], ['flow-manager', 'leader'], ['switch', 'pve1']] as const) {
      const [kind, ...name] = words;
      const made = await ended(path.join(SCRIPTS, 'certificates.sh'), [kind, this.#directory, ...name]);
      if (made.code !== 0) throw new Error(made.said);
    }
  }

  file(name: string): string {
    return path.join(this.#directory, name);
  }

  /** Starts a flow manager beside the node, told of nothing; returns its target for attach.sh. */
  async startFlowManager(certificate?: string, events: BalancerEvents = {}): Promise<string> {
    this.registry = new Registry();
    const tls = certificate === undefined ? undefined : await this.#tlsOptions(certificate);
    this.#balancer = await startBalancer({
      listen: { host: this.fabric.controlAddress, port: 0 },
      registry: this.registry,
      clock: systemClock,
      events,
      ...(tls !== undefined && { tls }),
    });
    const { host, port } = this.#balancer.address;
    return `${tls === undefined ? 'tcp' : 'tls'}:${host}:${port}`;
  }

  get balancer(): Balancer {
    if (this.#balancer === undefined) throw new Error('Expected a flow manager to run.');
    return this.#balancer;
  }

  async stopFlowManager(): Promise<void> {
    await this.#balancer?.stop();
    this.#balancer = undefined;
  }

  /** What the bridge is set to: what attaching and detaching may change. */
  async settings(): Promise<string> {
    const columns = ['controller', 'fail_mode', 'protocols', 'external_ids', 'other_config'];
    return this.fabric.vsctl(BRIDGE, 'get', 'bridge', BRIDGE, ...columns);
  }

  /** The bridge's rows without counters, in the words of ovs-ofctl. */
  async rows(): Promise<readonly string[]> {
    const text = await this.fabric.ofctl(BRIDGE, 'dump-flows', '--no-stats');
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes('actions='));
  }

  async #tlsOptions(name: string): Promise<TlsOptions> {
    const read = (file: string): Promise<string> => readFile(this.file(file), 'utf8');
    return { key: await read(`${name}.key`), cert: await read(`${name}.crt`), ca: await read('ca.crt') };
  }
}

/** What came of a ping that ran while something was done. */
export interface Pinged {
  readonly sent: number;
  /** Requests without an answer, although a later one had one. */
  readonly lost: number;
  /** Longest time between two answers, in milliseconds. */
  readonly gap: number;
}

/** Pings from one guest to the other, 200 times a second, while `work` is done and a little after. */
export async function pingDuring(node: PveNode, work: () => Promise<unknown>): Promise<Pinged> {
  const [from, to] = node.guests;
  const args = ['netns', 'exec', from?.namespace ?? '', 'ping', '-n', '-D', '-i', '0.005', to?.address ?? ''];
  const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const answers = (): readonly RegExpMatchArray[] => [...text.matchAll(/^\[([\d.]+)\].*icmp_seq=(\d+)/gm)];
  const more = async (count: number): Promise<void> => {
    const goal = answers().length + count;
    const end = performance.now() + 20_000;
    while (answers().length < goal && performance.now() < end) await new Promise((done) => setTimeout(done, 20));
  };
  try {
    await more(20);
    await work();
    await more(40);
  } finally {
    child.kill('SIGINT');
  }
  const times = answers().map(([, time]) => Number(time) * 1000);
  const sent = Number(answers().at(-1)?.[2] ?? 0);
  const gap = Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? time)));
  return { sent, lost: sent - times.length, gap };
}

export function ended(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, ...env } };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, said: stdout + stderr });
    });
  });
}
