import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator, type World } from '../../src/index.ts';
import type { Description } from '../../src/schema/endpoint.ts';
import type { Field } from '../../src/schema/shape.ts';
import { descriptions } from '../../src/schema/tables/index.ts';
import { type CallOptions, call, type WireAnswer } from '../support/client.ts';
import { inPath, PARAMS, worldOfEverything } from '../support/everything.ts';

const TOKEN = { id: 'root@pam!all', secret: '11111111-2222-4333-8444-999999999999', role: 'Administrator' } as const;
const UNKNOWN = 'property is not defined in schema and the schema does not allow additional properties';
const MISSING = 'property is missing and it is not optional';

let simulator: Simulator;
let world: World;
beforeAll(async () => {
  world = worldOfEverything();
  simulator = await startSimulator({ world, speed: 0, strict: true, tokens: [TOKEN] });
});
beforeEach(() => simulator.update(() => world));
afterAll(() => simulator.stop());

type Query = readonly (readonly [string, string])[];

/** Asks for a method with parameters where it takes them: in the query of a read, in the form of a write. */
function ask({ name, permission }: Description, params: Query): Promise<WireAnswer> {
  const [method = '', template = ''] = name.split(' ');
  const values = inPath(world, name);
  const path = template.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ''));
  const text = new URLSearchParams(params.map(([key, value]): [string, string] => [key, value])).toString();
  const open = permission.some(({ kind }) => kind === 'world');
  const headers: Record<string, string> = open ? {} : { authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}` };
  const inQuery = method === 'GET' || method === 'DELETE';
  const form: CallOptions = {
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: text,
  };
  return call(simulator, method, inQuery && text !== '' ? `${path}?${text}` : path, inQuery ? { headers } : form);
}

function given(name: string): Query {
  return Object.entries(PARAMS[name] ?? {}).map(([key, value]) => [key, String(value)]);
}

function errorsOf(answer: WireAnswer): Readonly<Record<string, string>> {
  return (JSON.parse(answer.body) as { errors?: Record<string, string> }).errors ?? {};
}

/** Parameters that are not in the path, a numbered one by its first. */
function fieldsOf({ name, params }: Description): readonly (readonly [string, Field])[] {
  const numbered = [...params.numbered].map(([key, field]): [string, Field] => [`${key}0`, field]);
  return [...params.byName, ...numbered].filter(([key]) => !name.includes(`{${key}}`));
}

/** A value that does not fit: a list for a text, a word for a number. */
function wrong(key: string, { spec }: Field): Query {
  const leaf = spec.kind === 'list' ? spec.item : spec;
  if (leaf.kind !== 'leaf' || spec.kind === 'list' || leaf.type === 'integer' || leaf.type === 'number')
    return [[key, 'x y']];
  if (leaf.type === 'boolean') return [[key, 'maybe']];
  return [
    [key, 'a'],
    [key, 'b'],
  ];
}

const ALL = [...descriptions.values()];
/** What Proxmox VE 9 refuses whatever is asked. */
const GONE = ALL.filter(({ name }) => name.includes('/ha/groups'));

describe('every method', () => {
  it.each(ALL.filter((description) => !GONE.includes(description)))(
    '$name answers as it is described',
    async (description) => {
      const answer = await ask(description, given(description.name));
      expect(`${answer.status} ${answer.reason}`).toBe('200 OK');
    },
  );

  it.each(GONE)('$name is refused since Proxmox VE 9', async (description) => {
    const params: Query = description.name.startsWith('POST')
      ? [
          ['group', 'old'],
          ['nodes', 'pve1'],
        ]
      : [];
    const answer = await ask(description, params);
    expect(answer.status).toBe(500);
    expect(answer.reason).toContain('ha groups have been migrated to rules');
  });

  it.each(ALL)('$name refuses a parameter that nobody knows', async (description) => {
    const answer = await ask(description, [...given(description.name), ['no-such-thing', '1']]);
    expect(answer).toMatchObject({ status: 400, reason: 'Parameter verification failed.' });
    expect(errorsOf(answer)['no-such-thing']).toBe(UNKNOWN);
  });

  it.each(
    ALL.flatMap((description) =>
      fieldsOf(description)
        .filter(([, { optional }]) => !optional)
        .map(([key]) => ({ description, name: description.name, key })),
    ),
  )('$name needs $key', async ({ description, key }) => {
    const answer = await ask(
      description,
      given(description.name).filter(([name]) => name !== key),
    );
    expect(answer.status).toBe(400);
    expect(errorsOf(answer)[key]).toBe(MISSING);
  });

  it.each(ALL.filter((description) => fieldsOf(description).length > 0))(
    '$name names each parameter of a wrong type',
    async (description) => {
      for (const [key, field] of fieldsOf(description)) {
        const rest = given(description.name).filter(([name]) => name !== key);
        const answer = await ask(description, [...rest, ...wrong(key, field)]);
        expect([key, answer.status]).toEqual([key, 400]);
        expect(errorsOf(answer)[key]).toMatch(/^type check \('.*'\) failed - got /);
      }
    },
  );
});
