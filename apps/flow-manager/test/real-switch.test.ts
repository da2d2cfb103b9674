import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Fabric, until } from '@ballast/ovs-lab';
import { createLogger } from '@ballast/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFlowManager } from '../src/index.ts';
import { configOf, fileText, serviceLine } from './configs.ts';
import { ask, Program, started } from './program.ts';

/** Without 103. */
const LEFT = ['101 50%', '102'];
const fabric = new Fabric({ bridges: ['br0'], joined: true });
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'ballast-flow-manager-'));
  await fabric.start();
});
afterAll(async () => {
  await fabric.stop();
  await rm(directory, { recursive: true, force: true });
});

test('killed at once after a change and started again, it changes no row of a real switch', {
  timeout: 120_000,
}, async () => {
  const state = path.join(directory, 'state');
  const file = path.join(directory, 'flow-manager.yaml');
  await writeFile(file, fileText(text(0), state));
  const program = new Program(['-c', file]);
  const { url, switches } = await started(program);
  const port = Number(switches.split(':').at(-1));
  await fabric.connect([`tcp:${fabric.controlAddress}:${port}`]);
  await until(async () => (await carried(url)) === (await version(url)), 'the rows of the file');

  // A member leaves while its connections may be open; and newer words than the file's: a weight, and a drain.
  await writeFile(file, fileText(text(0, LEFT), state));
  program.child.kill('SIGHUP');
  await program.told('configuration reloaded');
  const shop = `${url}/v1/services/shop`;
  const weights = { members: [{ guest: 101, weight: 0.2 }], fencing: '7' };
  expect((await ask(`${shop}/weights`, { method: 'PUT', body: weights })).status).toBe(200);
  expect((await ask(`${shop}/members/102/drain`, { method: 'POST' })).status).toBe(200);
  await until(async () => (await carried(url)) === (await version(url)), 'the new weights');
  const rows = await rowsOf();
  expect(rows.groups).toContain('group_id');
  // The way back of the one that has left.
  expect(rows.flows).toContain('10.9.0.13');
  const found = await version(url);
  await program.end('SIGKILL');
  expect(await rowsOf()).toEqual(rows);

  const log = createLogger({ level: 'silent', format: 'json' });
  const again = await startFlowManager(configOf(text(port, LEFT), state), { log });
  try {
    expect(again.registry.state.version).toBe(found);
    await until(async () => (await carried(again.url)) === found, 'the switch to come again', 30_000);
    await again.balancer.settled();
    expect(await rowsOf()).toEqual(rows);
    const { text: metrics } = await ask(`${again.url}/metrics`);
    const changes = [...metrics.matchAll(/^ballast_flow_manager_row_changes_total\{.*\} (\d+)$/gm)];
    expect(changes.map(([, count]) => count)).toEqual(['0', '0', '0', '0', '0', '0']);
    // The old leader's token is known: who is behind it is refused.
    const late = await ask(`${again.url}/v1/services/shop/weights`, {
      method: 'PUT',
      body: { ...weights, fencing: '6' },
    });
    expect(late.status).toBe(409);

    // The same row in words, from the switch.
    const { body } = await ask(`${again.url}/v1/switches/1/flows`);
    expect(
      body.flows.filter(({ service }: { readonly service?: string }) => service === 'shop').length,
    ).toBeGreaterThan(2);
  } finally {
    await again.stop();
  }
  // Whoever ends properly leaves them, too.
  expect(await rowsOf()).toEqual(rows);
});

test('of two that run, the one with the newer generation leads; the other is told so', {
  timeout: 60_000,
}, async () => {
  const log = createLogger({ level: 'silent', format: 'json' });
  const both = await Promise.all(
    ['one', 'other'].map((name) => startFlowManager(configOf(text(0), path.join(directory, name)), { log })),
  );
  const [one, other] = both.map(({ url }) => `${url}/v1/role`);
  try {
    await fabric.connect(both.map(({ switches }) => `tcp:${switches.host}:${switches.port}`));
    await until(() => both.every(({ balancer }) => balancer.switches().length === 1), 'the switch at both');
    const take = (url: string | undefined, generation: string): ReturnType<typeof ask> =>
      ask(url ?? '', { method: 'PUT', body: { role: 'master', generation } });
    const granted = { status: 200, body: { switches: [{ id: '0000000000000001', role: 'master' }] } };
    expect(await take(one, '5')).toMatchObject(granted);
    expect(await take(other, '9')).toMatchObject(granted);
    // 6 is newer than its own 5, and older than what the switch has seen.
    expect(await take(one, '6')).toMatchObject({ status: 409, body: { code: 'switch-stale-generation' } });
    expect((await ask(one ?? '')).body).toMatchObject({ role: 'slave', switches: [{ role: 'slave' }] });
    expect((await ask(other ?? '')).body).toMatchObject({ role: 'master', switches: [{ role: 'master' }] });
    expect(await take(one, '10')).toMatchObject(granted);
  } finally {
    await Promise.all(both.map((running) => running.stop()));
  }
});

/** A service at ports of the switch. */
function text(port: number, members: readonly string[] = ['101 50%', '102', '103']): string {
  const places = [101, 102, 103].map(
    (guest) =>
      `  - { address: 10.9.0.${guest - 90}, mac: "02:00:00:00:00:${guest - 90}", at: { switch: "1", port: ${guest - 100} } }\n`,
  );
  return [
    `listen: { host: ${fabric.controlAddress}, port: ${port}, insecure: true }\n`,
    'rest: { port: 0 }\n',
    `services:\n${serviceLine('shop', '10.9.0.100', ...members)}`,
    `placements:\n${places.join('')}`,
  ].join('');
}

/** What the switch has, without counters. */
async function rowsOf(): Promise<{ readonly flows: string; readonly groups: string }> {
  const lines = async (command: string, ...options: readonly string[]): Promise<string> => {
    const dump = await fabric.ofctl('br0', command, ...options);
    return dump.replaceAll(/ \(OF1\.\d\) \(xid=0x[0-9a-f]+\)/g, '');
  };
  return { flows: await lines('dump-flows', '--no-stats'), groups: await lines('dump-groups') };
}

async function carried(url: string): Promise<number | undefined> {
  return (await ask(`${url}/v1/switches`)).body.switches[0]?.carries;
}

async function version(url: string): Promise<number> {
  return (await ask(`${url}/v1/services`)).body.version;
}
