import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Assessment, Plan, RoundReport, StepReport } from '@ballast/core';
import { GIB } from '@ballast/core';
import { aGuest, aMigration, aNode, aSnapshot, someWeights, T0 } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { createMetrics, METRICS, type MetricDefinition, type Metrics } from '../src/index.ts';

function assessed(names: readonly string[]): Assessment {
  const nodes = names.map((name) => aNode(name, { cpu: 0.9, memory: 0.4 }));
  return {
    snapshot: aSnapshot({ nodes }),
    nodes: nodes.map((node) => ({
      node,
      usage: node.usage,
      utilization: { cpu: 0.9, memory: 0.4 },
      class: 'over',
      hot: ['cpu'],
      roundsOver: 3,
      pressure: 0.25,
    })),
    guests: [
      aGuest(101, 'pve1'),
      aGuest(102, 'pve1', {}, { status: 'stopped' }),
      aGuest(103, 'pve2'),
      aGuest(104, 'pve1'),
    ].map((guest) => ({
      guest,
      usage: guest.usage,
      blockers: [],
      ...(guest.id === 103 ? {} : { traffic: { received: 5e6, sent: guest.id * 1e6 } }),
    })),
  };
}

const aPlan: Plan = {
  id: 'p',
  snapshotId: 's',
  decidedAt: T0,
  steps: [aMigration(101, 'pve1', 'pve2')],
  blocked: [
    { guest: 103, code: 'cool-down', detail: 'a' },
    { guest: 103, code: 'cool-down', detail: 'b' },
  ],
  before: [],
  after: [],
  unresolved: [],
};

function aRound(fields: Partial<RoundReport> = {}): RoundReport {
  return {
    round: 'r1',
    mode: 'auto',
    startedAt: T0,
    duration: 1200,
    outcome: 'completed',
    assessment: assessed(['pve1', 'pve2']),
    plan: aPlan,
    weights: { snapshotId: 's', decidedAt: T0, services: [someWeights('shop', { 101: 0.5 })] },
    targets: [
      {
        target: 'edge',
        kind: 'haproxy',
        changed: [{ service: 'shop', guest: 101, handle: 'shop/a', before: 256, after: 128, state: 'ready' }],
        unchanged: 2,
        problems: [{ code: 'server-unknown', message: 'x', guest: 102 }],
        duration: 4,
      },
    ],
    steps: [],
    ...fields,
  };
}

const done: StepReport = {
  step: aMigration(101, 'pve1', 'pve2'),
  state: 'done',
  startedAt: T0,
  endedAt: T0 + 58_000,
  outcome: { result: 'done', detail: 'OK', transferred: 6 * GIB },
};

