import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseFlowManagerConfig } from '@ballast/config';
import { canHaveFabric, Fabric, type Host, PROGRAMS } from '@ballast/ovs-lab';
import { createLogger } from '@ballast/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowManager } from '../../apps/flow-manager/src/index.ts';
import { type DashboardFile, numbersOf, queriesOf, variablesOf } from './panels.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from './prometheus.ts';

// Every panel and every alert of the flow manager, asked of a real Prometheus that scraped it while it had something to
// tell: a real switch that connects, restarts and hands packets over, members of which one dies, and a sender that was
// fenced off.

const INFRA = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../infra');
const DASHBOARD = JSON.parse(
  readFileSync(path.join(INFRA, 'grafana/dashboards/flow-manager.json'), 'utf8'),
) as DashboardFile;
const QUERIES = queriesOf(DASHBOARD);
const BRIDGE = 'br0';

const closing: (() => Promise<unknown>)[] = [];
let prometheus: Prometheus;
let start = 0;

function configText(fabric: Fabric, members: readonly Host[], directory: string): string {
  const pool = members.map(({ address }, i) => `{ guest: ${101 + i}, address: ${address}, port: 8080 }`).join(', ');
  const monitor = '{ type: tcp, delay: 200ms, timeout: 200ms, maxRetries: 1, maxRetriesDown: 1 }';
  const vip = fabric.network.address(100);
  return `
listen: { host: ${fabric.controlAddress}, port: 0, insecure: true }
rest: { port: 0 }
state: { directory: ${directory} }
guestPorts: "^v-"
services:
  - { name: shop, vip: { address: ${vip}, port: 80 }, monitor: ${monitor}, members: [${pool}] }
  - { name: api, vip: { address: ${vip}, port: 81 }, algorithm: least-connections, members: [${pool}] }
`;
}

async function putWeights(url: string, fencing: string): Promise<number> {
  const body = JSON.stringify({ fencing, members: [{ guest: 101, weight: 0.5 }] });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}/v1/services/shop/weights`, { method: 'PUT', headers, body })).status;
}

/** A flow manager at work on a real switch; returns once Prometheus has seen what is to be seen. */
async function eventfulFlowManager(): Promise<void> {
  const fabric = new Fabric({ bridges: [BRIDGE], joined: true });
  closing.push(() => fabric.stop());
  await fabric.start();
  const members = [await fabric.host('b1', 11), await fabric.host('b2', 12)];
  for (const host of members) await fabric.program(host, PROGRAMS.member, host.name, '8080').line();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'flow-manager-'));
  closing.push(() => rm(directory, { recursive: true, force: true }));
  const config = parseFlowManagerConfig(configText(fabric, members, directory), {
    file: 'flow-manager.yaml',
    env: {},
    readSecret: () => '',
  });
  const running = await startFlowManager(config, { log: createLogger({ level: 'silent', format: 'json' }) });
  closing.push(() => running.stop());
  const rules = path.join(INFRA, 'prometheus/rules/flow-manager.yaml');
  prometheus = await startPrometheus(new URL(running.url).host, rules, 'ballast-flow-manager');
  closing.push(() => prometheus.stop());
  // What happened before the first scrape is no increase.
  await prometheus.untilHolds('ballast_flow_manager_services == 2');
  const { host, port } = running.switches;
  await fabric.connect([`tcp:${host}:${port}`]);
  for (const member of members) await fabric.announce(member);
  await prometheus.untilHolds('ballast_flow_manager_switch_settled == 1');
  await prometheus.untilHolds('sum(ballast_flow_manager_member_placed) == 4');
  expect([await putWeights(running.url, '5'), await putWeights(running.url, '4')]).toEqual([200, 409]);
  // Who comes to the port of switches and is none is a failure with a code.
  connect({ host, port })
    .on('error', () => undefined)
    .end('GET / HTTP/1.1\r\n\r\n');
  await fabric.restart(BRIDGE);
  await prometheus.untilHolds('ballast_flow_manager_switch_connects_total == 2');
  if (members[1] !== undefined) await fabric.cut(members[1]);
  await prometheus.untilHolds('ballast_flow_manager_member_up{service="shop",guest="102"} == 0');
  await prometheus.untilHolds('ballast_flow_manager_fenced_total == 1');
  await prometheus.untilHolds('ballast_flow_manager_failures_total{code="channel-not-openflow"} == 1');
}

describe.skipIf(!hasPrometheus || !canHaveFabric().possible)('the flow manager, on a real Prometheus', () => {
  beforeAll(async () => {
    start = Date.now() / 1000;
    await eventfulFlowManager();
  }, 120_000);
  afterAll(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it.each(QUERIES)('$panel, query $refId, shows something', async (query) => {
    const variables = await variablesOf(DASHBOARD, prometheus);
    const numbers = (): Promise<number> =>
      numbersOf(query, variables, prometheus, { start, end: Math.ceil(Date.now() / 1000) });
    // Prometheus is a scrape or two behind.
    await expect.poll(numbers, { timeout: 15_000, interval: 500 }).toBeGreaterThan(0);
  });

  it('counters of the switch went on when it connected again', async () => {
    const { result } = (await prometheus.ask('query', {
      query: 'sum(resets(ballast_flow_manager_channel_bytes_total[5m]))',
    })) as { readonly result: readonly { readonly value: readonly [number, string] }[] };
    expect(result.map(({ value }) => value[1])).toEqual(['0']);
  });

  it('loads every alert, evaluates it without an error, and sees the member that is down', async () => {
    const read = async (): Promise<readonly { name: string; health: string; state: string }[]> => {
      const { groups } = (await prometheus.ask('rules')) as { groups: { rules: [] }[] };
      return groups.flatMap((group) => group.rules);
    };
    await expect
      .poll(async () => (await read()).map(({ health }) => health), { timeout: 15_000 })
      .not.toContain('unknown');
    const rules = await read();
    expect(rules.length).toBeGreaterThan(9);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    const stateOf = async (alert: string): Promise<string | undefined> =>
      (await read()).find(({ name }) => name === alert)?.state;
    // Rules are evaluated a while after the scrape that tells.
    await expect.poll(() => stateOf('BallastFlowManagerMemberDown'), { timeout: 15_000 }).toMatch(/pending|firing/);
    expect(await stateOf('BallastFlowManagerServiceDown')).toBe('inactive');
  });
});
