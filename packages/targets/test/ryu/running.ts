import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ovs, until } from '../../../flow-manager/test/support/ovs.ts';

const APP = fileURLToPath(new URL('ofctl_rest.py', import.meta.url));
/** Python takes its time to start on a busy machine. */
const PATIENCE = 45_000;

/**
 * A real os-ken with ofctl_rest's paths, or, where $RYU_MANAGER names a program that starts Ryu with its own ofctl_rest
 * (such as `ryu-manager ryu.app.ofctl_rest`), that one; and a real Open vSwitch with a bridge for each datapath.
 */
export class RunningRyu {
  readonly url: string;
  readonly ovs: Ovs;
  /** Names of the bridges, in the order of the datapaths. */
  readonly bridges: string[] = [];
  readonly #dpids: readonly number[];
  readonly #rest: number;
  readonly #openflow: number;
  readonly #said: string[] = [];
  #manager: ChildProcess | undefined;

  private constructor(ovs: Ovs, dpids: readonly number[], rest: number, openflow: number) {
    this.ovs = ovs;
    this.url = `http://127.0.0.1:${rest}`;
    this.#dpids = dpids;
    this.#rest = rest;
    this.#openflow = openflow;
  }

  /** @param datapaths ids by the version of OpenFlow that the bridge speaks, such as `{ 1: 'OpenFlow13' }` */
  static async start(datapaths: Readonly<Record<number, string>>): Promise<RunningRyu> {
    const dpids = Object.keys(datapaths).map(Number);
    const ryu = new RunningRyu(await Ovs.start(), dpids, await freePort(), await freePort());
    try {
      for (const [dpid, protocols] of Object.entries(datapaths)) await ryu.#addBridge(Number(dpid), protocols);
      await ryu.begin();
      return ryu;
    } catch (error) {
      await ryu.stop().catch(() => undefined);
      throw error;
    }
  }

  /** Starts the controller, and waits until all switches are connected. */
  async begin(): Promise<void> {
    this.#manager = startManager(this.#rest, this.#openflow, this.#said);
    await until(() => this.#knowsAll(), 'switches at the controller', PATIENCE);
  }

  /** Ends the controller. */
  async end(): Promise<void> {
    const child = this.#manager;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** Waits until the controller tells a group of a datapath. */
  tells(dpid: number, group: number): Promise<void> {
    const told = async (): Promise<boolean> =>
      (await this.#get(`stats/groupdesc/${dpid}`)).includes(`"group_id": ${group}`);
    return until(told, `group ${group} at the controller`, PATIENCE);
  }

  async stop(): Promise<void> {
    await this.end();
    await this.ovs.stop();
  }

  async #addBridge(dpid: number, protocols: string): Promise<void> {
    const bridge = await this.ovs.bridge({ protocols });
    this.bridges.push(bridge);
    const id = dpid.toString(16).padStart(16, '0');
    await this.ovs.vsctl('set', 'bridge', bridge, `other-config:datapath-id=${id}`);
    await this.ovs.connect(bridge, `tcp:127.0.0.1:${this.#openflow}`);
  }

  async #knowsAll(): Promise<boolean> {
    const { pid, exitCode } = this.#manager ?? {};
    if (pid === undefined || exitCode !== null) {
      throw new Error(`The controller has ended (python3-os-ken?): ${this.#said.join('')}`);
    }
    const text = await this.#get('stats/switches');
    const known = text === '' ? [] : (JSON.parse(text) as number[]);
    return this.#dpids.every((id) => known.includes(id));
  }

  /** Empty while nobody answers. */
  #get(where: string): Promise<string> {
    return fetch(`${this.url}/${where}`).then(
      (reply) => reply.text(),
      () => '',
    );
  }
}

function startManager(rest: number, openflow: number, said: string[]): ChildProcess {
  const own = process.env['RYU_MANAGER'];
  const [program = '', ...first] = own?.split(' ') ?? ['osken-manager', APP];
  const listen = ['--ofp-listen-host', '127.0.0.1', '--ofp-tcp-listen-port', String(openflow)];
  const serve = own === undefined ? [] : ['--wsapi-host', '127.0.0.1', '--wsapi-port', String(rest)];
  const env = { ...process.env, WSAPI_PORT: String(rest), PYTHONDONTWRITEBYTECODE: '1', PATH: searchPath() };
  const child = spawn(program, [...first, ...listen, ...serve], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    said.splice(0, said.length - 20);
  });
  // A program that is not there never gets a process.
  child.once('error', (error) => said.push(error.message));
  return child;
}

/** Debian installs for its own Python, which another one on the PATH is not to take the place of. */
function searchPath(): string {
  return ['/usr/bin', process.env['PATH']].join(path.delimiter);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
