import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ovs, until } from '../../../flow-manager/test/support/ovs.ts';

/** Python takes its time to start on a busy machine. */
const PATIENCE = 45_000;
const APP = fileURLToPath(new URL('ofctl_rest.py', import.meta.url));

/**
 * A real os-ken with ofctl_rest's paths, or, where $RYU_MANAGER names a program that starts Ryu with its own ofctl_rest
 * (such as `ryu-manager ryu.app.ofctl_rest`), that one; and a real Open vSwitch with a bridge for each datapath.
 */
export interface RunningRyu {
  readonly url: string;
  readonly ovs: Ovs;
  /** Names of the bridges, in the order of the datapaths. */
  readonly bridges: readonly string[];
  /** Waits until the controller knows these datapaths, and no others. */
  readonly knows: (...dpids: readonly number[]) => Promise<void>;
  /** Waits until the controller tells a group of a datapath. */
  readonly tells: (dpid: number, group: number) => Promise<void>;
  /** Ends the controller and starts it again. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @param datapaths ids by the version of OpenFlow that the bridge speaks, such as `{ 1: 'OpenFlow13' }` */
export async function startRyu(datapaths: Readonly<Record<number, string>>): Promise<RunningRyu> {
  const [rest, openflow] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${rest}`;
  const dpids = Object.keys(datapaths).map(Number);
  const ovs = await Ovs.start();
  const said: string[] = [];
  let manager: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    await ended(manager);
    await ovs.stop();
  };
  const switches = async (): Promise<readonly number[]> => {
    if (manager?.pid === undefined || manager.exitCode !== null)
      throw new Error(`The controller has ended (python3-os-ken?): ${said.join('')}`);
    const text = await textAt(`${url}/stats/switches`);
    return text === '' ? [] : (JSON.parse(text) as number[]);
  };
  const knows = (...wanted: readonly number[]): Promise<void> =>
    until(
      async () => {
        const known = await switches();
        return known.length === wanted.length && wanted.every((id) => known.includes(id));
      },
      `switches ${wanted.join(', ')} at the controller`,
    );
  try {
    manager = startManager(rest, openflow, said);
    const bridges: string[] = [];
    for (const [index, protocols] of Object.values(datapaths).entries()) {
      const bridge = await ovs.bridge({ protocols });
      bridges.push(bridge);
      await identify(ovs, bridge, dpids[index] ?? 0);
      await ovs.connect(bridge, `tcp:127.0.0.1:${openflow}`);
    }
    await knows(...dpids);
    const restart = async (): Promise<void> => {
      await ended(manager);
      manager = startManager(rest, openflow, said);
    };
    const tells = (dpid: number, group: number): Promise<void> =>
      until(
        async () => (await textAt(`${url}/stats/groupdesc/${dpid}`)).includes(`"group_id": ${group}`),
        `group ${group} at the controller`,
        PATIENCE,
      );
    return { url, ovs, bridges, knows, tells, restart, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Empty while nobody answers. */
async function textAt(url: string): Promise<string> {
  return await fetch(url).then(
    (reply) => reply.text(),
    () => '',
  );
}

async function identify(ovs: Ovs, bridge: string, dpid: number): Promise<void> {
  const id = dpid.toString(16).padStart(16, '0');
  await ovs.vsctl('set', 'bridge', bridge, `other-config:datapath-id=${id}`);
}

function startManager(rest: number, openflow: number, said: string[]): ChildProcess {
  const own = process.env['RYU_MANAGER'];
  const [program = '', ...first] = own?.split(' ') ?? ['osken-manager', APP];
  const listen = ['--ofp-listen-host', '127.0.0.1', '--ofp-tcp-listen-port', String(openflow)];
  const serve = own === undefined ? [] : ['--wsapi-host', '127.0.0.1', '--wsapi-port', String(rest)];
  const env = {
    ...process.env,
    WSAPI_PORT: String(rest),
    PYTHONDONTWRITEBYTECODE: '1',
    // Debian installs for its own Python, which another one on the PATH is not to take the place of.
    PATH: ['/usr/bin', process.env['PATH']].join(path.delimiter),
  };
  const child = spawn(program, [...first, ...listen, ...serve], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    said.splice(0, said.length - 20);
  });
  // A program that is not there never gets a process.
  child.once('error', (error) => said.push(error.message));
  return child;
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
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
