import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { BallastError } from '@ballast/core';
import { describe, expect, it } from 'vitest';
import {
  createFlowManagerMetrics,
  FLOW_MANAGER_METRICS,
  type FlowManagerMetrics,
  type FlowManagerReading,
  type MetricDefinition,
} from '../../src/index.ts';
import { aChannel, aMember, aReading, aSwitch } from './readings.ts';

const definitions: readonly MetricDefinition[] = Object.values(FLOW_MANAGER_METRICS);
const promtool = spawnSync('promtool', ['--version']).error === undefined;

const busy: FlowManagerReading = aReading({
  switches: [
    aSwitch('00000000000000a1', { carries: 3, rows: { flows: 40, groups: 2 } }),
    aSwitch('00000000000000a2', {
      peer: '10.0.0.2:40000',
      carries: 2,
      problem: 'It refuses a row.',
      channel: aChannel({ droppedPacketIns: 4, malformed: 1, strayErrors: 2 }),
    }),
    aSwitch('00000000000000a3', { peer: '10.0.0.3:40000', role: 'slave', openflow: '1.3' }),
  ],
  services: [
    {
      name: 'shop',
      members: [
        aMember(101, { open: 12 }),
        aMember(102, { health: 'down', weight: 0.5 }),
        aMember(103, { state: 'drain', weight: 0 }),
        aMember(104, { state: 'held', ramp: 0.25, address: 'fd00:9::14' }),
        aMember(105, { placed: false }),
      ],
    },
    { name: 'empty', members: [] },
  ],
});

/** Everything that can be told, told. */
function told(): FlowManagerMetrics {
  const metrics = createFlowManagerMetrics({ version: '1.2.3' });
  metrics.recordConnected('00000000000000a1');
  metrics.recordDisconnected(new BallastError('channel-silent', 'x'), {
    id: '00000000000000a1',
    peer: '10.0.0.1:39999',
    channel: aChannel(),
  });
  metrics.recordConnected('00000000000000a1');
  const changes = [
    { kind: 'flow', verb: 'add' },
    { kind: 'flow', verb: 'add' },
    { kind: 'group', verb: 'change' },
  ] as const;
  metrics.recordReconciliation({ changes, displaced: ['flow table=0'] }, 30);
  metrics.recordReconciliationFailed();
  metrics.recordFailure(new BallastError('switch-row-refused', 'x'));
  metrics.recordFailure(new TypeError('x'));
  metrics.recordHealth('shop', 'down');
  metrics.recordRequest({ method: 'PUT', route: '/v1/services/:name/weights', status: 409, duration: 2 });
  metrics.recordRequest({ method: 'GET', route: '/v1/switches', status: 200, duration: 1 });
  metrics.recordRequest({ method: 'BREW', route: undefined, status: 404, duration: 1 });
  metrics.recordSave(true);
  metrics.recordSave(false);
  return metrics;
}

/** Ballast's own series, without those of the process. */
function own(text: string): string {
  return `${text
    .split('\n')
    .filter((line) => line.includes('ballast_'))
    .join('\n')}\n`;
}

