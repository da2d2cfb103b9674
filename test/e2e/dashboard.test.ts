import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '@ballast/config';
import { hasArrived, type RoundReport } from '@ballast/core';
import { demoWorld, type Simulator, startSimulator } from '@ballast/pve-simulator';
import { createLogger } from '@ballast/telemetry';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startOperator } from '../../apps/operator/src/index.ts';
import { type DashboardFile, numbersOf, queriesOf, variablesOf } from './panels.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from './prometheus.ts';

// Every panel and every alert, asked of a real Prometheus that scraped the operator while it had something to tell:
// a hot node, a guest that may not leave it, migrations, a target that is gone, and an API that failed for a while.

const INFRA = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../infra');
const RULES = path.join(INFRA, 'prometheus/rules/ballast.yaml');
const DASHBOARD = JSON.parse(
  readFileSync(path.join(INFRA, 'grafana/dashboards/overview.json'), 'utf8'),
) as DashboardFile;
const QUERIES = queriesOf(DASHBOARD);
const TOKEN = { id: 'ballast@pve!dashboard', secret: '0d6f7a52-93c1-4f0e-8a35-b7c2e41d9f60' };

const closing: (() => Promise<unknown>)[] = [];
let prometheus: Prometheus;
let start = 0;

function configText({ urls, fingerprint }: Simulator, directory: string): string {
  return `
cluster:
  name: shop
  endpoints: [${urls.join(', ')}]
  auth: { token: ${TOKEN.id}, secret: "\${env:TOKEN}" }
  tls: { fingerprint: "${fingerprint}" }
  retries: 0
mode: auto
schedule: "* * * * * *"
balance: { network: { capacity: 10 Gbit/s } }
rules:
  - { name: keep, kind: ignore, match: { guests: [orders-01] } }
services:
  - { name: orders, port: 80, members: { tags: [orders] }, targets: [gone] }
targets:
  - { name: gone, kind: haproxy, socket: ${directory}/gone.sock }
listen: { port: 0 }
state: { directory: ${directory} }
grace: 1s
`;
}

/** The operator at work on a simulated shop; it ends once a round failed, and a migration was carried out and verified. */
async function eventfulOperator(): Promise<void> {
  // A migration takes some seconds: what is so only while it runs is scraped at least once.
  const simulator = await startSimulator({ world: demoWorld(1), speed: 5, tokens: [TOKEN] });
  closing.push(() => simulator.stop());
  const directory = await mkdtemp(path.join(os.tmpdir(), 'dashboard-'));
  closing.push(() => rm(directory, { recursive: true, force: true }));
  const config = parseConfig(configText(simulator, directory), {
    file: 'dashboard.yaml',
    env: { TOKEN: TOKEN.secret },
    readSecret: () => '',
  });
  const reports: RoundReport[] = [];
  const heal = simulator.fail({ kind: 'entry-down', entry: 0 });
  const running = await startOperator(config, {
    log: createLogger({ level: 'silent', format: 'json' }),
    onReport: (report) => reports.push(report),
  });
  closing.push(() => running.stop());
  prometheus = await startPrometheus(new URL(running.url).host, RULES);
  closing.push(() => prometheus.stop());
  await until('a round fails', () => reports.some(({ outcome }) => outcome === 'failed'));
  // What happened before the first scrape is no increase.
  await prometheus.untilHolds('ballast_rounds_total{outcome="failed"} > 0');
  heal();
  await until('a migration is done', () => reports.some(({ steps }) => steps.some(({ state }) => hasArrived(state))));
  await prometheus.untilHolds('ballast_migrations_total{outcome="done"} > 0');
  await prometheus.untilHolds('sum(ballast_migrations_verified_total) > 0');
  // Rates are measured over half a minute.
  await prometheus.untilHolds('ballast_node_traffic_bytes_per_second > 0');
}

function until(what: string, happened: () => boolean): Promise<void> {
  const check = (): void => {
    if (!happened()) throw new Error(`Waited in vain: ${what}.`);
  };
  return vi.waitFor(check, { timeout: 60_000, interval: 100 });
}

describe.skipIf(!hasPrometheus)('the dashboard, on a real Prometheus', () => {
  beforeAll(async () => {
    start = Date.now() / 1000;
    await eventfulOperator();
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

  it('loads every alert, evaluates it without an error, and sees the target that is gone', async () => {
    const read = async (): Promise<readonly { name: string; health: string; state: string; lastError?: string }[]> => {
      const { groups } = (await prometheus.ask('rules')) as { groups: { rules: [] }[] };
      return groups.flatMap((group) => group.rules);
    };
    await expect
      .poll(async () => (await read()).map(({ health }) => health), { timeout: 15_000 })
      .not.toContain('unknown');
    const rules = await read();
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.find(({ name }) => name === 'BallastTargetDown')?.state).toBe('pending');
    expect(rules.find(({ name }) => name === 'BallastDown')?.state).toBe('inactive');
  });
});
