import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Description } from '../../src/schema/endpoint.ts';
import type { Alternative } from '../../src/schema/permission.ts';
import { type Fields, fieldOf, type Leaf, type Spec } from '../../src/schema/shape.ts';
import { descriptions } from '../../src/schema/tables/index.ts';
import { type DocMethod, type DocProperty, readApidoc } from './apidoc.ts';

// The interface's own schema is not ours to keep: who has one (every node does) names it here.
const file = process.env['PVE_APIDOC'];
const apidoc: ReadonlyMap<string, DocMethod> = file === undefined ? new Map() : readApidoc(readFileSync(file, 'utf8'));

/** Where the newer code and what was seen of it differ from the schema of April 2026. */
const NEWER: ReadonlySet<string> = new Set([
  'GET /nodes/{node}/qemu/{vmid}/migrate: returns.not_allowed_nodes',
  'GET /nodes/{node}/lxc/{vmid}/migrate: returns.not-allowed-nodes',
]);

/** All of them, when there is something to hold them against. */
const COMPARED = file === undefined ? [] : [...descriptions.values()];

describe('holding the description against an apidoc', () => {
  it.each(COMPARED)('$name is as Proxmox VE describes itself', (description) => {
    const method = apidoc.get(description.name);
    const problems = method === undefined ? ['not known there'] : problemsOf(description, method);
    expect(problems.filter((problem) => !NEWER.has(problem.split(' is ')[0] ?? ''))).toEqual([]);
  });

  const returns = { type: 'object', properties: { version: { type: 'string' } } };
  const TREE = [
    {
      path: '/version',
      children: [],
      info: {
        GET: {
          parameters: { properties: { 'no-such': { type: 'integer', optional: 1, minimum: 0 } } },
          returns: { ...returns, properties: { ...returns.properties, release: { type: 'integer', optional: 1 } } },
          permissions: { check: ['perm', '/', ['Sys.Audit', 'Sys.Modify'], 'any', 1] },
          proxyto: 'node',
        },
      },
    },
  ];

  it.each([
    ['of a node', `const apiSchema = ${JSON.stringify(TREE, null, 2)}\n;\n\nlet method2cmd = {};\n`],
    ['as a tree', JSON.stringify(TREE)],
    ['as a list', JSON.stringify({ endpoints: [{ path: '/version', method: 'GET', ...TREE[0]?.info.GET }] })],
  ])('%s names every difference', (_, text) => {
    const method = readApidoc(text).get('GET /version') as DocMethod;
    expect(problemsOf(descriptions.get('GET /version') as Description, method)).toEqual([
      'GET /version: params is [] here and ["no-such"] there',
      'GET /version: params.no-such is "nothing" here and "integer" there',
      'GET /version: returns.release optional is false here and true there',
      'GET /version: returns.release type is "string" here and "integer" there',
      'GET /version: permission is ["anyone"] here and ["/ Sys.Audit|Sys.Modify"] there',
      'GET /version: proxied is false here and true there',
    ]);
  });
});

function problemsOf(description: Description, method: DocMethod): readonly string[] {
  const problems: string[] = [];
  const say = (place: string, ours: unknown, theirs: unknown): void => {
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
      problems.push(
        `${description.name}: ${place} is ${JSON.stringify(ours)} here and ${JSON.stringify(theirs)} there`,
      );
    }
  };
  const theirs = method.parameters.properties ?? {};
  say('params', namesOf(description.params), Object.keys(theirs).sort());
  for (const [name, property] of Object.entries(theirs))
    compare(`params.${name}`, own(description.params, name), property, say);
  compare('returns', { spec: description.returns, optional: false }, method.returns, say);
  say('permission', description.permission.map(permissionText), theirPermission(method));
  say('proxied', description.proxied, method.proxyto !== undefined);
  return problems;
}

type Say = (place: string, ours: unknown, theirs: unknown) => void;

function compare(place: string, field: ReturnType<typeof own>, theirs: DocProperty, say: Say): void {
  if (field === undefined) {
    say(place, 'nothing', theirs.type);
    return;
  }
  const { spec, optional } = field;
  if (!place.endsWith('[]') && place !== 'returns') say(`${place} optional`, optional, theirs.optional === 1);
  if (spec.kind === 'list') {
    say(place, 'array', theirs.type);
    if (theirs.items !== undefined) compare(`${place}[]`, { spec: spec.item, optional: false }, theirs.items, say);
  } else if (spec.kind === 'fields') {
    say(place, 'object', theirs.type);
    if (spec.rest !== undefined) say(place, 'a map', 'an object');
    for (const [name, property] of Object.entries(theirs.properties ?? {})) {
      compare(`${place}.${name}`, own(spec, name), property, say);
    }
  } else compareLeaf(place, spec, theirs, say);
}

function compareLeaf(place: string, leaf: Leaf, theirs: DocProperty, say: Say): void {
  const format = typeof theirs.format === 'object' ? 'property-string' : theirs.format;
  if (leaf.type !== 'any') say(`${place} type`, leaf.type, theirs.type ?? 'string');
  say(`${place} enum`, leaf.choices, theirs.enum?.map(String));
  if (leaf.choices !== undefined) return;
  say(`${place} format`, leaf.format, format);
  const bounds = [theirs.minimum ?? theirs.minLength, theirs.maximum ?? theirs.maxLength];
  // Some bounds are written as text there.
  say(
    `${place} range`,
    [leaf.low, leaf.high],
    bounds.map((bound) => (bound === undefined ? undefined : Number(bound))),
  );
}

function own(fields: Fields, name: string): { readonly spec: Spec; readonly optional: boolean } | undefined {
  return fieldOf(fields, name.replace('[n]', '0'));
}

function namesOf(fields: Fields): readonly string[] {
  return [...fields.byName.keys(), ...[...fields.numbered.keys()].map((name) => `${name}[n]`)].sort();
}

function permissionText({ kind, path, privileges, any }: Alternative): string {
  return kind === 'rights' ? `${path} ${privileges.join(any ? '|' : ',')}` : kind;
}

function theirPermission({ permissions }: DocMethod): readonly string[] {
  if (permissions === undefined || permissions === null) return ['root'];
  if (permissions.user === 'world') return ['world'];
  return permissions.user === 'all' ? ['anyone'] : checks(permissions.check ?? []);
}

function checks(check: readonly unknown[]): readonly string[] {
  const [kind, first, second] = check as readonly [string, string, readonly string[]];
  if (kind === 'or') return check.slice(1).flatMap((part) => checks(part as readonly unknown[]));
  if (kind === 'userid-param') return ['self'];
  if (kind === 'userid-group') return [`/access/groups ${(first as unknown as readonly string[]).join(',')}`];
  return [`${first} ${second.join(check.includes('any') ? '|' : ',')}`];
}
