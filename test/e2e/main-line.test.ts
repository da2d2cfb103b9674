import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseConfig } from '@ballast/config';
import type { RoundReport } from '@ballast/core';
import { systemClock } from '@ballast/operator';
import { type RunningOperator, startOperator } from '@ballast/operator-app';
import { demoWorld, type Simulator, startSimulator } from '@ballast/pve-simulator';
import { type LaunchedBackend, type RunningHaproxy, startHaproxy } from '@ballast/targets';
import { createLogger } from '@ballast/telemetry';
import { LineSink } from '@ballast/testkit';
import { afterEach, describe, expect, it } from 'vitest';

// The whole line on real parts: HTTPS to a simulated cluster, a real HAProxy, the service as it runs in production.

const TOKEN = { id: 'ballast@pve!e2e', secret: '9b1f2c58-1f4b-4f38-8f1e-51f1c0a8d7e3' };
const SERVICES = ['orders', 'payments'];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Line {
  readonly simulator: Simulator;
  readonly haproxy: RunningHaproxy;
  readonly running: RunningOperator;
  readonly reports: RoundReport[];
  readonly logged: string[];
}

async function startLine(mode: 'advise' | 'auto'): Promise<Line> {
  const simulator = await startSimulator({ world: demoWorld(1), speed: 10, tokens: [TOKEN] });
  closing.push(() => simulator.stop());
  const backends: LaunchedBackend[] = SERVICES.map((name) => ({
    name,
    servers: simulator.world.guests
      .filter((guest) => guest.tags.includes(name))
      .map((guest) => ({ name: guest.name, port: 9, weight: 100 })),
  }));
  const haproxy = await startHaproxy({ backends, clock: systemClock });
  closing.push(() => haproxy.stop());
  const directory = await mkdtemp(path.join(os.tmpdir(), 'line-'));
  closing.push(() => rm(directory, { recursive: true, force: true }));
  const config = parseConfig(configText(mode, simulator, haproxy.socket.path, directory), {
    file: 'line.yaml',
    env: { TOKEN: TOKEN.secret },
    readSecret: () => '',
  });
  const reports: RoundReport[] = [];
  const sink = new LineSink();
  const log = createLogger({ level: 'info', format: 'json', destination: sink });
  const running = await startOperator(config, { log, onReport: (report) => reports.push(report) });
  closing.push(() => running.stop());
  return { simulator, haproxy, running, reports, logged: sink.lines };
}

function configText(mode: string, { urls, fingerprint }: Simulator, socket: string, directory: string): string {
  return `
cluster:
  name: shop
  endpoints: [${urls.join(', ')}]
  auth: { token: ${TOKEN.id}, secret: "\${env:TOKEN}" }
  tls: { fingerprint: "${fingerprint}" }
mode: ${mode}
schedule: "* * * * * *"
services:
${SERVICES.map((name) => `  - { name: ${name}, port: 80, members: { tags: [${name}] }, targets: [edge] }`).join('\n')}
targets:
  - { name: edge, kind: haproxy, socket: ${socket} }
listen: { port: 0 }
state: { directory: ${directory} }
grace: 1s
`;
}

/** Weights that HAProxy itself tells, by server. */
async function weightsOf({ haproxy }: Line): Promise<Readonly<Record<string, number>>> {
  const text = await new Promise<string>((resolve, reject) => {
    const socket = createConnection(haproxy.socket.path);
    let answer = '';
    socket.once('error', reject);
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.once('close', () => resolve(answer));
    socket.write('show stat -1 4 -1\n');
  });
  const rows = text.split('\n').map((line) => line.split(','));
  // Columns of `show stat`: 1 is the server's name, 18 its weight.
  return Object.fromEntries(rows.filter((row) => Number(row[18]) >= 0).map((row) => [row[1] ?? '', Number(row[18])]));
}

const hot = ({ simulator }: Line): readonly string[] =>
  simulator.world.nodes.filter((node) => node.activity.granted / node.cores > 0.8).map((node) => node.name);

describe('the line', () => {
  it('relieves the hot node, and lets HAProxy send less to guests on a busy host', async () => {
    const line = await startLine('auto');
    const origin = new Map(line.simulator.world.guests.map((guest) => [guest.name, guest.node]));
    expect(hot(line)).toEqual(['pve1']);
    await expect
      .poll(
        async () => {
          const weights = await weightsOf(line);
          const on = (node: string): number[] =>
            [...origin].filter(([, at]) => at === node).map(([name]) => weights[name] ?? 0);
          return Math.max(...on('pve1')) < Math.max(...on('pve2'));
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true);
    const moved = (): readonly (string | undefined)[] =>
      line.simulator.world.guests
        .filter((guest) => guest.node !== origin.get(guest.name))
        .map((guest) => origin.get(guest.name));
    await expect
      .poll(() => moved().length > 0 && hot(line).length === 0, { timeout: 60_000, interval: 250 })
      .toBe(true);
    expect(new Set(moved())).toEqual(new Set(['pve1']));
    expect(line.reports.filter((report) => report.failure !== undefined)).toEqual([]);
    expect(line.reports.flatMap((report) => report.targets.flatMap((target) => target.problems))).toEqual([]);
  }, 90_000);

  it('mends weights that a reload of HAProxy has lost, in the next round', async () => {
    const line = await startLine('auto');
    const lowered = async (): Promise<boolean> => (await weightsOf(line))['orders-01'] !== 100;
    await expect.poll(lowered, { timeout: 20_000 }).toBe(true);
    await line.haproxy.reload();
    await expect.poll(lowered, { timeout: 20_000 }).toBe(true);
    const mending = line.reports.at(-1)?.targets[0];
    expect(mending?.problems).toEqual([]);
  }, 60_000);

  it('in advise changes nothing at all, and says what it would do', async () => {
    const line = await startLine('advise');
    await expect.poll(() => line.reports.length, { timeout: 20_000 }).toBeGreaterThan(5);
    expect(line.simulator.requestLog.filter((request) => request.method !== 'GET')).toEqual([]);
    expect(Object.values(await weightsOf(line)).filter((weight) => weight !== 100 && weight !== 0)).toEqual([]);
    expect(line.logged.join('')).toContain('advice: move');
  }, 60_000);

  it('serves its metrics and its health, and is gone after a stop', async () => {
    const line = await startLine('auto');
    await expect.poll(() => line.reports.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const get = async (where: string): Promise<{ status: number; text: string }> => {
      const reply = await fetch(`${line.running.url}${where}`);
      return { status: reply.status, text: await reply.text() };
    };
    expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await get('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    expect((await get('/metrics')).text).toContain('ballast_');
    await line.running.stop();
    await expect(fetch(`${line.running.url}/healthz`)).rejects.toThrow('fetch failed');
    expect(line.logged.join('')).not.toContain(TOKEN.secret);
  }, 60_000);
});