/** The value of a series; undefined when there is none. */
async function readingOf(metrics: Metrics, series: string): Promise<number | undefined> {
  const line = (await metrics.render()).split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Everything that can be told, told. */
function told(): Metrics {
  const metrics = createMetrics({ version: '1.2.3' });
  metrics.recordRound(aRound());
  const failure = { stage: 'observe', code: 'pve-unreachable', message: 'x' } as const;
  metrics.recordRound(aRound({ outcome: 'failed', failure }));
  metrics.recordRequest({ method: 'get', path: '/api2/json/cluster/resources', status: 200, duration: 12 });
  metrics.recordRequest({ method: 'get', path: '/cluster/resources', status: 'error', duration: 5000 });
  metrics.recordPutOff(7);
  metrics.recordRound(aRound());
  metrics.recordSkipped();
  metrics.recordMigration({ ...done, state: 'running' });
  metrics.recordMigration(done);
  metrics.recordOverdue();
  metrics.recordVerification({ expected: { from: 0.2, to: 0.2 }, observed: { from: 0.17, to: 0.2 }, kept: true });
  return metrics;
}

const promtool = spawnSync('promtool', ['--version']).error === undefined;

describe('what Prometheus reads', () => {
  it.skipIf(!promtool)('passes promtool check metrics', async () => {
    const text = await told().render();
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text }).toString()).toBe('');
  });

  it('holds every metric of the names file, with its help and exactly its labels', async () => {
    const text = await told().render();
    const definitions: readonly MetricDefinition[] = Object.values(METRICS);
    for (const { name, help, labels } of definitions) {
      expect(text).toContain(`# HELP ${name} ${help}`);
      const series = new RegExp(`^${name}(?:_bucket|_count|_sum)?(?:\\{([^}]*)\\})? `, 'm').exec(text);
      expect(series).not.toBeNull();
      const found = [...(series?.[1] ?? '').matchAll(/(\w+)="/g)]
        .map((match) => match[1])
        .filter((label) => label !== 'le');
      expect(found.toSorted()).toEqual([...labels].toSorted());
    }
    const names = [...text.matchAll(/^# HELP (ballast_\w+)/gm)].map((match) => match[1]);
    expect(names.toSorted()).toEqual(definitions.map(({ name }) => name).toSorted());
  });

  it('stands in docs/reports.md, as the names file has it', () => {
    const docs = readFileSync(new URL('../../../docs/reports.md', import.meta.url), 'utf8');
    const definitions: readonly MetricDefinition[] = Object.values(METRICS);
    const rows = definitions.map(({ name, help, labels }) => `| \`${name}\` | ${labels.join(', ')} | ${help} |`);
    const written = docs.split('\n').filter((line) => /^\| `ballast_(?!flow_manager_)/.test(line));
    expect(written).toEqual(rows);
  });

  it.each([
    ['ballast_build_info{version="1.2.3"}', 1],
    ['ballast_mode_info{mode="auto"}', 1],
    ['ballast_rounds_total{outcome="completed"}', 2],
    ['ballast_rounds_total{outcome="failed"}', 1],
    ['ballast_rounds_total{outcome="aborted"}', 0],
    ['ballast_round_duration_seconds_sum{outcome="completed"}', 2.4],
    ['ballast_round_failures_total{stage="observe",code="pve-unreachable"}', 1],
    ['ballast_rounds_skipped_total', 1],
    ['ballast_last_round_timestamp_seconds', (T0 + 1200) / 1000],
    ['ballast_node_utilization_ratio{node="pve1",resource="cpu"}', 0.9],
    ['ballast_node_class{node="pve1",class="over"}', 1],
    ['ballast_node_class{node="pve1",class="under"}', 0],
    ['ballast_node_pressure_ratio{node="pve2"}', 0.25],
    ['ballast_node_guests{node="pve1"}', 2],
    ['ballast_node_traffic_bytes_per_second{node="pve1",direction="received"}', 10e6],
    ['ballast_node_traffic_bytes_per_second{node="pve1",direction="sent"}', 205e6],
    ['ballast_plan_steps{reason="relieve-cpu"}', 1],
    ['ballast_plan_steps{reason="maintenance"}', 0],
    ['ballast_plan_decision{decision="migrate"}', 1],
    ['ballast_guests_blocked{code="cool-down"}', 1],
    ['ballast_migrations_total{reason="relieve-cpu",outcome="done"}', 1],
    ['ballast_migrations_total{reason="mend-rule",outcome="failed"}', 0],
    ['ballast_migrations_running', 0],
    ['ballast_migration_duration_seconds_sum', 58],
    ['ballast_migrated_bytes_total', 6 * GIB],
    ['ballast_weight_changes_total{target="edge"}', 3],
    ['ballast_target_problems_total{target="edge",code="server-unknown"}', 3],
    ['ballast_proxmox_requests_total{method="GET",path="/cluster/resources",status="200"}', 1],
    ['ballast_proxmox_requests_total{method="GET",path="/cluster/resources",status="error"}', 1],
    ['ballast_proxmox_request_duration_seconds_count', 2],
    ['ballast_proxmox_round_requests', 2],
    ['ballast_proxmox_inspections_put_off_total', 7],
  ])('%s is %d', async (series, value) => {
    expect(await readingOf(told(), series)).toBeCloseTo(value, 9);
  });
});

describe('series come and go with what they tell of', () => {
  it('a node that left the cluster is gone', async () => {
    const metrics = told();
    metrics.recordRound(aRound({ assessment: assessed(['pve2']) }));
    const text = await metrics.render();
    expect(text).not.toContain('node="pve1"');
    expect(text).toContain('node="pve2"');
  });

  it('a node of whose guests no traffic was measured has none', async () => {
    const metrics = told();
    expect(await readingOf(metrics, 'ballast_node_guests{node="pve2"}')).toBe(1);
    expect(await metrics.render()).not.toMatch(/^ballast_node_traffic_bytes_per_second\{node="pve2"/m);
  });

  it('a failed round leaves no loads behind that nobody saw', async () => {
    const metrics = told();
    const {
      assessment: _assessment,
      plan: _plan,
      weights: _weights,
      ...blind
    } = aRound({ outcome: 'failed', targets: [] });
    metrics.recordRound(blind);
    const text = await metrics.render();
    expect(text).not.toMatch(/^ballast_node_utilization_ratio\{/m);
    expect(text).not.toMatch(/^ballast_plan_steps\{/m);
    expect(text).toMatch(/^ballast_weight\{/m);
  });

  it('whether a window is open, by the last round that was completed', async () => {
    const metrics = createMetrics({ version: '1' });
    expect(await readingOf(metrics, 'ballast_window_open')).toBe(1);
    metrics.recordRound(aRound({ closed: {} }));
    expect(await readingOf(metrics, 'ballast_window_open')).toBe(0);
    metrics.recordRound(aRound({ outcome: 'failed' }));
    expect(await readingOf(metrics, 'ballast_window_open')).toBe(0);
    metrics.recordRound(aRound());
    expect(await readingOf(metrics, 'ballast_window_open')).toBe(1);
  });

  it('one mode at a time', async () => {
    const metrics = createMetrics({ version: '1' });
    metrics.setMode('auto');
    metrics.setMode('advise');
    expect(await readingOf(metrics, 'ballast_mode_info{mode="advise"}')).toBe(1);
    expect(await readingOf(metrics, 'ballast_mode_info{mode="auto"}')).toBeUndefined();
  });

  it('migrations that run are counted until they end', async () => {
    const metrics = createMetrics({ version: '1' });
    metrics.recordMigration({ ...done, state: 'running' });
    expect(await readingOf(metrics, 'ballast_migrations_running')).toBe(1);
    metrics.recordMigration(done);
    expect(await readingOf(metrics, 'ballast_migrations_running')).toBe(0);
  });

  it('two operators in a process share no number', async () => {
    const [one, two] = [createMetrics({ version: '1' }), createMetrics({ version: '1' })];
    one.recordSkipped();
    expect(await readingOf(two, 'ballast_rounds_skipped_total')).toBe(0);
  });
});

describe('paths of requests', () => {
  const templated: readonly (readonly [string, string])[] = [
    ['/api2/json/nodes/pve1/qemu/104/migrate?target=pve2', '/nodes/{node}/qemu/{vmid}/migrate'],
    ['/nodes/pve1/tasks/UPID:pve1:0001:0002:65A1:qmigrate:104:root@pam:/log', '/nodes/{node}/tasks/{upid}/log'],
    ['https://pve1:8006/api2/json/cluster/resources', '/cluster/resources'],
    ['/cluster/ha/resources/vm:104', '/cluster/ha/resources/{sid}'],
    ['/access/ticket', '/access/ticket'],
  ];
  it.each(templated)('%s is counted as %s', async (path, template) => {
    const metrics = createMetrics({ version: '1' });
    metrics.recordRequest({ method: 'GET', path, status: 200, duration: 1 });
    const series = `ballast_proxmox_requests_total{method="GET",path="${template}",status="200"}`;
    expect(await readingOf(metrics, series)).toBe(1);
  });

  it('stay bounded, whatever is asked for', async () => {
    const metrics = createMetrics({ version: '1' });
    for (let i = 0; i < 1000; i++)
      metrics.recordRequest({ method: 'GET', path: `/made/up-${i}`, status: 200, duration: 1 });
    const lines = (await metrics.render())
      .split('\n')
      .filter((line) => line.startsWith('ballast_proxmox_requests_total{'));
    expect(lines.length).toBeLessThan(80);
    expect(lines.join('\n')).toContain('path="other"');
  });
});
