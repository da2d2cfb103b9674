import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';
const PREFIX = 'ballast-t';
const PLACES = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
let fabrics = 0;

/** Bridges are switches 1 and 2; port {@link LINK_PORT} of each leads to the other. */
export type Bridge = 'br0' | 'br1';
export const LINK_PORT = 90;

/** A host on the fabric, in a namespace of its own. */
export interface Host {
  readonly name: string;
  readonly namespace: string;
  readonly mac: string;
  readonly port: number;
}

/** A program that runs on a host and talks in lines. */
export interface Program {
  readonly child: ChildProcess;
  line(): Promise<string>;
  ask(text: string): Promise<string>;
  /** Ends its input and waits for its last line. */
  end(): Promise<string>;
}

/** Whether namespaces and Open vSwitch with its userspace datapath can be had here. */
export function canHaveFabric(): boolean {
  return process.getuid?.() === 0 && existsSync(SCHEMA) && existsSync('/dev/net/tun') && has('ip') && has('ethtool');
}

/**
 * One Open vSwitch of its own with a bridge in its userspace datapath, and hosts on it. Everything is in namespaces
 * named after this process: deleting them leaves nothing behind, and what an interrupted run left is deleted first.
 */
export class Fabric {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'fabric-'));
  private readonly id = `${PREFIX}${process.pid}-${++fabrics}`;
  private readonly daemons: ChildProcess[] = [];
  private readonly programs: ChildProcess[] = [];
  private readonly hosts: Host[] = [];

  /** Where a bridge takes OpenFlow without a controller. */
  management(bridge: Bridge): string {
    return path.join(this.folder, `${bridge}.mgmt`);
  }

  private get home(): string {
    return `${this.id}-sw`;
  }

  async start(): Promise<void> {
    deleteLeftOvers();
    ip('netns', 'add', this.home);
    ip('-n', this.home, 'link', 'set', 'lo', 'up');
    const database = path.join(this.folder, 'conf.db');
    const socket = path.join(this.folder, 'db.sock');
    this.run('ovsdb-tool', 'create', database, SCHEMA);
    this.daemon('ovsdb-server', `--remote=punix:${socket}`, database);
    await until(() => existsSync(socket), 'the database of the switch');
    this.vsctl('--no-wait', 'init');
    this.daemon('ovs-vswitchd', `unix:${socket}`, '--disable-system');
    const settings = ['datapath_type=netdev', 'fail_mode=secure', 'protocols=OpenFlow13,OpenFlow14,OpenFlow15'];
    for (const [bridge, id] of [
      ['br0', 1],
      ['br1', 2],
    ] as const) {
      const dpid = `other-config:datapath-id=${id.toString(16).padStart(16, '0')}`;
      this.vsctl('add-br', bridge, '--', 'set', 'bridge', bridge, ...settings, dpid);
    }
    this.patch('br0', LINK_PORT, 'br1');
    this.patch('br1', LINK_PORT, 'br0');
    await until(() => existsSync(this.management('br1')), 'the bridges');
  }

  /** A host with an address in each family, at the port of the bridge that is asked for. */
  host(name: string, n: number, port: number): Host {
    const namespace = `${this.id}-${name}`;
    const mac = `02:00:00:00:00:${n.toString().padStart(2, '0')}`;
    ip('netns', 'add', namespace);
    this.hosts.push({ name, namespace, mac, port });
    ip('-n', this.home, 'link', 'add', `v-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    for (const end of [
      { space: this.home, iface: `v-${name}` },
      { space: namespace, iface: 'eth0' },
    ]) {
      // Checksums that are left to hardware which is not there arrive wrong once the switch has rewritten addresses.
      this.in(end.space, 'ethtool', '-K', end.iface, 'tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off');
    }
    // Before the interface is up: no duplicate address detection, so that the address serves at once.
    this.in(namespace, 'sysctl', '-qw', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.eth0.accept_dad=0');
    this.in(namespace, 'sysctl', '-qw', 'net.ipv4.tcp_tw_reuse=1', 'net.ipv4.ip_local_port_range=50000 65000');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    ip('-n', namespace, 'link', 'set', 'eth0', 'address', mac, 'up');
    ip('-n', namespace, 'addr', 'add', `10.9.0.${n}/24`, 'dev', 'eth0');
    ip('-n', namespace, 'addr', 'add', `fd00:9::${n}/64`, 'dev', 'eth0', 'nodad');
    ip('-n', this.home, 'link', 'set', `v-${name}`, 'up');
    this.vsctl('add-port', 'br0', `v-${name}`, '--', 'set', 'Interface', `v-${name}`, `ofport_request=${port}`);
    return this.hosts.at(-1) as Host;
  }

  /** Takes a host's cable out of one bridge, and puts it into another. */
  move(host: Host, from: Bridge, to: Bridge, port: number): void {
    const plug = `v-${host.name}`;
    const request = `ofport_request=${port}`;
    this.vsctl('del-port', from, plug, '--', 'add-port', to, plug, '--', 'set', 'Interface', plug, request);
  }

  /** Starts a script of the folder `hosts` on the host. */
  program(host: Host, script: string, ...args: string[]): Program {
    const file = fileURLToPath(new URL(`hosts/${script}`, import.meta.url));
    const child = spawn('ip', ['netns', 'exec', host.namespace, process.execPath, file, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: PLACES },
    });
    this.programs.push(child);
    return talking(child, `${script} on ${host.name}`);
  }

  /** The output of a command on a host. */
  on(host: Host, program: string, ...args: string[]): string {
    return this.in(host.namespace, program, ...args);
  }

  /** What the switch says, by its own tools. */
  ofctl(bridge: Bridge, command: string, ...args: string[]): string {
    return this.run('ovs-ofctl', '-O', 'OpenFlow15', command, `unix:${this.management(bridge)}`, ...args);
  }

  /** Empties connection tracking: the same ports can open connections again that mean nothing to it. */
  forgetConnections(): void {
    this.run('ovs-appctl', '-t', path.join(this.folder, 'ovs-vswitchd.ctl'), 'dpctl/flush-conntrack');
  }

  async stop(): Promise<void> {
    for (const child of [...this.programs, ...this.daemons.toReversed()]) await ended(child);
    for (const { namespace } of this.hosts) quietly(() => ip('netns', 'delete', namespace));
    quietly(() => ip('netns', 'delete', this.home));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private patch(bridge: Bridge, port: number, peer: Bridge): void {
    const name = `${bridge}-${peer}`;
    const settings = ['type=patch', `options:peer=${peer}-${bridge}`, `ofport_request=${port}`];
    this.vsctl('add-port', bridge, name, '--', 'set', 'Interface', name, ...settings);
  }

  private in(namespace: string, program: string, ...args: string[]): string {
    return this.run('ip', 'netns', 'exec', namespace, program, ...args);
  }

  private vsctl(...args: string[]): void {
    this.run('ovs-vsctl', `--db=unix:${path.join(this.folder, 'db.sock')}`, '--timeout=20', ...args);
  }

  private run(program: string, ...args: string[]): string {
    return execFileSync(program, args, { env: this.env, stdio: 'pipe', encoding: 'utf8', timeout: 30_000 });
  }

  private daemon(program: string, ...args: string[]): void {
    const ctl = `--unixctl=${path.join(this.folder, `${program}.ctl`)}`;
    const log = `--log-file=${path.join(this.folder, `${program}.log`)}`;
    const command = ['netns', 'exec', this.home, program, ...args, ctl, log, '-vconsole:off'];
    this.daemons.push(spawn('ip', command, { env: this.env, stdio: 'ignore' }));
  }

  private get env(): NodeJS.ProcessEnv {
    const { folder } = this;
    return { PATH: PLACES, OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder, OVS_SYSCONFDIR: folder };
  }
}

function talking(child: ChildProcess, what: string): Program {
  const lines: string[] = [];
  const readers: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  const { stdin, stdout } = child;
  if (stdout === null || stdin === null) throw new Error(`Expected ${what} to have pipes`);
  createInterface(stdout).on('line', (line) => {
    const reader = readers.shift();
    if (reader === undefined) lines.push(line);
    else reader.resolve(line);
  });
  // After `close` no line can come any more.
  child.once('close', (code) => {
    for (const { reject } of readers.splice(0))
      reject(new Error(`Expected a line from ${what}, it ended with ${code}`));
  });
  const line = (): Promise<string> => {
    const ready = lines.shift();
    return ready === undefined
      ? new Promise((resolve, reject) => readers.push({ resolve, reject }))
      : Promise.resolve(ready);
  };
  return {
    child,
    line,
    ask: (text) => {
      stdin.write(`${text}\n`);
      return line();
    },
    end: () => {
      stdin.end();
      return line();
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(timer);
}

/** Namespaces of runs whose process is gone. Their daemons died with it, or are told to by the missing interfaces. */
function deleteLeftOvers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const found = new RegExp(`^(${PREFIX}(\\d+)-\\S+)`).exec(line);
    if (found?.[1] === undefined || existsSync(`/proc/${found[2]}`)) continue;
    const namespace = found[1];
    // Another file's fabric may be deleting it at the same time.
    quietly(() => {
      for (const pid of ip('netns', 'pids', namespace).split('\n').filter(Boolean))
        process.kill(Number(pid), 'SIGKILL');
    });
    quietly(() => ip('netns', 'delete', namespace));
  }
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { env: { PATH: PLACES }, stdio: 'pipe', encoding: 'utf8' });
}

function has(program: string): boolean {
  return PLACES.split(':').some((place) => existsSync(path.join(place, program)));
}

function quietly(act: () => unknown): void {
  try {
    act();
  } catch {
    // It is gone already, which is what was wanted.
  }
}

export async function until(condition: () => boolean, what: string, patience = 15_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Expected ${what} within ${patience} ms`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}
