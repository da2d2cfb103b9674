import { describe, expect, it } from 'vitest';
import { readParams } from '../../src/api/params.ts';
import type { Refusal } from '../../src/api/refusal.ts';
import { answerProblems } from '../../src/schema/answer.ts';
import { readFields, readShape, type Shape } from '../../src/schema/shape.ts';

function errorsOf(shapes: Readonly<Record<string, Shape>>, raw: Readonly<Record<string, unknown>>): unknown {
  try {
    readParams(raw, readFields(shapes));
    return undefined;
  } catch (error) {
    return (error as Refusal).errors;
  }
}

describe('a parameter', () => {
  it.each<{ shape: string; good: unknown; bad: unknown; problem: string }>([
    { shape: 'boolean', good: 'on', bad: 'maybe', problem: "type check ('boolean') failed - got 'maybe'" },
    { shape: 'integer', good: '-3', bad: '1.5', problem: "type check ('integer') failed - got '1.5'" },
    { shape: 'number', good: '1e3', bad: 'much', problem: "type check ('number') failed - got 'much'" },
    { shape: 'string', good: 7, bad: ['a', 'b'], problem: "type check ('string') failed - got ARRAY" },
    { shape: 'string', good: true, bad: { a: 1 }, problem: "type check ('string') failed - got HASH" },
    { shape: 'integer 0..', good: '0', bad: '-1', problem: 'value must have a minimum value of 0' },
    { shape: 'integer 1..16', good: 16, bad: 17, problem: 'value must have a maximum value of 16' },
    { shape: 'string ..3', good: 'abc', bad: 'abcd', problem: 'value may only be 3 characters long' },
    { shape: 'string 2..', good: 'ab', bad: 'a', problem: 'value must be at least 2 characters long' },
    { shape: 'string /[a-f]+/', good: 'cafe', bad: 'Café', problem: 'value does not match the regex pattern' },
    {
      shape: 'enum ct|vm',
      good: 'vm',
      bad: 'VM',
      problem: "value 'VM' does not have a value in the enumeration 'ct, vm'",
    },
    {
      shape: 'string pve-node',
      good: 'pve-1',
      bad: 'pve_1',
      problem: 'invalid format - value does not look like a valid node name\n',
    },
    {
      shape: 'integer pve-vmid',
      good: '100',
      bad: '99',
      problem: 'invalid format - value does not look like a valid VM ID\n',
    },
    {
      shape: 'string pve-vmid-list',
      good: '100;101 102,103',
      bad: '100,x',
      problem: 'invalid format - value does not look like a valid VM ID\n',
    },
    {
      shape: 'string pve-configid',
      good: 'net0',
      bad: '0net',
      problem: "invalid format - invalid configuration ID '0net'\n",
    },
    {
      shape: 'string property-string',
      good: 'virtio=AA:BB,bridge=vmbr0',
      bad: 'a=b=,,',
      problem: 'invalid format - format error\n',
    },
  ])('$shape takes $good and refuses $bad', ({ shape, good, bad, problem }) => {
    expect(errorsOf({ p: shape }, { p: good })).toBeUndefined();
    expect(errorsOf({ p: shape }, { p: bad })).toEqual({ p: problem });
  });

  it('may be numbered, listed, needed by another, or ignored', () => {
    const shapes = { 'net[n]?': 'string', 'vms?': ['integer pve-vmid'], 'force?': 'boolean requires=delete' } as const;
    expect(errorsOf(shapes, { net0: 'x', net31: 'y', vms: '100', _dc: 5 })).toBeUndefined();
    expect(errorsOf(shapes, { net01: 'x', net: 'x', net256: 'x' })).toEqual(
      Object.fromEntries(
        ['net01', 'net', 'net256'].map((name) => [
          name,
          'property is not defined in schema and the schema does not allow additional properties',
        ]),
      ),
    );
    expect(errorsOf(shapes, { vms: ['100', 'x'] })).toEqual({ vms: "type check ('integer') failed - got 'x'" });
    expect(errorsOf({ ...shapes, 'delete?': 'string' }, { force: 1 })).toEqual({
      delete: "missing property required by 'force'",
    });
  });

  it('is read in its type', () => {
    const fields = readFields({ n: 'integer', b: 'boolean', t: 'string', 'l?': ['integer'] });
    const params = readParams({ n: '12', b: 'yes', t: 5, l: ['1', '2'] }, fields);
    expect([params.number('n'), params.flag('b'), params.text('t'), params.list('l')]).toEqual([12, true, '5', [1, 2]]);
    expect(params.scalars()).toEqual([
      ['n', 12],
      ['b', 1],
      ['t', '5'],
    ]);
  });
});

describe('an answer', () => {
  const shape = readShape([{ id: 'string', 'cpu?': 'number 0..', 'on?': 'boolean', '*': 'integer' }]);

  it.each<{ name: string; data: unknown; problems: readonly string[] }>([
    {
      name: 'fits',
      data: [
        { id: 'a', cpu: 0.5, on: 1 },
        { id: 'b', cpu: '0.5', on: 0, other: '7' },
      ],
      problems: [],
    },
    { name: 'is no list', data: { id: 'a' }, problems: ['data: expected a list, got {"id":"a"}'] },
    { name: 'lacks a key', data: [{ cpu: 1 }], problems: ['data[0].id: expected it, got nothing'] },
    {
      name: 'has a wrong type',
      data: [{ id: 'a', cpu: 'x' }],
      problems: ["data[0].cpu: type check ('number') failed - got 'x'"],
    },
    { name: 'says true for 1', data: [{ id: 'a', on: true }], problems: ['data[0].on: expected boolean, got true'] },
    { name: 'says null', data: [{ id: null }], problems: ['data[0].id: expected string, got null'] },
    {
      name: 'is wrong below *',
      data: [{ id: 'a', x: 'y' }],
      problems: ["data[0].x: type check ('integer') failed - got 'y'"],
    },
  ])('$name', ({ data, problems }) => {
    expect(answerProblems(shape, data)).toEqual(problems);
  });

  it('of nothing is null, and of a type that nobody knows is no shape', () => {
    expect(answerProblems(readShape('null'), null)).toEqual([]);
    expect(answerProblems(readShape('null'), {})).toEqual(['data: expected null, got {}']);
    expect(() => readShape('strnig')).toThrow("Expected a type, got 'strnig'.");
  });
});
