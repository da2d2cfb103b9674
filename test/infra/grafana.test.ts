import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FLOW_MANAGER_METRICS, METRICS } from '@ballast/telemetry';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DASHBOARDS, DIRECTORY, printed } from '../../infra/grafana/dashboards.ts';

const PROVISIONING = path.join(DIRECTORY, '../provisioning');
/** Metrics of the process that prom-client brings along. */
const PROCESS = ['process_resident_memory_bytes', 'process_cpu_seconds_total'];

const panels = Object.values(DASHBOARDS)
  .flatMap((dashboard) => dashboard.panels ?? [])
  .filter((panel) => panel.type !== 'row');

describe('dashboards', () => {
  it.each(Object.entries(DASHBOARDS))('%s is what the generator makes (npm run dashboards)', (file, dashboard) => {
    expect(readFileSync(path.join(DIRECTORY, file), 'utf8')).toBe(printed(dashboard));
  });

  it('has no file that nothing makes', () => {
    expect(readdirSync(DIRECTORY)).toEqual(Object.keys(DASHBOARDS));
  });

  it('asks for metrics that Ballast has', () => {
    const known = new Set<string>(PROCESS);
    for (const { name } of [...Object.values(METRICS), ...Object.values(FLOW_MANAGER_METRICS)]) {
      for (const suffix of ['', '_bucket']) known.add(name + suffix);
    }
    const asked = panels.flatMap((panel) =>
      (('targets' in panel ? panel.targets : undefined) ?? []).flatMap((target) => {
        const { expr = '' } = target as { readonly expr?: string };
        return [...expr.matchAll(/([a-z_]+)\{/g)].map((match) => match[1] ?? '');
      }),
    );
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(Object.entries(DASHBOARDS))('%s says of every panel what it shows, and lays none over another', (_, made) => {
    const taken = new Set<string>();
    const overlaps: string[] = [];
    const all = (made.panels ?? []).filter((panel) => panel.type !== 'row');
    for (const { title, description, gridPos } of all as readonly {
      title?: string;
      description?: string;
      gridPos?: { x: number; y: number; w: number; h: number };
    }[]) {
      expect(description).toMatch(/\.$/);
      const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
      for (let i = 0; i < w * h; i++) {
        const cell = `${x + (i % w)},${y + Math.floor(i / w)}`;
        if (taken.has(cell) || x + w > 24) overlaps.push(`${title} at ${cell}`);
        taken.add(cell);
      }
    }
    expect(overlaps).toEqual([]);
  });

  it('numbers its panels, each once', () => {
    for (const { panels: all = [] } of Object.values(DASHBOARDS)) {
      const ids = all.map((panel) => panel.id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe('provisioning', () => {
  const read = (file: string): unknown => parse(readFileSync(path.join(PROVISIONING, file), 'utf8'));

  it('names a data source of the type that the dashboards ask for', () => {
    expect(read('datasources/prometheus.yaml')).toMatchObject({ apiVersion: 1, datasources: [{ type: 'prometheus' }] });
  });

  it('takes the dashboards from files', () => {
    expect(read('dashboards/ballast.yaml')).toMatchObject({ apiVersion: 1, providers: [{ type: 'file' }] });
  });
});