async function readingOf(metrics: FlowManagerMetrics, series: string, reading = busy): Promise<number | undefined> {
  const line = (await metrics.render(reading)).split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('what Prometheus reads of a flow manager', () => {
  it('is told to the letter', async () => {
    await expect(own(await told().render(busy))).toMatchFileSnapshot('../golden/flow-manager.txt');
  });

  it.skipIf(!promtool)('passes promtool check metrics', async () => {
    const text = await told().render(busy);
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text }).toString()).toBe('');
  });

  it('has the metrics of its process', async () => {
    expect(await told().render(busy)).toMatch(/^process_resident_memory_bytes \d/m);
  });

  it('holds every metric of the names file, with its help and exactly its labels', async () => {
    const text = await told().render(busy);
    for (const { name, help, labels } of definitions) {
      expect(text).toContain(`# HELP ${name} ${help}`);
      const series = new RegExp(`^${name}(?:_bucket|_count|_sum)?(?:\\{([^}]*)\\})? `, 'm').exec(text);
      expect(series).not.toBeNull();
      const found = [...(series?.[1] ?? '').matchAll(/(\w+)="/g)].map((match) => match[1]);
      expect(found.filter((label) => label !== 'le').toSorted()).toEqual(labels.toSorted());
    }
    const names = [...text.matchAll(/^# HELP (ballast_\w+)/gm)].map((match) => match[1]);
    expect(names.toSorted()).toEqual(definitions.map(({ name }) => name).toSorted());
  });

  it('stands in docs/reports.md, as the names file has it', () => {
    const docs = readFileSync(new URL('../../../../docs/reports.md', import.meta.url), 'utf8');
    const rows = definitions.map(({ name, help, labels }) => `| \`${name}\` | ${labels.join(', ')} | ${help} |`);
    expect(docs.split('\n').filter((line) => line.startsWith('| `ballast_flow_manager_'))).toEqual(rows);
  });
});

describe('before anything happened', () => {
  it('every counter whose labels are known is 0, so that rate() sees the first event', async () => {
    const metrics = createFlowManagerMetrics({ version: '1' });
    const text = own(await metrics.render(aReading({ services: busy.services })));
    const seeded = text.split('\n').filter((line) => /_total(\{| )/.test(line) && !line.startsWith('#'));
    expect(seeded).toMatchInlineSnapshot(`
      [
        "ballast_flow_manager_reconciliations_total{outcome="changed"} 0",
        "ballast_flow_manager_reconciliations_total{outcome="failed"} 0",
        "ballast_flow_manager_row_changes_total{kind="flow",verb="add"} 0",
        "ballast_flow_manager_row_changes_total{kind="flow",verb="change"} 0",
        "ballast_flow_manager_row_changes_total{kind="flow",verb="remove"} 0",
        "ballast_flow_manager_row_changes_total{kind="group",verb="add"} 0",
        "ballast_flow_manager_row_changes_total{kind="group",verb="change"} 0",
        "ballast_flow_manager_row_changes_total{kind="group",verb="remove"} 0",
        "ballast_flow_manager_displaced_flows_total 0",
        "ballast_flow_manager_switch_disconnects_total{code="channel-lost"} 0",
        "ballast_flow_manager_switch_disconnects_total{code="channel-closed"} 0",
        "ballast_flow_manager_switch_disconnects_total{code="channel-silent"} 0",
        "ballast_flow_manager_health_changes_total{service="shop",state="up"} 0",
        "ballast_flow_manager_health_changes_total{service="shop",state="down"} 0",
        "ballast_flow_manager_health_changes_total{service="empty",state="up"} 0",
        "ballast_flow_manager_health_changes_total{service="empty",state="down"} 0",
        "ballast_flow_manager_fenced_total 0",
        "ballast_flow_manager_state_saves_total{outcome="saved"} 0",
        "ballast_flow_manager_state_saves_total{outcome="failed"} 0",
      ]
    `);
  });
});

describe('series come and go with what they tell of', () => {
  it('of a switch that is gone, counters alone stay', async () => {
    const metrics = told();
    await metrics.render(busy);
    const text = own(await metrics.render(aReading()));
    const left = [...text.matchAll(/^(\w+)\{switch="00000000000000a2"/gm)].map(([, name]) => name);
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((name) => name?.endsWith('_total') !== true)).toEqual([]);
  });

  it('a service that was removed is gone', async () => {
    const metrics = told();
    await metrics.render(busy);
    expect(await metrics.render(aReading())).not.toContain('"shop"');
  });

  it('one role at a time', async () => {
    const metrics = told();
    await metrics.render(busy);
    const text = await metrics.render(aReading({ role: 'slave' }));
    expect(text).toContain('ballast_flow_manager_role_info{role="slave"} 1');
    expect(text).not.toContain('ballast_flow_manager_role_info{role="master"}');
  });

  it('a switch is settled when it carries the newest version and has no problem', async () => {
    const settled = 'ballast_flow_manager_switch_settled{switch="a"}';
    const of = (fields: object) => readingOf(told(), settled, aReading({ switches: [aSwitch('a', fields)] }));
    expect(await of({ carries: 3 })).toBe(1);
    expect(await of({ carries: 2 })).toBe(0);
    expect(await of({})).toBe(0);
    expect(await of({ carries: 3, problem: 'It refuses a row.' })).toBe(0);
    expect(await of({ carries: 3, role: 'slave' })).toBeUndefined();
  });

  it('two flow managers in a process share no number', async () => {
    const [one, two] = [createFlowManagerMetrics({ version: '1' }), createFlowManagerMetrics({ version: '1' })];
    one.recordSave(false);
    expect(await readingOf(two, 'ballast_flow_manager_state_saved')).toBe(1);
  });
});

describe('labels stay bounded', () => {
  it('whatever ids switches make up', async () => {
    const metrics = createFlowManagerMetrics({ version: '1' });
    for (let i = 0; i < 5_000; i++) metrics.recordConnected(i.toString(16).padStart(16, '0'));
    const text = await metrics.render(aReading());
    const series = text.match(/^ballast_flow_manager_switch_connects_total\{/gm) ?? [];
    expect(series.length).toBe(2_049);
    expect(text).toContain('ballast_flow_manager_switch_connects_total{switch="other"} 2952');
  });

  it('whatever is asked for over REST', async () => {
    const metrics = createFlowManagerMetrics({ version: '1' });
    for (let i = 0; i < 1_000; i++) {
      metrics.recordRequest({ method: `M${i}`, route: `/made/up/${i}`, status: 404, duration: 1 });
    }
    const text = await metrics.render(aReading());
    expect((text.match(/^ballast_flow_manager_rest_requests_total\{/gm) ?? []).length).toBe(65);
  });

  it('whatever goes wrong', async () => {
    const metrics = createFlowManagerMetrics({ version: '1' });
    for (let i = 0; i < 1_000; i++) metrics.recordFailure(new BallastError(`code-${i}`, 'x'));
    const text = await metrics.render(aReading());
    expect((text.match(/^ballast_flow_manager_failures_total\{/gm) ?? []).length).toBeLessThanOrEqual(65);
  });
});
