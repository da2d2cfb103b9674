import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FLOW_MANAGER_METRICS, METRICS } from '@ballast/telemetry';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const DIRECTORY = path.join(ROOT, 'infra/prometheus');
const found = spawnSync('promtool', ['--version']).error === undefined;

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: object }[];
  }[];
}

/** Names of rule files, without their ends. */
const FILES = readdirSync(path.join(DIRECTORY, 'rules'))
  .filter((file) => !file.endsWith('.test.yaml'))
  .map((file) => path.basename(file, '.yaml'));

function rulesIn(name: string): RuleFile['groups'][number]['rules'] {
  return (read(`rules/${name}.yaml`) as RuleFile).groups.flatMap((group) => group.rules);
}

function read(file: string): unknown {
  return parse(readFileSync(path.join(DIRECTORY, file), 'utf8'));
}

function promtool(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: DIRECTORY, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

describe.skipIf(!found)('promtool', () => {
  it.each([
    ['check', 'config', 'prometheus.yaml'],
    ...FILES.flatMap((name) => [
      ['check', 'rules', `rules/${name}.yaml`],
      ['test', 'rules', `rules/${name}.test.yaml`],
    ]),
  ])('%s %s %s', (...args) => {
    const { status, said } = promtool(...args);
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});

it('the scrape configuration loads every rule file', () => {
  const { rule_files: loaded } = read('prometheus.yaml') as { readonly rule_files: readonly string[] };
  expect(loaded).toEqual(FILES.map((name) => `rules/${name}.yaml`));
});

describe.each(FILES)('alerts of %s', (name) => {
  const rules = rulesIn(name);

  it('ask for metrics that Ballast has', () => {
    const metrics = [...Object.values(METRICS), ...Object.values(FLOW_MANAGER_METRICS)];
    const known = new Set<string>(metrics.map((metric) => metric.name));
    const asked = rules.flatMap(({ expr }) => expr.match(/ballast_[a-z_]+/g) ?? []);
    expect(asked.length).toBeGreaterThan(7);
    expect(asked.filter((metric) => !known.has(metric))).toEqual([]);
  });

  it('say what is wrong and what to look at', () => {
    for (const { annotations } of rules) {
      expect(annotations).toEqual({ summary: expect.stringMatching(/\.$/), description: expect.stringMatching(/\S/) });
    }
  });

  it('are each tested, firing and keeping still', () => {
    const tests = read(`rules/${name}.test.yaml`) as {
      readonly tests: readonly { readonly alert_rule_test: readonly { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const cases = tests.tests.flatMap((test) => test.alert_rule_test);
    const names = (fires: boolean): Set<string> =>
      new Set(cases.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname));
    const all = new Set(rules.map(({ alert }) => alert));
    expect(names(true)).toEqual(all);
    expect(names(false)).toEqual(all);
  });

  it('stand in docs/operations.md, with what to do', () => {
    const docs = readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8');
    const missing = rules.filter(({ alert }) => !docs.includes(`\n| \`${alert}\` |`));
    expect(missing.map(({ alert }) => alert)).toEqual([]);
  });
});
