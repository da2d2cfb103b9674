import { readFileSync } from 'node:fs';
import { FLOW_MANAGER_DEFAULTS, flowManagerJsonSchema, flowManagerWarningsOf } from '@ballast/config';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { dataPaths, format, schemaPaths } from '../schema-paths.ts';
import { parse } from './reading.ts';

const infra = new URL('../../../../infra/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, infra), 'utf8');
const example = read('flow-manager.example.yaml');
const minimal = read('flow-manager.minimal.yaml');
/** The example with every option that it only shows. */
const complete = example.replaceAll(/^(\s*)#(?=[a-zA-Z])/gm, '$1');

describe('the example', () => {
  it('is accepted, and writes every default out as it is', () => {
    const { source: _, services, placements, links, ...rest } = parse(example);
    const { services: __, placements: ___, links: ____, ...defaults } = FLOW_MANAGER_DEFAULTS;
    expect(rest).toEqual(defaults);
    const { monitor, ...shop } = services[0] ?? {};
    const member =
      '{ guest: 101, address: 10.9.0.11, port: 8080 }, { guest: 102, address: 10.9.0.12, port: 8080, weight: 0.5 }';
    const least = parse(
      `services: [{ name: shop, vip: { address: 10.9.0.100, port: 80 }, monitor: { type: http }, members: [${member}] }]`,
    ).services[0];
    expect({ ...shop, monitor }).toEqual(least);
    expect(placements).toEqual([{ address: '10.9.0.11', mac: '02:00:00:00:00:11', at: { dpid: 0xa1n, port: 3 } }]);
    expect(links).toEqual([
      { dpid: 0xa1n, port: 1, to: 0xa2n },
      { dpid: 0xa2n, port: 1, to: 0xa1n },
    ]);
    expect(flowManagerWarningsOf(parse(example))).toEqual([]);
  });

  it('shows every option of the schema, and no other', () => {
    const known = schemaPaths(flowManagerJsonSchema());
    const shown = dataPaths(parseYaml(complete), known);
    expect([...new Set(shown)].sort()).toEqual([...known].sort());
  });
});

describe('the minimal configuration', () => {
  it('is accepted, and everything else has its default', () => {
    const { source: _, services, ...rest } = parse(minimal);
    const { services: none, ...defaults } = FLOW_MANAGER_DEFAULTS;
    expect(rest).toEqual(defaults);
    expect(none).toEqual([]);
    expect(services.map(({ name, members }) => [name, members.length])).toEqual([['shop', 2]]);
  });

  it.each(['', '# nothing yet\n', 'services:\n'])('may be left out altogether: %j', (text) => {
    expect(parse(text)).toEqual({ source: 'flow-manager.yaml', ...FLOW_MANAGER_DEFAULTS });
  });
});

describe('the JSON schema', () => {
  it('is the one in infra/', async () => {
    await expect(`${format(flowManagerJsonSchema())}\n`).toMatchFileSnapshot(
      '../../../../infra/flow-manager.schema.json',
    );
  });

  const validate = new Ajv2020({ strict: false }).compile(flowManagerJsonSchema());

  it.each([
    ['the example', example],
    ['the minimal configuration', minimal],
  ])('accepts %s', (_, text) => {
    validate(parseYaml(text));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['an unknown key', 'servces: []'],
    ['an unknown role', 'role: leader'],
    ['a literal secret', 'rest: { token: hunter2 }'],
    ['tls without its key', 'tls: { cert: a, ca: b }'],
  ])('refuses %s', (_, text) => {
    expect(validate(parseYaml(text))).toBe(false);
  });
});
