import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';

const TRACES = 'alpha,10,20\nbeta,30,40\n';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program until it has said all and is asked to stop. */
async function ran(args: readonly string[], files: Readonly<Record<string, Uint8Array | string>> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    readFile: async (file) => {
      const found = files[file];
      if (found === undefined) throw new Error(`ENOENT: no such file or directory, open '${file}'`);
      return typeof found === 'string' ? new TextEncoder().encode(found) : found;
    },
    now: () => Date.UTC(2026, 5, 1),
    stopped: () => Promise.resolve(),
  });
  return { code, out, err };
}

describe('ballast-simulator', () => {
  it.each([
    { name: 'the demo by default', args: [], want: 'Simulating 3 nodes with 12 guests' },
    { name: 'the demo by name', args: ['--demo'], want: 'Simulating 3 nodes with 12 guests' },
    {
      name: 'a size',
      args: ['--nodes', '4', '--guests', '20', '--hot-nodes', '2'],
      want: 'Simulating 4 nodes with 20 guests',
    },
    { name: 'nodes alone', args: ['--nodes', '2'], want: 'Simulating 2 nodes with 30 guests' },
    {
      name: 'traces',
      args: ['--trace', 'day.csv', '--nodes', '2', '--guests', '6'],
      want: 'Simulating 2 nodes with 6 guests',
    },
    { name: 'Proxmox VE 8', args: ['--pve', '8', '--ha-guests', '4'], want: '12 guests (Proxmox VE 8.4.14)' },
    {
      name: 'the native balancer',
      args: ['--nodes', '5', '--guests', '60', '--ha-guests', '60', '--native-balancer'],
      want: 'Simulating 5 nodes with 60 guests',
    },
    { name: 'packed traces', args: ['--trace', 'day.csv.gz'], want: 'Simulating 3 nodes with 45 guests' },
  ])('simulates $name', async ({ args, want }) => {
    const files = { 'day.csv': TRACES, 'day.csv.gz': gzipSync(TRACES) };
    const { code, out, err } = await ran([...args, '--port', '0'], files);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain(want);
  });

  it('prints the part of the configuration that leads to it', async () => {
    const { out } = await ran(['--port', '0', '--entry-points', '2']);
    const text = out.replace(/:\d{4,5}\b/g, ':PORT').replace(/([0-9A-F]{2}:){31}[0-9A-F]{2}/g, 'FINGERPRINT');
    await expect(text).toMatchFileSnapshot('golden/welcome.txt');
  });

  it('lists its options', async () => {
    const { code, out } = await ran(['--help']);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('golden/help.txt');
  });

  it.each([
    {
      args: ['--prot', '1'],
      err: "error: unknown option '--prot'\n(Did you mean --port?)\n(--help lists the options)\n",
    },
    {
      args: ['--nodes', '0'],
      err: "error: option '--nodes <n>' argument '0' is invalid. Expected a whole number 1..500.\n(--help lists the options)\n",
    },
    {
      args: ['--nodes', 'many'],
      err: "error: option '--nodes <n>' argument 'many' is invalid. Expected a whole number 1..500.\n(--help lists the options)\n",
    },
    {
      args: ['--speed', '-1'],
      err: "error: option '--speed <factor>' argument '-1' is invalid. Expected a number 0..100000.\n(--help lists the options)\n",
    },
    {
      args: ['--port', '70000'],
      err: "error: option '--port <n>' argument '70000' is invalid. Expected a whole number 0..65535.\n(--help lists the options)\n",
    },
    {
      args: ['--native-balancer'],
      err: 'Error: Expected --native-balancer with --pve 9 and --ha-guests, got --pve 9 and 0 guests. The balancer came with Proxmox VE 9.2, and moves only what is under the HA manager.\n',
    },
    {
      args: ['--pve', '7'],
      err: "error: option '--pve <major>' argument '7' is invalid. Expected a whole number 8..9.\n(--help lists the options)\n",
    },
    {
      args: ['surplus'],
      err: 'error: too many arguments. Expected 0 arguments but got 1.\n(--help lists the options)\n',
    },
    {
      args: ['--demo', '--nodes', '3'],
      err: "Error: Expected --demo alone, got it with --nodes, --guests or --trace. The demo's cluster has a size of its own: leave one of them out.\n",
    },
    {
      args: ['--hot-nodes', '1'],
      err: 'Error: Expected --hot-nodes with --nodes or --guests, got it without. Only a synthetic cluster has its hot nodes chosen.\n',
    },
    {
      args: ['--port', '0', '--entry-points', '4'],
      err: 'Error: Expected 1 to 3 entry points, got 4. There is at most one entry point per node.\n',
    },
    {
      args: ['--trace', 'none.csv'],
      err: "Error: Expected to read the traces in none.csv, got: ENOENT: no such file or directory, open 'none.csv'. Name a CSV file, plain or packed by gzip (.gz).\n",
    },
    {
      args: ['--trace', 'plain.csv.gz'],
      err: 'Error: Expected to read the traces in plain.csv.gz, got: incorrect header check. Name a CSV file, plain or packed by gzip (.gz).\n',
    },
    {
      args: ['--trace', 'bad.csv'],
      err: "Error: Line 2 of the traces: expected a percentage 0..100 in column 3, got 'x'. Each line is a name, then percentages of the machine's CPU every five minutes, separated by commas.\n",
    },
  ])('refuses $args', async ({ args, err }) => {
    const files = { 'bad.csv': 'a,1,2\nb,1,x\n', 'plain.csv.gz': TRACES };
    expect(await ran(args, files)).toEqual({ code: 1, out: '', err });
  });

  it('says that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, err } = await ran(['--port', String(port)]);
    other.close();
    expect(code).toBe(1);
    expect(err).toContain(`Expected to listen on 127.0.0.1:${port}, got: listen EADDRINUSE`);
    expect(err).toContain('Choose another port or host, or stop what listens there.');
  });

  it('as a process takes faults at its control port', async () => {
    const child = start(['--port', '0', '--control-port', '0', '--speed', '0']);
    const text = await said(child, 'Ctrl-C ends it.');
    const control = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
    const url = /https:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
    const secret = /BALLAST_TOKEN=(\S+)/.exec(text)?.[1] ?? '';
    const body = JSON.stringify({ kind: 'node-down', node: 'pve3' });
    expect((await fetch(`${control}/faults`, { method: 'POST', body })).status).toBe(201);
    expect(await statusOf(`${url}/api2/json/nodes/pve3/status`, secret)).toBe(595);
    expect((await fetch(`${control}/faults`, { method: 'DELETE' })).status).toBe(204);
    expect(await statusOf(`${url}/api2/json/nodes/pve3/status`, secret)).toBe(200);
    child.kill();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('as a process answers, and ends cleanly at %s', async (signal) => {
    const child = start(['--port', '0', '--speed', '50']);
    const text = await said(child, 'Ctrl-C ends it.');
    const url = /https:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
    const secret = /BALLAST_TOKEN=(\S+)/.exec(text)?.[1] ?? '';
    expect(await statusOf(`${url}/api2/json/version`, secret)).toBe(200);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('states its version', async () => {
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await ran(['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
  });
});

function start(args: readonly string[]): ChildProcess {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  return spawn(process.execPath, ['--conditions=source', '--import', 'tsx', main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function said(child: ChildProcess, last: string): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes(last)) break;
  }
  return text;
}

function statusOf(url: string, secret: string): Promise<number | undefined> {
  const headers = { authorization: `PVEAPIToken=ballast@pve!operator=${secret}` };
  return new Promise((resolve, reject) => {
    // The certificate is new with each start; pinning it is tested with the client.
    const sent = request(url, { headers, rejectUnauthorized: false }, (response) =>
      resolve(response.resume().statusCode),
    );
    sent.on('error', reject).end();
  });
}
