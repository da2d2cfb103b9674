import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FabricNetwork, HIDDEN } from './addresses.ts';
import { LabError } from './errors.ts';
import { type Host, hostOf, makeHost, plugOf, readyPlug } from './hosts.ts';
import { type Joint, join } from './joint.ts';
import { deleteLeftOvers, PREFIX } from './left-overs.ts';
import { OpenVSwitch, type SwitchTls } from './open-vswitch.ts';
import { type Program, talking } from './program.ts';
import { canHaveFabric } from './requirements.ts';
import { ip, killed, script, startIn } from './system.ts';

export interface FabricOptions {
  /** Names of the bridges, the first of which is linked with each of the others; `br0` and `br1` by default. */
  readonly bridges?: readonly string[];
  /** Each bridge in an Open vSwitch of its own, with a connection table of its own; else all in one. */
  readonly apart?: boolean;
  /** Joins this machine's own network: switches reach controllers here, and programs here reach the hosts. */
  readonly joined?: boolean;
}

/** A port of a bridge. */
export interface Place {
  readonly bridge: string;
  readonly dpid: bigint;
  readonly port: number;
}

/** A port of one bridge that leads to another, directly or by the bridge in the middle. */
export interface FabricLink {
  readonly dpid: bigint;
  readonly port: number;
  readonly to: bigint;
}

/** Ports of bridges that lead to others begin here; hosts have those below. */
export const LINK_PORT = 90;
/** Port of the first bridge where this machine is, in a fabric that is joined. */
export const UPLINK_PORT = 80;

let fabrics = 0;

/**
 * Real switches and hosts on this machine: Open vSwitch with its userspace datapath, and a network namespace for each
 * host. `stop` deletes everything; what a process has left that was killed is deleted by the next `start`.
 *
 *     bridges    br0, br1, ... have the datapath ids 1, 2, ...; without flows they pass nothing (`fail_mode=secure`)
 *     links      port 90 of each other bridge leads to the first; ports 90, 91, ... of the first lead to them in turn
 *     hosts      number n has the addresses 10.9.0.n and fd00:9::n, and the MAC 02:00:00:00:00:n (in decimal)
 *     joined     a /24 of 198.18.0.0/15 instead, where this machine is number 254, at port 80 of the first bridge
 */
export class Fabric {
  readonly bridges: readonly string[];
  readonly #apart: boolean;
  readonly #joined: boolean;
  readonly #id = `${PREFIX}${process.pid}-${++fabrics}`;
  readonly #switches: OpenVSwitch[] = [];
  readonly #hosts = new Map<Host, Place>();
  readonly #programs: Program[] = [];
  #joint: Joint | undefined;

  constructor({ bridges = ['br0', 'br1'], apart = false, joined = false }: FabricOptions = {}) {
    for (const bridge of bridges) checkName(bridge);
    this.bridges = bridges;
    this.#apart = apart;
    this.#joined = joined;
  }

