import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MANAGER = 'osken-manager';
const OWN_APP = fileURLToPath(new URL('./learning_switch.py', import.meta.url));
/** os-ken's own example; not every distribution packs it. */
const ITS_APP = 'os_ken.app.simple_switch_13';

export interface OsKen {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** os-ken with a learning switch; `undefined` where it is not installed. */
export async function startOsKen(): Promise<OsKen | undefined> {
  if (spawnSync(MANAGER, ['--version']).error !== undefined) return undefined;
  const [app, name] = hasItsApp() ? [ITS_APP, 'simple_switch_13'] : [OWN_APP, 'learning switch'];
  const port = await freePort();
  const child = spawn(MANAGER, ['--ofp-listen-host', '127.0.0.1', '--ofp-tcp-listen-port', String(port), app], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000);
  });
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (child.exitCode !== null || tries === 100) throw new Error(`os-ken does not start:\n${said}`);
    await pause(100);
  }
  return {
    name: `os-ken ${name}`,
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function hasItsApp(): boolean {
  return spawnSync('/usr/bin/python3', ['-c', `import ${ITS_APP}`]).status === 0;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = net.connect({ host: '127.0.0.1', port });
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return connected;
}
