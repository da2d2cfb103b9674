import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ip, killed, run, SCHEMA, startIn, until } from './system.ts';

export interface BridgeSettings {
  readonly name: string;
  readonly dpid: bigint;
}

/** Files for TLS between switches and controllers, in PEM. */
export interface SwitchTls {
  readonly key: string;
  readonly certificate: string;
  /** Of the authority that controllers' certificates come from. */
  readonly ca: string;
}

const SETTINGS = ['datapath_type=netdev', 'fail_mode=secure', 'protocols=OpenFlow13,OpenFlow14,OpenFlow15'];

/** One Open vSwitch with its userspace datapath, in a network namespace and with files of its own. */
export class OpenVSwitch {
  readonly namespace: string;
  readonly #folder: string;
  readonly #bridges: string[] = [];
  #database: ChildProcess | undefined;
  #switch: ChildProcess | undefined;

  constructor(namespace: string, folder: string) {
    this.namespace = namespace;
    this.#folder = folder;
  }

  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await ip('netns', 'add', this.namespace);
    await ip('-n', this.namespace, 'link', 'set', 'lo', 'up');
    const database = this.#file('conf.db');
    await run('ovsdb-tool', ['create', database, SCHEMA], this.#env);
    this.#database = this.#daemon('ovsdb-server', `--remote=punix:${this.#file('db.sock')}`, database);
    await until(() => existsSync(this.#file('db.sock')), 'the database of a switch');
    await this.vsctl('--no-wait', 'init');
    this.#startSwitch();
  }

  async addBridge({ name, dpid }: BridgeSettings): Promise<void> {
    const id = `other-config:datapath-id=${dpid.toString(16).padStart(16, '0')}`;
    await this.vsctl('add-br', name, '--', 'set', 'bridge', name, ...SETTINGS, id);
    this.#bridges.push(name);
    await until(() => existsSync(this.management(name)), `the bridge ${name}`);
  }

  /** Puts an interface of this namespace, or one that `settings` make, at a port of a bridge. */
  async plug(bridge: string, name: string, port: number, settings: readonly string[] = []): Promise<void> {
    await this.vsctl(...plugging(bridge, name, port, settings));
  }

  /** Takes an interface out of one bridge and puts it into another, in one transaction. */
  async replug(name: string, from: string, to: string, port: number): Promise<void> {
    await this.vsctl('del-port', from, name, '--', ...plugging(to, name, port, []));
  }

  async unplug(bridge: string, name: string): Promise<void> {
    await this.vsctl('del-port', bridge, name);
  }

  /** Lets a bridge connect to controllers, and to no others; it tries again after at most a second. */
  async connect(bridge: string, targets: readonly string[], tls?: SwitchTls): Promise<void> {
    if (tls !== undefined) await this.vsctl('set-ssl', tls.key, tls.certificate, tls.ca);
    const created = targets.flatMap((target, index) => [
      '--',
      `--id=@c${index}`,
      'create',
      'controller',
      `target="${target}"`,
      // In band, the switch would hide flows of its own before those of the controller.
      'connection_mode=out-of-band',
      'max_backoff=1000',
      'inactivity_probe=5000',
    ]);
    const names = targets.map((_, index) => `@c${index}`).join(',');
    await this.vsctl('--', 'set', 'bridge', bridge, `controller=[${names}]`, ...created);
  }

  vsctl(...args: readonly string[]): Promise<string> {
    return run('ovs-vsctl', [`--db=unix:${this.#file('db.sock')}`, '--timeout=20', ...args], this.#env);
  }

  ofctl(bridge: string, command: string, ...args: readonly string[]): Promise<string> {
    return run('ovs-ofctl', ['-O', 'OpenFlow15', command, `unix:${this.management(bridge)}`, ...args], this.#env);
  }

  appctl(...args: readonly string[]): Promise<string> {
    return run('ovs-appctl', ['-t', this.#file('ovs-vswitchd.ctl'), ...args], this.#env);
  }

  /** Where a bridge takes OpenFlow from programs of this machine. */
  management(bridge: string): string {
    return this.#file(`${bridge}.mgmt`);
  }

  /** Kills ovs-vswitchd and starts it again: bridges and ports come back, flows, groups and connections do not. */
  async restart(): Promise<void> {
    if (this.#switch !== undefined) await killed(this.#switch);
    this.#startSwitch();
    await until(() => this.#answers(), 'the switch that was restarted');
  }

  async stop(): Promise<void> {
    for (const child of [this.#switch, this.#database]) if (child !== undefined) await killed(child);
    await ip('netns', 'delete', this.namespace).catch(() => undefined);
  }

  /** Whether every bridge takes OpenFlow. */
  #answers(): Promise<boolean> {
    return Promise.all(this.#bridges.map((bridge) => this.ofctl(bridge, 'show'))).then(
      () => true,
      () => false,
    );
  }

  #startSwitch(): void {
    this.#switch = this.#daemon('ovs-vswitchd', `unix:${this.#file('db.sock')}`, '--disable-system');
  }

  #daemon(program: string, ...args: readonly string[]): ChildProcess {
    const files = [`--unixctl=${this.#file(`${program}.ctl`)}`, `--log-file=${this.#file(`${program}.log`)}`];
    return startIn(this.namespace, [program, ...args, ...files, '-vconsole:off'], { stdio: 'ignore', env: this.#env });
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }

  get #env(): NodeJS.ProcessEnv {
    const folder = this.#folder;
    return { OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder, OVS_SYSCONFDIR: folder };
  }
}

function plugging(bridge: string, name: string, port: number, settings: readonly string[]): readonly string[] {
  const request = `ofport_request=${port}`;
  return ['add-port', bridge, name, '--', 'set', 'Interface', name, ...settings, request];
}
