import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DEFAULT_TOKEN, DEFAULT_USER, demoWorld, type Simulator, startSimulator } from '@ballast/pve-simulator';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

/** Simulated time per real time: a migration takes less than a second. */
const SPEED = 20;
/** Interpreters take their time to start on a busy machine. */
const PATIENCE = 60_000;
/** Debian's own, which finds Debian's packages. */
const PYTHON = '/usr/bin/python3';

const folder = mkdtempSync(path.join(tmpdir(), 'ballast-clients-'));
const ca = path.join(folder, 'ca.pem');
let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ world: demoWorld(), speed: SPEED, strict: true });
  writeFileSync(ca, simulator.ca);
  return () => simulator.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program beside the simulator. */
function ran(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

const place = (): { readonly host: string; readonly port: string } => ({
  host: 'localhost',
  port: String(simulator.ports[0]),
});

/** The phases of a live migration's log, in their order. */
const PHASES = [
  "starting migration of VM 101 to node 'pve2' (10.0.0.2)",
  "starting VM 101 on remote node 'pve2'",
  'start remote tunnel',
  'starting online/live migration on unix:/run/qemu-server/101.migrate',
  'set migration parameters',
  'start migrate command to unix:/run/qemu-server/101.migrate',
  'migration active, transferred',
  'average migration speed:',
  'migration completed, transferred',
  'migration finished successfully (duration',
  'TASK OK',
];

/** The lines' places of the texts; -1 for one that is not there. */
function placesOf(lines: readonly string[], texts: readonly string[]): readonly number[] {
  return texts.map((text) => lines.findIndex((line) => line.includes(text)));
}

describe('proxmoxer, which knows nothing of Ballast', () => {
  it('signs in by ticket and by token, lists, checks, migrates, follows, reads the log, and aborts', {
    timeout: PATIENCE,
  }, async () => {
    simulator.fail({ kind: 'migration-fails', guest: 105, manner: 'stall', phase: 'prepare' });
    const [user = '', token = ''] = DEFAULT_TOKEN.id.split('!');
    const script = fileURLToPath(new URL('proxmox-proxmoxer.py', import.meta.url));
    const { code, out, err } = await ran(PYTHON, [script], {
      PVE_HOST: place().host,
      PVE_PORT: place().port,
      PVE_CA: ca,
      PVE_USER: DEFAULT_USER.name,
      PVE_PASSWORD: DEFAULT_USER.password,
      PVE_TOKEN_USER: user,
      PVE_TOKEN_NAME: token,
      PVE_TOKEN_SECRET: DEFAULT_TOKEN.secret,
      MOVE: '101',
      ABORT: '105',
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const found = JSON.parse(out) as {
      moved: { log: string[] };
      rrd: string[];
      refusals: string[];
    };
    expect(found).toMatchObject({
      version: simulator.world.version,
      nodes: ['pve1', 'pve2', 'pve3'],
      status: ['shop'],
      moved: { source: 'pve1', target: 'pve2', running: 1, type: 'qmigrate', exitstatus: 'OK', config: 'orders-01' },
      aborted: { exitstatus: 'migration aborted', node: 'pve2', source: 'pve2' },
    });
    expect(found.rrd).toContain('pressurecpusome');
    const places = placesOf(found.moved.log, PHASES);
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(found.refusals).toEqual([
      expect.stringContaining(
        "500 Internal Server Error: Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
      ),
      expect.stringContaining('400 Bad Request: Parameter verification failed.'),
      expect.stringContaining('403 Forbidden: Permission check failed (/vms/101, VM.PowerMgmt)'),
      expect.stringContaining("501 Not Implemented: Method 'GET /no/such/path' not implemented"),
    ]);
  });
});

describe('npm proxmox-api by itself', () => {
  const library = pathToFileURL(
    createRequire(new URL('../../packages/proxmox/package.json', import.meta.url)).resolve('proxmox-api'),
  ).href;
  const env = { NODE_EXTRA_CA_CERTS: ca, NODE_NO_WARNINGS: '1' };

  /** Runs a module body that has `api`. */
  function script(auth: string, body: string): Promise<Ran> {
    const { host, port } = place();
    const options = `{ host: '${host}', port: ${port}, ${auth} }`;
    const text = `import proxmoxApi from '${library}'; const api = (proxmoxApi.default ?? proxmoxApi)(${options}); ${body}`;
    return ran(process.execPath, ['--input-type=module', '--eval', text], env);
  }
  const TOKEN = `tokenID: '${DEFAULT_TOKEN.id}', tokenSecret: '${DEFAULT_TOKEN.secret}'`;
  const TICKET = `username: '${DEFAULT_USER.name}', password: '${DEFAULT_USER.password}'`;
  /** After a failure a timer of its own would keep the process for a minute. */
  const QUIT = 'process.exit();';
  const MIGRATE = "await api.nodes.$('pve1').qemu.$(101).migrate.$post({ target: 'pve2', online: true })";

  it.each([
    ['a token', TOKEN],
    ['a ticket', TICKET],
  ])('lists and migrates by %s', { timeout: PATIENCE }, async (_, auth) => {
    const body = `const rows = await api.cluster.resources.$get({ type: 'vm' }); console.log(rows.length, ${MIGRATE});`;
    const { code, out, err } = await script(auth, body);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^12 UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:qmigrate:101:[^:]+:\n$/);
  });

  it('sends a migration twice when the first answer is lost, which is why Ballast sends it with an engine of its own', {
    timeout: PATIENCE,
  }, async () => {
    simulator.fail({ kind: 'lost-answer', method: 'POST', path: '/migrate' });
    const { out } = await script(TOKEN, `try { ${MIGRATE}; } catch (error) { console.log(String(error)); } ${QUIT}`);
    const posts = simulator.requestLog.filter(({ method }) => method === 'POST');
    expect(posts.map(({ status }) => status)).toEqual([200, 500]);
    expect(out).toContain('VM is locked (migrate)');
  });
});

describe('curl', () => {
  const authorization = `Authorization: PVEAPIToken=${DEFAULT_TOKEN.id}=${DEFAULT_TOKEN.secret}`;
  const signedIn = ['-H', authorization];
  const BY_CURL: readonly (readonly string[])[] = [
    ['/version'],
    ['/version', ...signedIn],
    ['/cluster/status', ...signedIn],
    ['/cluster/resources?type=node', ...signedIn],
    ['/cluster/resources?type=nodes', ...signedIn],
    ['/nodes/pve1/qemu/999/config', ...signedIn],
    ['/nodes/pve9/status', ...signedIn],
    ['/no/such/path', ...signedIn],
    ['/access/ticket', '-d', 'username=root@pam', '--data-urlencode', `password=${DEFAULT_USER.password}`],
    ['/access/ticket', '-d', 'username=root@pam', '-d', 'password=wrong'],
    ['/nodes/pve1/qemu/101/migrate', '-d', 'target=pve1', ...signedIn],
    ['/nodes/pve1/qemu/101/migrate', '-d', 'target=pve2', ...signedIn],
    ['/nodes/pve1/qemu/101/migrate', '-d', 'target=pve2', '-d', 'online=1', ...signedIn],
    ['/nodes/pve1/qemu/101/status/stop', '-X', 'POST', ...signedIn],
    ['/version', '-X', 'PATCH', ...signedIn],
    ['/version', '-X', 'DELETE', '-d', 'x=1', ...signedIn],
  ];

  it('shows every answer as it goes over the wire', { timeout: PATIENCE }, async () => {
    const transcript: string[] = [];
    for (const [target = '', ...args] of BY_CURL) {
      const url = `https://${place().host}:${place().port}/api2/json${target}`;
      const { code, out, err } = await ran('curl', ['-sS', '-i', '--cacert', ca, ...args, url]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const shown = args.map((arg) => (arg === authorization ? '"$TOKEN"' : arg)).join(' ');
      transcript.push(`$ curl -i ${[shown, target].filter((part) => part !== '').join(' ')}\n${normalised(out)}\n`);
    }
    await expect(transcript.join('\n')).toMatchFileSnapshot('golden/proxmox-curl.txt');
  });
});

/** Without what differs from run to run: times, process numbers, keys, figures that move. */
function normalised(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/^(Date|Expires): .*$/gm, '$1: DATE')
    .replaceAll(/^Content-Length: \d+$/gm, 'Content-Length: N')
    .replaceAll(/UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:/g, 'UPID:pve1:PID:PSTART:START:')
    .replaceAll(/"(ticket|CSRFPreventionToken)":"[^"]*"/g, '"$1":"..."')
    .replaceAll(/"(cpu|mem|uptime)":[\d.e+-]+/g, '"$1":N')
    .trimEnd();
}
