import { readFileSync } from 'node:fs';
import { DEFAULTS, jsonSchema, warningsOf } from '@ballast/config';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parse } from './reading.ts';
import { dataPaths, format, schemaPaths } from './schema-paths.ts';

const infra = new URL('../../../infra/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, infra), 'utf8');
const example = read('ballast.example.yaml');
const minimal = read('ballast.minimal.yaml');
/** The example with every option that it only shows. */
const complete = example.replaceAll(/^(\s*)#(?=[a-zA-Z])/gm, '$1');

describe('the example', () => {
  it('is accepted, and its cluster is reached by a token', () => {
    const config = parse(example);
    expect(config.cluster.auth).toEqual({ kind: 'token', id: 'ballast@pve!operator', secret: '3f0c1a52-from-env' });
    expect(config.services.map((service) => service.name)).toEqual(['shop', 'pay', 'news', 'mail']);
    expect(warningsOf(config)).toEqual([]);
  });

  it('writes every default out as it is', () => {
    const { source: _, cluster, rules, labels, services, targets, ...rest } = parse(example);
    const {
      cluster: clusterDefaults,
      rules: noRules,
      labels: noLabels,
      services: noServices,
      targets: noTargets,
      ...defaults
    } = DEFAULTS;
    expect(rest).toEqual(defaults);
    expect([noRules, noLabels, noServices, noTargets]).toEqual([[], {}, [], []]);
    expect(labels['pve3']).toEqual({ rack: 'b', site: 'south' });
    const { timeout, retries, requestsPerRound, tagPrefixes, tls, migration } = cluster;
    expect({ timeout, retries, requestsPerRound, tagPrefixes, tls, migration }).toEqual({
      ...clusterDefaults,
      migration: { ...clusterDefaults.migration, localDisks: false },
    });
    const least = parse(
      `${minimal}\nservices: [{ name: shop, port: 8080, members: { tags: [web] }, targets: [lb1] }]\n` +
        'targets: [{ name: lb1, kind: haproxy, socket: /run/haproxy/admin.sock },\n' +
        '  { name: fabric, kind: flow-manager, url: http://127.0.0.1:9770 },\n' +
        '  { name: ryu1, kind: ryu, url: http://127.0.0.1:8080, datapaths: [0x13] }]\n',
    );
    expect(services[0]).toEqual(least.services[0]);
    expect(targets).toEqual(least.targets);
    expect([...new Set(rules.map((rule) => rule.kind))].sort()).toEqual(['affinity', 'anti-affinity', 'ignore', 'pin']);
  });

  it('shows every option of the schema, and no other', () => {
    const known = schemaPaths(jsonSchema());
    const shown = dataPaths(parseYaml(complete), known);
    // A target named alone, the short form of a mapping, shows no option of its own.
    expect([...new Set(shown)].filter((path) => path !== 'services[].targets[]').sort()).toEqual([...known].sort());
  });
});

describe('the minimal configuration', () => {
  it('is accepted, and everything else has its default', () => {
    const { source: _, cluster, ...rest } = parse(minimal);
    const { cluster: __, ...defaults } = DEFAULTS;
    expect(rest).toEqual(defaults);
    expect(cluster.tls.ca).toContain('BEGIN CERTIFICATE');
    expect(rest.mode).toBe('advise');
    expect(rest.balance.cpu.high).toBe(0.8);
  });
});

describe('the JSON schema', () => {
  it('is the one in infra/', async () => {
    await expect(`${format(jsonSchema())}\n`).toMatchFileSnapshot('../../../infra/ballast.schema.json');
  });

  const validate = new Ajv2020({ strict: false }).compile(jsonSchema());

  it.each([
    ['the example', example],
    ['the minimal configuration', minimal],
  ])('accepts %s', (_, text) => {
    validate(parseYaml(text));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['an unknown key', 'ballance: {}'],
    ['a threshold of 800', 'balance: { cpu: { high: 800 } }'],
    ['an unknown mode', 'mode: atuo'],
    ['a literal secret', 'listen: { token: hunter2 }'],
  ])('refuses %s', (_, text) => {
    expect(validate({ ...parseYaml(minimal), ...parseYaml(text) })).toBe(false);
  });

  it('wants a token or a user', () => {
    const { cluster } = parseYaml(minimal);
    expect(validate({ cluster: { ...cluster, auth: { token: 'a@pve!b' } } })).toBe(false);
  });
});