  /**
   * Starts the switches, with no hosts and no controller.
   * @throws {LabError} `lab-impossible`, `lab-command`
   */
  async start(): Promise<void> {
    const feasible = canHaveFabric();
    if (!feasible.possible) throw new LabError('lab-impossible', feasible.reason, { hint: feasible.hint });
    await deleteLeftOvers();
    try {
      await this.#startSwitches();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends every program and switch, and deletes every namespace and file. */
  async stop(): Promise<void> {
    await Promise.all(this.#programs.splice(0).map(({ child }) => killed(child)));
    await this.#joint?.remove();
    await Promise.all(this.#switches.splice(0).map((one) => one.stop()));
    const hosts = [...this.#hosts.keys()];
    this.#hosts.clear();
    await Promise.all(hosts.map(({ namespace }) => ip('netns', 'delete', namespace).catch(() => undefined)));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** For files of this fabric and of programs that go with it; deleted with it. */
  get folder(): string {
    return path.join(tmpdir(), this.#id);
  }

  get network(): FabricNetwork {
    return this.#joint?.network ?? HIDDEN;
  }

  /** Where a controller on this machine is reached by the switches of a fabric that is joined: it listens there. */
  get controlAddress(): string {
    return this.#mustBeJoined().controlAddress;
  }

  /** This machine's own address among the hosts of a fabric that is joined: what probes come from. */
  get ownAddress(): string {
    return this.#mustBeJoined().address;
  }

  /** For each bridge, the port that leads to each other bridge. */
  get links(): readonly FabricLink[] {
    const ids = this.bridges.map((bridge) => this.dpid(bridge));
    return ids.flatMap((dpid, from) =>
      ids.flatMap((to, index) => {
        if (dpid === to) return [];
        return [{ dpid, to, port: from === 0 ? LINK_PORT + index - 1 : LINK_PORT }];
      }),
    );
  }

  dpid(bridge: string): bigint {
    return BigInt(this.bridges.indexOf(bridge) + 1);
  }

  /** A host at a port of a bridge: the first bridge, and the port of its own number, where nothing else is said. */
  async host(name: string, n: number, at: { readonly bridge?: string; readonly port?: number } = {}): Promise<Host> {
    const host = hostOf(checkName(name), n, `${this.#id}-${name}`, this.network);
    const { bridge = this.bridges[0] ?? '', port = n } = at;
    this.#hosts.set(host, this.#place(bridge, port));
    await makeHost(host, this.#switchOf(bridge).namespace);
    await this.#switchOf(bridge).plug(bridge, plugOf(host), port);
    return host;
  }

  /** Where a host is now. */
  at(host: Host): Place {
    const place = this.#hosts.get(host);
    if (place === undefined) throw new LabError('lab-name', `Expected ${host.name} to be a host of this fabric.`);
    return place;
  }

  /** Takes a host's cable out of its bridge, and puts it into another: what a migration comes to, for the network. */
  async move(host: Host, bridge: string, port: number): Promise<void> {
    const from = this.at(host).bridge;
    const [before, after] = [this.#switchOf(from), this.#switchOf(bridge)];
    const plug = plugOf(host);
    if (before === after) {
      await after.replug(plug, from, bridge, port);
    } else {
      await before.unplug(from, plug);
      await ip('-n', before.namespace, 'link', 'set', plug, 'netns', after.namespace);
      await readyPlug(host, after.namespace);
      await after.plug(bridge, plug, port);
    }
    this.#hosts.set(host, this.#place(bridge, port));
  }

  /** Lets a host tell its neighbours where it is, by ARP and neighbour advertisement, as QEMU does after a migration. */
  async announce(host: Host): Promise<void> {
    await script(host.namespace, [`ip link set eth0 address ${host.mac}`]);
  }

  /** Cuts a host's cable, or mends it: to everybody else the host is dead, and its programs hear nothing of it. */
  async cut(host: Host, state: 'cut' | 'mended' = 'cut'): Promise<void> {
    const { namespace } = this.#switchOf(this.at(host).bridge);
    await ip('-n', namespace, 'link', 'set', plugOf(host), state === 'cut' ? 'down' : 'up');
  }

  /** Starts a Node script on a host, such as one of PROGRAMS. */
  program(host: Host, file: URL, ...args: readonly string[]): Program {
    const command = [process.execPath, fileURLToPath(file), ...args];
    const child = startIn(host.namespace, command, { stdio: ['pipe', 'pipe', 'inherit'] });
    const program = talking(child, `${path.basename(file.pathname)} on ${host.name}`);
    this.#programs.push(program);
    return program;
  }

  /** The output of a command on a host. @throws {LabError} `lab-command` */
  on(host: Host, program: string, ...args: readonly string[]): Promise<string> {
    return ip('netns', 'exec', host.namespace, program, ...args);
  }

  /** Lets all bridges connect to controllers (`tcp:ADDRESS:PORT` or `ssl:ADDRESS:PORT`), and to no others. */
  async connect(targets: readonly string[], tls?: SwitchTls): Promise<void> {
    await Promise.all(this.bridges.map((bridge) => this.#switchOf(bridge).connect(bridge, targets, tls)));
  }

  /** Where a bridge takes OpenFlow from programs of this machine, without a controller: a socket's path. */
  management(bridge: string): string {
    return this.#switchOf(bridge).management(bridge);
  }

  /** What a bridge says by ovs-ofctl: `ofctl('br0', 'dump-flows')`. */
  ofctl(bridge: string, command: string, ...args: readonly string[]): Promise<string> {
    return this.#switchOf(bridge).ofctl(bridge, command, ...args);
  }

  /** ovs-vsctl at the database of a bridge's switch. */
  vsctl(bridge: string, ...args: readonly string[]): Promise<string> {
    return this.#switchOf(bridge).vsctl(...args);
  }

  /** Open vSwitch's own, such as `3.1.0`. */
  async version(): Promise<string> {
    const text = await this.vsctl(this.bridges[0] ?? '', '--version');
    return /\d+(\.\d+)+/.exec(text)?.[0] ?? '';
  }

  /** Empties connection tracking: the same ports can open connections again that mean nothing to it. */
  async forgetConnections(): Promise<void> {
    await Promise.all(this.#switches.map((one) => one.appctl('dpctl/flush-conntrack')));
  }

  /** Kills the switch of a bridge and starts it again: flows, groups and connection tracking are lost. */
  async restart(bridge: string): Promise<void> {
    await this.#switchOf(bridge).restart();
  }

  async #startSwitches(): Promise<void> {
    const count = this.#apart ? this.bridges.length : 1;
    for (let i = 0; i < count; i++) this.#switches.push(new OpenVSwitch(`${this.#id}-sw${i}`, `${this.folder}/${i}`));
    await Promise.all(this.#switches.map((one) => one.start()));
    for (const name of this.bridges) await this.#switchOf(name).addBridge({ name, dpid: this.dpid(name) });
    for (const [index, bridge] of this.bridges.slice(1).entries()) await this.#link(bridge, LINK_PORT + index);
    if (!this.#joined) return;
    const [first = ''] = this.bridges;
    this.#joint = await join(this.#switches.map(({ namespace }) => namespace));
    await readyPlug({ name: 'uplink' }, this.#switchOf(first).namespace);
    await this.#switchOf(first).plug(first, this.#joint.plug, UPLINK_PORT);
  }

  /** From a port of the first bridge to port {@link LINK_PORT} of another. */
  async #link(bridge: string, port: number): Promise<void> {
    const [first = ''] = this.bridges;
    const [here, there] = [this.#switchOf(first), this.#switchOf(bridge)];
    const [mine, its] = [`d-${bridge}`, `u-${bridge}`];
    if (here === there) {
      await here.plug(first, mine, port, ['type=patch', `options:peer=${its}`]);
      await here.plug(bridge, its, LINK_PORT, ['type=patch', `options:peer=${mine}`]);
      return;
    }
    await ip('-n', here.namespace, 'link', 'add', mine, 'type', 'veth', 'peer', 'name', its, 'netns', there.namespace);
    await ip('-n', here.namespace, 'link', 'set', mine, 'up');
    await ip('-n', there.namespace, 'link', 'set', its, 'up');
    await here.plug(first, mine, port);
    await there.plug(bridge, its, LINK_PORT);
  }

  #switchOf(bridge: string): OpenVSwitch {
    const index = this.bridges.indexOf(bridge);
    const found = index < 0 ? undefined : this.#switches[this.#apart ? index : 0];
    if (found === undefined) throw new LabError('lab-name', `Expected ${bridge} to be a bridge of a running fabric.`);
    return found;
  }

  #place(bridge: string, port: number): Place {
    return { bridge, dpid: this.dpid(bridge), port };
  }

  #mustBeJoined(): Joint {
    if (this.#joint !== undefined) return this.#joint;
    throw new LabError('lab-name', 'Expected a running fabric with the option `joined`.');
  }
}

/** Names become part of interfaces' names, which have 15 characters at most, and of paths. */
function checkName(name: string): string {
  if (/^[a-z][a-z0-9-]{0,11}$/.test(name)) return name;
  throw new LabError('lab-name', `Expected a name of 1 to 12 characters a-z, 0-9 and -, got ${JSON.stringify(name)}.`);
}
