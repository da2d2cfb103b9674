import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { METRICS } from '@ballast/telemetry';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const DIRECTORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../infra/prometheus');
const found = spawnSync('promtool', ['--version']).error === undefined;

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: object }[];
  }[];
}
const rules = (parse(readFileSync(path.join(DIRECTORY, 'rules/ballast.yaml'), 'utf8')) as RuleFile).groups.flatMap(
  (group) => group.rules,
);

function promtool(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: DIRECTORY, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

describe.skipIf(!found)('promtool', () => {
  it.each([
    [['check', 'config', 'prometheus.yaml']],
    [['check', 'rules', 'rules/ballast.yaml']],
    [['test', 'rules', 'rules/ballast.test.yaml']],
  ])('%j', (args) => {
    const { status, said } = promtool(...args);
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});

describe('alerts', () => {
  it('ask for metrics that Ballast has', () => {
    const known = new Set<string>(Object.values(METRICS).map(({ name }) => name));
    const asked = rules.flatMap(({ expr }) => expr.match(/ballast_[a-z_]+/g) ?? []);
    expect(asked.length).toBeGreaterThan(7);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('say what is wrong and what to look at', () => {
    for (const { annotations } of rules) {
      expect(annotations).toEqual({ summary: expect.stringMatching(/\.$/), description: expect.stringMatching(/\S/) });
    }
  });

  it('are each tested, firing and keeping still', () => {
    const tests = parse(readFileSync(path.join(DIRECTORY, 'rules/ballast.test.yaml'), 'utf8')) as {
      readonly tests: readonly { readonly alert_rule_test: readonly { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const cases = tests.tests.flatMap((test) => test.alert_rule_test);
    const names = (fires: boolean): Set<string> =>
      new Set(cases.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname));
    const all = new Set(rules.map(({ alert }) => alert));
    expect(names(true)).toEqual(all);
    expect(names(false)).toEqual(all);
  });
});
