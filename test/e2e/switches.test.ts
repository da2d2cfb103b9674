import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseConfig } from '@ballast/config';
import type { RoundReport } from '@ballast/core';
import { putService, Registry, restServer } from '@ballast/flow-manager';
import { startOperator } from '@ballast/operator-app';
import { changeGuest, demoWorld, type Simulator, startSimulator } from '@ballast/pve-simulator';
import { createLogger } from '@ballast/telemetry';
import { LineSink } from '@ballast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { weightsOf } from '../../packages/targets/test/ryu/groups.ts';
import { RunningRyu } from '../../packages/targets/test/ryu/running.ts';

// The operator over switches: the REST API of a flow manager, and a controller of the kind of Ryu with a real Open
// vSwitch behind it. The cluster is simulated.

const TOKEN = { id: 'ballast@pve!e2e', secret: '9b1f2c58-1f4b-4f38-8f1e-51f1c0a8d7e3' };
const FABRIC_TOKEN = 'a-token-of-the-fabric';
/** The guest that tells no address. */
const SILENT = 102;
const GROUP = 50;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const addressOf = (guest: number): string => `10.7.0.${guest}`;

/** The shop in sale, whose guests tell their addresses, but for one. */
async function aCluster(): Promise<Simulator> {
  const world = demoWorld(1);
  const told = world.guests.reduce(
    (next, { id }) =>
      changeGuest(next, id, (guest) => ({ ...guest, agent: true, addresses: id === SILENT ? [] : [addressOf(id)] })),
    world,
  );
  const simulator = await startSimulator({ world: told, speed: 10, tokens: [TOKEN] });
  closing.push(() => simulator.stop());
  return simulator;
}

/** A flow manager's REST API, with a service that somebody else has made. */
async function aFlowManager(): Promise<{ readonly registry: Registry; readonly url: string }> {
  const registry = new Registry();
  const vip = { address: '10.0.0.99', port: 25 };
  const members = [{ guest: 900, address: '10.7.0.200', port: 25 }];
  registry.change((state) => putService(state, { name: 'mail', vip, protocol: 'tcp', algorithm: 'weighted', members }));
  const server = restServer({ registry, switches: () => [], token: FABRIC_TOKEN });
  closing.push(() => server.close());
  return { registry, url: await server.listen({ host: '127.0.0.1', port: 0 }) };
}

/** Rounds, one a second, until the test ends. */
async function operate(
  mode: string,
  { urls, fingerprint }: Simulator,
  services: string,
): Promise<readonly RoundReport[]> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'switches-'));
  closing.push(() => rm(directory, { recursive: true, force: true }));
  const text = `
cluster:
  name: shop
  endpoints: [${urls.join(', ')}]
  auth: { token: ${TOKEN.id}, secret: "\${env:TOKEN}" }
  tls: { fingerprint: "${fingerprint}" }
mode: ${mode}
schedule: "* * * * * *"
${services}
listen: { port: 0 }
state: { directory: ${directory} }
grace: 1s
`;
  const env = { TOKEN: TOKEN.secret, FABRIC: FABRIC_TOKEN };
  const config = parseConfig(text, { file: 'switches.yaml', env, readSecret: () => '' });
  const reports: RoundReport[] = [];
  const sink = new LineSink();
  const log = createLogger({ level: 'info', format: 'json', destination: sink });
  const running = await startOperator(config, { log, onReport: (report) => reports.push(report) });
  closing.push(async () => {
    await running.stop();
    expect(sink.lines.join('')).not.toContain(FABRIC_TOKEN);
  });
  return reports;
}

const onFabric = (url: string): string => `
services:
  - name: orders
    port: 8080
    protocol: http
    members: { tags: [orders] }
    vip: { address: 10.0.0.50, port: 80 }
    algorithm: least-connections
    monitor: { type: http }
    targets: [fabric]
targets:
  - { name: fabric, kind: flow-manager, url: "${url}", token: "\${env:FABRIC}" }
`;

describe('a flow manager', () => {
  it('gets the service with its members, and weights that follow the load of the hosts', async () => {
    const [simulator, { registry, url }] = [await aCluster(), await aFlowManager()];
    const others = registry.state.services.get('mail');
    const reports = await operate('auto', simulator, onFabric(url));
    const weights = (): ReadonlyMap<number, number> =>
      new Map(registry.state.services.get('orders')?.service.members.map(({ guest, weight }) => [guest, weight]) ?? []);
    // 101 is on the hot node.
    await expect.poll(() => weights().get(101) ?? 1, { timeout: 20_000, interval: 100 }).toBeLessThan(0.9);
    expect(weights().get(105)).toBeGreaterThan(weights().get(101) ?? 1);
    const service = registry.state.services.get('orders');
    expect(service).toMatchObject({
      service: { vip: { address: '10.0.0.50', port: 80 }, protocol: 'tcp', algorithm: 'least-connections' },
      monitor: { type: 'http', http: { path: '/' } },
    });
    const guests = simulator.world.guests.filter(({ tags, id }) => tags.includes('orders') && id !== SILENT);
    expect(service?.service.members.map(({ guest, address, port }) => [guest, address, port])).toEqual(
      guests.map(({ id }) => [id, addressOf(id), 8080]),
    );
    expect(registry.state.services.get('mail')).toBe(others);
    await expect.poll(() => reports.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const problems = reports.flatMap(({ targets }) => targets.flatMap((target) => target.problems));
    expect(new Set(problems.map(({ code, guest }) => `${code} ${guest}`))).toEqual(
      new Set([`flow-manager-no-address ${SILENT}`]),
    );
  }, 60_000);

  it('gets nothing in advise', async () => {
    const [simulator, { registry, url }] = [await aCluster(), await aFlowManager()];
    const reports = await operate('advise', simulator, onFabric(url));
    await expect.poll(() => reports.length, { timeout: 20_000 }).toBeGreaterThan(2);
    expect([...registry.state.services.keys()]).toEqual(['mail']);
  }, 60_000);
});

describe('a Ryu', () => {
  it('has the weights in the group of a real switch, by the addresses of guests', async () => {
    const ryu = await RunningRyu.start({ 19: 'OpenFlow13' });
    closing.push(() => ryu.stop());
    const [bridge = ''] = ryu.bridges;
    const simulator = await aCluster();
    const guests = simulator.world.guests.filter(({ tags }) => tags.includes('payments')).map(({ id }) => id);
    const buckets = guests.map((id) => `bucket=weight:1,set_field:${addressOf(id)}->ip_dst,output:${id}`);
    await ryu.ovs.ofctl(bridge, 'add-group', [`group_id=${GROUP},type=select`, ...buckets].join(','));
    const reports = await operate(
      'auto',
      simulator,
      `
services:
  - { name: payments, port: 80, members: { tags: [payments] }, targets: [{ name: ryu1, group: ${GROUP} }] }
targets:
  - { name: ryu1, kind: ryu, url: "${ryu.url}", datapaths: ["0000000000000013"] }
`,
    );
    const weights = (): Promise<readonly number[]> => weightsOf(ryu.ovs, bridge, GROUP);
    await expect
      .poll(async () => Math.min(...(await weights())) / 65_535, { timeout: 20_000, interval: 200 })
      .toSatisfy((least: number) => least > 0.1 && least < 0.9);
    expect(Math.max(...(await weights()))).toBe(65_535);
    expect((await weights())[0]).toBeLessThan(65_535);
    expect(reports.flatMap(({ targets }) => targets.flatMap((target) => target.problems))).toEqual([]);
  }, 90_000);
});
