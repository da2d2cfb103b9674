import { DEFAULTS, flowManagerJsonSchema, jsonSchema } from '@ballast/config';
import { describe, expect, it } from 'vitest';
import { options, rowOf } from './options.ts';
import { readPage } from './page.ts';

it.each([
  ['docs/configuration.md', jsonSchema()],
  ['docs/flow-manager-configuration.md', flowManagerJsonSchema()],
])('%s lists every option with its default and meaning, in the order of the schema', (page, schema) => {
  const known = options(schema);
  const listed = readPage(page)
    .split('\n')
    .filter((line) => known.some(({ path }) => line.startsWith(`| \`${path}\` |`)));
  expect(listed).toEqual(known.map(rowOf));
});

describe('the pages agree with what they speak of', () => {
  const unit = readPage('infra/systemd/ballast.service');

  it.each([
    ['docs/operations.md', '9760'],
    ['infra/prometheus/prometheus.yaml', '127.0.0.1:9760'],
    ['docs/operations.md', 'up to `grace` (30 s)'],
    ['docs/operations.md', '/var/lib/ballast/history.json'],
  ])('%s says %s', (page, words) => {
    expect(readPage(page)).toContain(words);
  });

  it('docs/operations.md installs with the pinned pnpm', () => {
    const { packageManager } = JSON.parse(readPage('package.json')) as { packageManager: string };
    const named = readPage('docs/operations.md').match(/pnpm@\S+/g);
    expect(new Set(named)).toEqual(new Set([packageManager]));
  });

  it('the unit starts what is built, keeps its state where the default is, and outlasts the grace', () => {
    const program = /^ExecStart=\/usr\/bin\/node \/opt\/ballast\/(\S+) --config (\S+)$/m.exec(unit);
    expect(readPage(program?.[1] ?? '')).toContain('import');
    expect(program?.[2]).toBe('/etc/ballast/ballast.yaml');
    expect(DEFAULTS.state.directory).toBe(`/var/lib/${/^StateDirectory=(\S+)$/m.exec(unit)?.[1]}`);
    expect(Number(/^TimeoutStopSec=(\d+)s$/m.exec(unit)?.[1]) * 1000).toBeGreaterThan(DEFAULTS.grace);
    expect(DEFAULTS).toMatchObject({ listen: { port: 9760 }, grace: 30_000 });
  });

  it('the unit lets the child that tells systemd be heard', () => {
    expect(unit).toMatch(/^Type=notify$/m);
    expect(unit).toMatch(/^NotifyAccess=all$/m);
  });
});
