import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';
let bridges = 0;

/** What a bridge is to be. */
export interface BridgeOptions {
  /** As `protocols` of ovs-vsctl has them; all three by default. */
  readonly protocols?: string;
  /** Ports that packets can be put into by `receive`. */
  readonly ports?: readonly string[];
}

/** An Open vSwitch of its own: database, sockets and processes in a directory of their own. */
export class Ovs {
  readonly dir: string;
  readonly #bridges: string[] = [];

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Starts one. A missing program fails the test. */
  static async start(): Promise<Ovs> {
    const ovs = new Ovs(await mkdtemp(path.join(tmpdir(), 'ballast-ovs-')));
    await ovs.#run('ovsdb-tool', ['create', ovs.#at('conf.db'), SCHEMA]);
    await ovs.#run('ovsdb-server', [
      ovs.#at('conf.db'),
      `--remote=punix:${ovs.#at('db.sock')}`,
      ...ovs.#daemon('ovsdb'),
    ]);
    await ovs.vsctl('--no-wait', 'init');
    await ovs.#startSwitch();
    return ovs;
  }

  /** Adds a bridge with the userspace datapath, and returns its name: no two on the machine are alike. */
  async bridge({ protocols = 'OpenFlow13,OpenFlow14,OpenFlow15', ports = [] }: BridgeOptions = {}): Promise<string> {
    bridges += 1;
    // Bridges become network interfaces, which the whole machine shares: 15 characters, and the process's number.
    const name = `bt${process.pid.toString(36)}x${bridges.toString(36)}`;
    this.#bridges.push(name);
    await this.vsctl(
      'add-br',
      name,
      '--',
      'set',
      'bridge',
      name,
      'datapath_type=netdev',
      `protocols=${protocols}`,
      'fail_mode=secure',
      ...ports.flatMap((port, index) => [
        '--',
        'add-port',
        name,
        port,
        '--',
        'set',
        'interface',
        port,
        'type=dummy',
        `ofport_request=${index + 1}`,
      ]),
    );
    return name;
  }

  /** Lets a bridge connect to a controller; the switch tries again after at most a second. */
  async connect(bridge: string, ...targets: readonly string[]): Promise<void> {
    const names = targets.map((_, index) => `@c${index}`);
    const created = targets.flatMap((target, index) => [
      '--',
      `--id=${names[index]}`,
      'create',
      'controller',
      `target="${target}"`,
      'max_backoff=1000',
      'inactivity_probe=30000',
    ]);
    await this.vsctl('--', 'set', 'bridge', bridge, `controller=[${names.join(',')}]`, ...created);
  }

  vsctl(...args: readonly string[]): Promise<string> {
    return this.#run('ovs-vsctl', [`--db=unix:${this.#at('db.sock')}`, '--timeout=15', ...args]);
  }

  /** ovs-ofctl at a bridge, `command` first: `ofctl(bridge, 'dump-flows')`. */
  ofctl(bridge: string, command: string, ...args: readonly string[]): Promise<string> {
    return this.#run('ovs-ofctl', [
      '-O',
      'OpenFlow13,OpenFlow14,OpenFlow15',
      command,
      `unix:${this.#at(`${bridge}.mgmt`)}`,
      ...args,
    ]);
  }

  /** Flows of a bridge as Open vSwitch prints them, without counters. */
  async flows(bridge: string): Promise<readonly string[]> {
    const text = await this.ofctl(bridge, 'dump-flows', '--no-stats');
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes('actions='));
  }

  async groups(bridge: string): Promise<readonly string[]> {
    const text = await this.ofctl(bridge, 'dump-groups');
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes('group_id='));
  }

  appctl(...args: readonly string[]): Promise<string> {
    return this.#run('ovs-appctl', ['-t', this.#at('vs.ctl'), ...args]);
  }

  /** Puts a packet (hexadecimal, or a flow as ovs-appctl takes it) into a port. */
  async receive(port: string, packet: string): Promise<void> {
    await this.appctl('netdev-dummy/receive', port, packet);
  }

  /** Kills ovs-vswitchd and starts it again: flows and groups are lost, bridges come back. */
  async restartSwitch(): Promise<void> {
    await this.#kill('vs');
    await this.#startSwitch();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#kill('vs'), this.#kill('ovsdb')]);
    // The network interfaces of bridges outlive the process.
    for (const bridge of this.#bridges) await this.#run('ip', ['link', 'delete', bridge]);
    await rm(this.dir, { recursive: true, force: true });
  }

  async #startSwitch(): Promise<void> {
    const flags = ['--enable-dummy', '--disable-system'];
    await this.#run('ovs-vswitchd', [`unix:${this.#at('db.sock')}`, ...flags, ...this.#daemon('vs')]);
  }

  #daemon(name: string): readonly string[] {
    return [
      `--unixctl=${this.#at(`${name}.ctl`)}`,
      `--pidfile=${this.#at(`${name}.pid`)}`,
      `--log-file=${this.#at(`${name}.log`)}`,
      '-vconsole:off',
      '--no-chdir',
      '--detach',
    ];
  }

  /** By SIGKILL: a proper end takes seconds. */
  async #kill(name: string): Promise<void> {
    const pid = Number(await readFile(this.#at(`${name}.pid`), 'utf8').catch(() => '0'));
    if (pid === 0) return;
    process.kill(pid, 'SIGKILL');
    await until(() => isGone(pid), `${name} to end`);
    await rm(this.#at(`${name}.pid`), { force: true });
  }

  #at(file: string): string {
    return path.join(this.dir, file);
  }

  async #run(program: string, args: readonly string[]): Promise<string> {
    const env = { ...process.env, OVS_RUNDIR: this.dir, OVS_LOGDIR: this.dir, OVS_DBDIR: this.dir };
    const { stdout } = await run(program, args, { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }
}

/** Waits for a condition, and looks often; fails the test after `timeout` ms. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeout = 15_000,
): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > timeout) throw new Error(`Waited ${timeout} ms for ${what}.`);
    await pause(5);
  }
}

/** Without a process of that number, or with one that has ended and waits for its parent to notice. */
async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  return stat === undefined || /^.*\) [ZX] /s.test(stat);
}
