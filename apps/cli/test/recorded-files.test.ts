import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BallastError, describeError, GIB } from '@ballast/core';
import { afterAll, describe, expect, it } from 'vitest';
import { fromBenchCluster } from '../src/recorded/bench-cluster.ts';
import { readRecorded } from '../src/recorded/read.ts';
import { SNAPSHOT_SCHEMA } from '../src/recorded/recorded.ts';
import type { BenchCluster } from '../src/recorded/schemas.ts';

const directory = mkdtempSync(path.join(os.tmpdir(), 'recorded-files-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const file = path.join(directory, 'x.json');

/** What is thrown where a document is read; nothing where it is taken. */
function refusalOf(document: unknown): unknown {
  writeFileSync(file, JSON.stringify(document));
  try {
    readRecorded(file);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The refusal of a document with one thing wrong. */
const refusedFor = (says: string): object => ({
  name: BallastError.name,
  code: 'snapshot-invalid',
  message: `Expected ${file} to be a snapshot: ${says}`,
  hint: 'Correct the file, or write one anew with `ballast snapshot > FILE`.',
});

type Change = readonly [keys: readonly (string | number)[], value: unknown];

/** The document with other values in some places; `undefined` takes one away. */
function changed(document: object, ...changes: readonly Change[]): object {
  const copy = structuredClone(document);
  for (const [keys, value] of changes) {
    const holder = keys
      .slice(0, -1)
      .reduce<Record<string | number, unknown>>(
        (at, key) => at[key] as Record<string | number, unknown>,
        copy as Record<string | number, unknown>,
      );
    holder[keys.at(-1) ?? ''] = value;
  }
  return copy;
}

const guest = (id: number, node: string): BenchCluster['guests'][number] => ({
  id,
  name: `vm${id}`,
  type: 'vm',
  vcpu: 4,
  memTotal: 4 * GIB,
  memUsed: 2 * GIB,
  cpuUsed: 1,
  dirtyMBps: 1,
  diskTotal: 0,
  storage: 'ceph',
  affinity: [],
  antiAffinity: [],
  pin: [],
  node,
});

const BENCH: BenchCluster = {
  schema: 'bench-cluster/1',
  name: 'small',
  overhead: { cpu: 1, mem: GIB },
  nodes: ['a', 'b', 'c'].map((name) => ({ name, cpu: 16, mem: 64 * GIB })),
  guests: [guest(100, 'a'), guest(101, 'b')],
};

const SNAPSHOT = { schema: SNAPSHOT_SCHEMA, ...fromBenchCluster(BENCH) };
const SOURCE = { kind: 'config', name: 'x' };

describe('a bench cluster', () => {
  it.each<{ readonly case: string; readonly change: Change; readonly says: string }>([
    {
      case: 'a guest twice',
      change: [['guests', 1, 'id'], 100],
      says: 'guests[1].id: expected each guest once, got 100 again, as guests[0].',
    },
    {
      case: 'a node twice',
      change: [['nodes', 2, 'name'], 'a'],
      says: 'nodes[2].name: expected each node once, got "a" again, as nodes[0].',
    },
    {
      case: 'a guest on a node that is not listed',
      change: [['guests', 1, 'node'], 'zz'],
      says: 'guests[1].node: expected the name of a node that is listed in nodes, got "zz".',
    },
    {
      case: 'a node without cores',
      change: [['nodes', 1, 'cpu'], 0],
      says: 'nodes[1].cpu: expected a number above 0, got 0.',
    },
    {
      case: 'a node without memory',
      change: [['nodes', 0, 'mem'], 0],
      says: 'nodes[0].mem: expected a number above 0, got 0.',
    },
    {
      case: 'a guest of another kind',
      change: [['guests', 0, 'type'], 'qemu'],
      says: 'guests[0].type: expected one of vm, ct, got "qemu".',
    },
    {
      case: 'a name that no terminal is to see',
      change: [['guests', 0, 'id'], '\u001B[31m'],
      says: String.raw`guests[0].id: expected the number of a guest, such as 100, got "\u001b[31m".`,
    },
  ])('with $case is refused', ({ change, says }) => {
    expect(refusalOf(BENCH)).toBeUndefined();
    expect(refusalOf(changed(BENCH, change))).toMatchObject(refusedFor(says));
  });

  it('has ten of its problems listed, and the others counted', () => {
    const many = { ...BENCH, guests: Array.from({ length: 40 }, (_, id) => ({ ...guest(id + 1, 'a'), name: null })) };
    const lines = describeError(refusalOf(many)).split('\n');
    expect(lines[0]).toContain('to be a snapshot, got 40 things that are wrong; correct them, or write one anew');
    expect(lines).toHaveLength(12);
    expect(lines[1]).toBe('  guests[0].name: expected a text, got null.');
    expect(lines.at(-1)).toBe('  and 30 more.');
  });
});

describe('a snapshot', () => {
  it.each<{ readonly case: string; readonly changes: readonly Change[]; readonly says: string }>([
    {
      case: 'a guest twice',
      changes: [[['snapshot', 'guests', 1, 'id'], 100]],
      says: 'snapshot.guests[1].id: expected each guest once, got 100 again, as guests[0].',
    },
    {
      case: 'a node twice',
      changes: [[['snapshot', 'nodes', 2, 'name'], 'a']],
      says: 'snapshot.nodes[2].name: expected each node once, got "a" again, as nodes[0].',
    },
    {
      case: 'a running guest on a node that is not listed',
      changes: [[['snapshot', 'guests', 0, 'node'], 'zz']],
      says: 'snapshot.guests[0].node: expected the name of a node that is listed in nodes, got "zz".',
    },
    {
      case: 'an online node without cores',
      changes: [[['snapshot', 'nodes', 1, 'capacity', 'cpu'], 0]],
      says: 'snapshot.nodes[1].capacity.cpu: expected a number above 0 of a node that is online, got 0.',
    },
    {
      case: 'an offline node with less than no cores',
      changes: [
        [['snapshot', 'nodes', 1, 'status'], 'offline'],
        [['snapshot', 'nodes', 1, 'capacity', 'cpu'], -4],
      ],
      says: 'snapshot.nodes[1].capacity.cpu: expected a number, at least 0, got -4.',
    },
    {
      case: 'a time that has no date',
      changes: [[['snapshot', 'takenAt'], 1e300]],
      says: 'snapshot.takenAt: expected a time in milliseconds since 1970, before the year 10000, got 1e+300.',
    },
    {
      case: 'a pin without nodes',
      changes: [[['rules'], [{ kind: 'pin', guests: [100], source: SOURCE }]]],
      says: 'rules[0].nodes: expected a list, got nothing.',
    },
    {
      case: 'a rule that nobody wrote down',
      changes: [[['rules'], [{ kind: 'affinity', guests: [100, 101] }]]],
      says: 'rules[0].source: expected an object, got nothing.',
    },
    {
      case: 'a rule of an unknown kind',
      changes: [[['snapshot', 'rules'], [{ kind: 'bogus', guests: [100], source: SOURCE }]]],
      says: 'snapshot.rules[0].kind: expected one of pin, affinity, anti-affinity, ignore, got "bogus".',
    },
    {
      case: 'a rule that is none',
      changes: [[['rules'], ['pin']]],
      says: 'rules[0]: expected an object, got "pin".',
    },
    {
      case: 'facts that say nothing of refused nodes',
      changes: [[['snapshot', 'facts', 100, 'refusedNodes'], undefined]],
      says: 'snapshot.facts.100.refusedNodes: expected an object, got nothing.',
    },
    {
      case: 'a history of a node without its load',
      changes: [[['history', 'nodes'], { 'a b': { roundsOver: 0 } }]],
      says: 'history.nodes["a b"].smoothed: expected an object, got nothing.',
    },
    {
      case: 'a history of a guest without its load',
      changes: [[['history', 'guests'], { 100: { samples: 1, node: 'a' } }]],
      says: 'history.guests.100.smoothed: expected an object, got nothing.',
    },
    {
      case: 'a migration that went nowhere',
      changes: [[['history', 'moves'], [{ guest: 100, from: 'a', startedAt: 0, outcome: 'done' }]]],
      says: 'history.moves[0].to: expected a text, got nothing.',
    },
    {
      case: 'no thresholds of CPU',
      changes: [[['balance', 'cpu'], undefined]],
      says: 'balance.cpu: expected an object, got nothing.',
    },
    {
      case: 'a threshold in the words of the configuration',
      changes: [[['balance', 'cpu', 'high'], '80%']],
      says: 'balance.cpu.high: expected a number from 0 to 1, got "80%".',
    },
    {
      case: 'a threshold of 80',
      changes: [[['balance', 'memory', 'high'], 80]],
      says: 'balance.memory.high: expected a number from 0 to 1, got 80.',
    },
  ])('with $case is refused', ({ changes, says }) => {
    expect(refusalOf(SNAPSHOT)).toBeUndefined();
    expect(refusalOf(changed(SNAPSHOT, ...changes))).toMatchObject(refusedFor(says));
  });

  it.each<{ readonly case: string; readonly changes: readonly Change[] }>([
    {
      case: 'an offline node of which Proxmox VE tells no capacity',
      changes: [
        [['snapshot', 'nodes', 2, 'status'], 'offline'],
        [['snapshot', 'nodes', 2, 'capacity'], { cpu: 0, memory: 0 }],
      ],
    },
    {
      case: 'what is left of a guest whose node has left the cluster',
      changes: [
        [['snapshot', 'guests', 0, 'node'], 'gone'],
        [['snapshot', 'guests', 0, 'status'], 'unknown'],
      ],
    },
    {
      case: 'a pin to a node that is not there',
      changes: [[['rules'], [{ kind: 'pin', guests: [7], nodes: ['gone'], source: SOURCE }]]],
    },
  ])('with $case is read', ({ changes }) => {
    expect(refusalOf(changed(SNAPSHOT, ...changes))).toBeUndefined();
  });

  it('keeps fields that are newer than its schema', () => {
    writeFileSync(file, JSON.stringify(changed(SNAPSHOT, [['snapshot', 'nodes', 0, 'fans'], 4])));
    expect(readRecorded(file).snapshot.nodes[0]).toMatchObject({ name: 'a', fans: 4 });
  });
});
