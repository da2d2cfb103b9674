import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { GIB } from '@ballast/core';
import { demoWorld } from '@ballast/pve-simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';
import { fromBenchCluster } from '../src/recorded/bench-cluster.ts';
import type { BenchCluster } from '../src/recorded/schemas.ts';
import { aCluster, ENV, type TestCluster } from './cluster.ts';
import { aTerminal, type TestTerminal } from './terminal.ts';

const directory = mkdtempSync(path.join(os.tmpdir(), 'recorded-'));
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await aCluster();
});
afterAll(async () => {
  await cluster.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function ballast(...args: readonly string[]): Promise<TestTerminal & { readonly code: number }> {
  const terminal = aTerminal({ env: ENV });
  return { ...terminal, code: await run(args, terminal) };
}

function write(name: string, content: string | Buffer): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

const guest = (id: number, node: string, cpuUsed: number, fields: object = {}): object => ({
  id,
  name: `vm${id}`,
  type: 'vm',
  vcpu: 8,
  memTotal: 4 * GIB,
  memUsed: 2 * GIB,
  cpuUsed,
  dirtyMBps: 1,
  diskTotal: 0,
  storage: 'ceph',
  affinity: [],
  antiAffinity: [],
  pin: [],
  node,
  ...fields,
});

const SOME = [guest(1, 'a', 6, { memUsed: 3 * GIB }), guest(2, 'a', 5), guest(3, 'a', 3), guest(4, 'b', 2)];

/** Node a stands at 15 of 16 cores, b at 3, c at 1. */
function aBench(guests: readonly object[] = SOME): object {
  return {
    schema: 'bench-cluster/1',
    name: 'small',
    overhead: { cpu: 1, mem: GIB },
    nodes: ['a', 'b', 'c'].map((name) => ({ name, cpu: 16, mem: 64 * GIB, disk: 0, netMbps: 10_000 })),
    guests,
  };
}

describe('ballast plan --snapshot', () => {
  const bench = JSON.stringify(aBench());

  it.each([
    ['as it is', write('bench.json', bench)],
    ['gzipped', write('bench.json.gz', gzipSync(bench))],
    ['with a byte order mark', write('bom.json', `\uFEFF${bench}`)],
  ])('plans for a bench cluster %s, without a configuration', async (_, file) => {
    const { out, err, code } = await ballast('plan', '--snapshot', file, '--target', '0.7', '-o', 'json');
    expect(err()).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(out())).toMatchObject({
      schema: 'ballast-plan/1',
      moves: [{ guest: 2, from: 'a', to: 'c', wave: 1 }],
      before: [{ node: 'a', cpu: 0.9375 }, { node: 'b' }, { node: 'c' }],
      after: [
        { node: 'a', cpu: 0.625 },
        { node: 'b', cpu: 0.1875 },
        { node: 'c', cpu: 0.375 },
      ],
      bound: 1,
      violations: [],
      elapsedMs: expect.any(Number),
    });
  });

  it('takes the target for the trigger, too, and names a node that cannot be brought to it', async () => {
    const file = write('stuck.json', JSON.stringify(aBench([guest(1, 'a', 9, { pin: ['a'] }), guest(4, 'b', 2)])));
    const { out } = await ballast('plan', '--snapshot', file, '--target', '50%', '-o', 'json');
    expect(JSON.parse(out())).toMatchObject({
      moves: [],
      unresolved: [{ node: 'a', detail: expect.stringContaining('1 pinned') }],
    });
  });

  it('keeps the bytes least when asked to, and allocates no more memory than a node has unless allowed', async () => {
    const guests = [
      guest(1, 'a', 6, { memUsed: 20 * GIB, memTotal: 40 * GIB }),
      guest(2, 'a', 3, { memUsed: GIB, memTotal: GIB }),
      guest(3, 'a', 3, { memUsed: GIB, memTotal: GIB }),
      guest(4, 'b', 1, { memTotal: 30 * GIB }),
      guest(5, 'c', 1, { memTotal: 30 * GIB }),
    ];
    const file = write('bytes.json', JSON.stringify(aBench(guests)));
    const guestsOf = async (...more: readonly string[]): Promise<unknown> => {
      const { out } = await ballast('plan', '--snapshot', file, '--target', '0.6', '-o', 'json', ...more);
      return (JSON.parse(out()) as { moves: readonly { guest: number }[] }).moves
        .map((move) => move.guest)
        .toSorted((a, b) => a - b);
    };
    expect(await guestsOf()).toEqual([2, 3]);
    expect(await guestsOf('--overcommit', '1.5')).toEqual([1]);
    expect(await guestsOf('--overcommit', '1.5', '--minimize', 'bytes')).toEqual([2, 3]);
    const { out } = await ballast('plan', '--snapshot', file, '--target', '0.6', '--minimize', 'bytes');
    expect(out().replaceAll(/\s+/g, ' ')).toMatch(
      /Guests with [\d.]+ GiB of memory move: at least \d and [\d.]+ GiB are needed\./,
    );
  });

  it('mends rules alone, or relieves alone, when asked to', async () => {
    const apart = { antiAffinity: ['x'] };
    const file = write(
      'profile.json',
      JSON.stringify(aBench([guest(1, 'b', 1, apart), guest(2, 'b', 1, apart), guest(3, 'a', 7), guest(4, 'a', 6)])),
    );
    const moved = async (...more: readonly string[]): Promise<unknown> => {
      const { out } = await ballast('plan', '--snapshot', file, '--target', '0.7', '-o', 'json', ...more);
      return (JSON.parse(out()) as { moves: readonly { from: string }[] }).moves.map((move) => move.from).toSorted();
    };
    expect(await moved()).toEqual(['a', 'b']);
    expect(await moved('--profile', 'rules')).toEqual(['b']);
    expect(await moved('--profile', 'relief')).toEqual(['a']);
    const { out } = await ballast(
      'plan',
      '--snapshot',
      write('hot.json', bench),
      '--target',
      '.7',
      '--profile',
      'rules',
    );
    expect(out().replaceAll(/\s+/g, ' ')).toContain(
      'Nothing to do for the profile `rules`: no rule is broken. 1 node is above 70 % CPU or 70 % memory;',
    );
  });

  it('is not cut, unless asked to', async () => {
    const guests = Array.from({ length: 25 }, (_, i) => guest(i + 1, 'a', 0.1));
    const file = write('long.json', JSON.stringify(aBench(guests.map((one) => ({ ...one, pin: ['b', 'c'] })))));
    const moves = async (...more: readonly string[]): Promise<number> => {
      const { out } = await ballast('plan', '--snapshot', file, '-o', 'json', ...more);
      return (JSON.parse(out()) as { moves: readonly object[] }).moves.length;
    };
    expect(await moves()).toBe(25);
    expect(await moves('--target', '0.7')).toBe(25);
    expect(await moves('--max-steps', '3')).toBe(3);
  });

  it('evens out or packs when asked to, by the floors that are asked for', async () => {
    const file = write(
      'profiles.json',
      JSON.stringify(aBench([guest(1, 'a', 3), guest(2, 'a', 2), guest(3, 'b', 3), guest(4, 'c', 1)])),
    );
    const planned = async (...more: readonly string[]): Promise<unknown> => {
      const { out } = await ballast('plan', '--snapshot', file, '-o', 'json', ...more);
      const { moves, notices } = JSON.parse(out()) as {
        moves: readonly object[];
        notices: readonly { nodes: object }[];
      };
      return [moves.length, notices[0]?.nodes];
    };
    expect(await planned()).toEqual([0, undefined]);
    expect(await planned('--profile', 'balance')).toEqual([1, undefined]);
    expect(await planned('--profile', 'balance', '--aggressiveness', '1')).toEqual([0, undefined]);
    expect(await planned('--profile', 'pack', '--reserve', 'off')).toEqual([1, ['c']]);
    const { code, err } = await ballast('plan', '--snapshot', file, '--aggressiveness', '6');
    expect([code, err()]).toEqual([1, expect.stringContaining('Expected a whole number from 1 to 5.')]);
  });

  it('says which rules stay broken, and why', async () => {
    const apart = { antiAffinity: ['db'], memUsed: 30 * GIB, memTotal: 30 * GIB };
    const full = { pin: ['b'], memUsed: 50 * GIB, memTotal: 50 * GIB };
    const guests = [guest(1, 'a', 0.1, apart), guest(2, 'a', 0.1, apart), guest(3, 'b', 0.1, full)];
    const others = [guest(4, 'c', 0.1, { ...full, pin: ['c'] })];
    const file = write('broken.json', JSON.stringify(aBench([...guests, ...others])));
    const { out, code } = await ballast('plan', '--snapshot', file, '--target', '0.99', '--detailed-exitcode');
    const text = out().replaceAll(/\s+/g, ' ');
    expect(code).toBe(0);
    expect(text).toContain('1 rule stays broken.');
    expect(text).not.toContain('Nothing to do');
    expect(text).toContain('vm1 (1) and vm2 (2) are on a, though the rule db of the configuration keeps them apart.');
    expect(text).toContain('1: None of the 2 other nodes can take vm1');
  });

  it('tells by its exit code that steps are pending', async () => {
    const file = write('pending.json', bench);
    expect((await ballast('plan', '--snapshot', file, '--target', '0.7', '--detailed-exitcode')).code).toBe(2);
    expect((await ballast('plan', '--snapshot', file, '--target', '0.99', '--detailed-exitcode')).code).toBe(0);
  });

  it.each([
    {
      case: 'no such file',
      args: ['/nowhere/x.json'],
      says: 'Expected to read the snapshot /nowhere/x.json, got ENOENT.',
    },
    { case: 'no JSON', text: 'schema: x', says: 'to hold JSON, got something else.' },
    {
      case: 'another schema',
      text: '{"schema":"x/1"}',
      says: 'to have the schema ballast-snapshot/1 or bench-cluster/1, got x/1.',
    },
    {
      case: 'a field missing',
      text: JSON.stringify({ ...aBench(), guests: [{ id: 1 }] }),
      says: 'guests[0].name: expected a text, got nothing.',
    },
    {
      case: 'a gzip that is cut off',
      text: gzipSync(bench).subarray(0, 40),
      says: 'to be a whole gzipped file, got one that is cut off. Copy it once more, or write one anew',
    },
    {
      case: 'a gzip that is damaged',
      text: gzipSync(bench).fill(0xff, 20, 40),
      says: 'to be a whole gzipped file, got one that is damaged.',
    },
    {
      case: 'a target of 70',
      args: ['x', '--target', '70'],
      says: 'Expected a ratio above 0 and up to 1, such as 0.7 or 70%. Did you mean 70%?',
    },
    { case: 'a seed that is no number', args: ['x', '--seed', 'a'], says: 'Expected a whole number, at least 0.' },
  ])('refuses $case', async ({ args, text, says, case: name }) => {
    const file = text === undefined ? [] : [write(`bad-${name}.json`, text)];
    const { code, err } = await ballast('plan', '--snapshot', ...file, ...(args ?? []));
    expect(code).toBe(1);
    expect(err()).toContain(says);
    expect(err()).not.toMatch(/\n\s+at /);
  });

  it('refuses its options without a file', async () => {
    const { code, err } = await ballast('plan', '--target', '0.7');
    expect(code).toBe(1);
    expect(err()).toContain('Expected --target together with --snapshot, got it alone.');
  });
});

describe('ballast evacuate', () => {
  it('says where every guest of a node would go, in a recorded cluster and in the one that is there', async () => {
    const file = write('evacuate.json', JSON.stringify(aBench()));
    const { out, code } = await ballast('evacuate', 'a', '--snapshot', file, '-o', 'json');
    expect(code).toBe(0);
    const plan = JSON.parse(out()) as { moves: readonly { guest: number; from: string }[]; bound: number };
    expect(plan.moves.map((move) => move.guest).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(plan).toMatchObject({ bound: 3, violations: [], unresolved: [] });
    const live = await ballast('--config', cluster.config, 'evacuate', 'pve3', '-o', 'json');
    const { moves } = JSON.parse(live.out()) as { moves: readonly { from: string }[] };
    expect(new Set(moves.map((move) => move.from))).toEqual(new Set(['pve3']));
  });

  it('ends with 1 where not every guest finds a place, and names a node that nobody knows', async () => {
    const file = write('full.json', JSON.stringify(aBench([guest(1, 'a', 9, { pin: ['a'] })])));
    const { out, code } = await ballast('evacuate', 'a', '--snapshot', file, '-o', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(out())).toMatchObject({
      unresolved: [{ node: 'a', detail: expect.stringContaining('1 pinned') }],
    });
    const unknown = await ballast('evacuate', 'q', '--snapshot', file);
    expect(unknown.err()).toContain('Expected a node of the cluster, got q.');
  });

  it('names every guest that stays, with its reason, though others leave', async () => {
    const large = [1, 2, 3, 4, 5, 7].map((id) => guest(id, 'a', 0.1, { memTotal: 30 * GIB, memUsed: 30 * GIB }));
    const file = write('partly.json', JSON.stringify(aBench([...large, guest(6, 'b', 0.1)])));
    const { out, code } = await ballast('evacuate', 'a', '--snapshot', file);
    expect(code).toBe(1);
    const text = out().replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/Plan: 2 migrations.* 4 guests stay on a\./);
    for (const id of [3, 4, 5, 7]) expect(text).toContain(`${id}: None of the 2 other nodes can take vm${id}`);
    expect(text).toContain('Not emptied a: a is drained and keeps 4 guests');
    expect(text).not.toContain('in maintenance');
    expect(text).not.toContain('Stay hot');
  });

  it('allocates no more memory than asked to, and moves containers where asked to', async () => {
    const guests = [1, 2, 3].map((id) => guest(id, 'a', 0.1, { memTotal: 50 * GIB, memUsed: GIB }));
    const file = write('allocated.json', JSON.stringify(aBench(guests)));
    expect((await ballast('evacuate', 'a', '--snapshot', file)).code).toBe(1);
    expect((await ballast('evacuate', 'a', '--snapshot', file, '--overcommit', '2')).code).toBe(0);
    const { snapshot, ...rest } = fromBenchCluster(aBench([guest(1, 'a', 0.1, { type: 'ct' })]) as BenchCluster);
    const balance = { ...rest.balance, containers: false };
    const recorded = { schema: 'ballast-snapshot/1', ...rest, balance, snapshot };
    const still = write('container.json', JSON.stringify(recorded));
    expect((await ballast('evacuate', 'a', '--snapshot', still)).out()).toContain('container');
    expect((await ballast('evacuate', 'a', '--snapshot', still, '--containers')).code).toBe(0);
    expect((await ballast('evacuate', 'a', '--containers')).err()).toContain('got it alone.');
  });

  it('takes the configured policy for the cluster that is there, as `plan` does', async () => {
    const world = demoWorld(1);
    for (const one of world.guests)
      Object.assign(one, { memory: 40 * GIB, memoryDemand: { kind: 'constant', ratio: 0.05 } });
    const overcommitted = await aCluster(world);
    const tight = await overcommitted.configWith('balance: { memoryOvercommit: 1 }');
    const codes = async (...args: readonly string[]): Promise<readonly number[]> => [
      (await ballast('--config', overcommitted.config, ...args)).code,
      (await ballast('--config', tight, ...args)).code,
    ];
    expect(await codes('evacuate', 'pve3')).toEqual([0, 1]);
    expect(await codes('place', '--cpu', '1', '--memory', '1GiB')).toEqual([0, 1]);
    await overcommitted.stop();
  });

  it('ends with 1 where a node is offline, and tells of stopped guests without it', async () => {
    const recorded = fromBenchCluster(aBench() as BenchCluster);
    const edited = (node: object, status: string): string => {
      const { nodes, guests } = recorded.snapshot;
      const snapshot = {
        ...recorded.snapshot,
        nodes: nodes.map((each) => (each.name === 'b' ? { ...each, ...node } : each)),
        guests: guests.map((each) => (each.node === 'b' ? { ...each, status } : each)),
      };
      return write(`b-${status}.json`, JSON.stringify({ schema: 'ballast-snapshot/1', ...recorded, snapshot }));
    };
    const offline = await ballast('evacuate', 'b', '--snapshot', edited({ status: 'offline' }, 'running'));
    expect(offline.code).toBe(1);
    expect(offline.out()).toContain('Nothing can be done: 1 guest stays on b.');
    expect(offline.out()).toContain('4: b is offline: nothing can be moved off it.');
    const stopped = await ballast('evacuate', 'b', '--snapshot', edited({}, 'stopped'));
    expect(stopped.code).toBe(0);
    expect(stopped.out()).toContain('Nothing to do: no guest runs on b.');
    expect(stopped.out()).toContain('vm4 (4) is stopped and stays: migrate it offline.');
    const paused = await ballast('evacuate', 'b', '--snapshot', edited({}, 'paused'));
    expect([paused.code, paused.out()]).toEqual([1, expect.stringContaining('4: vm4 is paused')]);
  });
});

describe('ballast place', () => {
  const file = write('place.json', JSON.stringify(aBench()));

  it('names the node with the most room first, and why others do not do', async () => {
    const { out, code } = await ballast('place', '--cpu', '4', '--memory', '8GiB', '--snapshot', file, '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out())).toMatchObject({
      node: 'c',
      nodes: [
        { node: 'c', allowed: true, after: { cpu: 0.3125 } },
        { node: 'b', allowed: true },
        { node: 'a', allowed: false, detail: 'No room: its CPU would stand at 118.8 %, above 85 %.' },
      ],
    });
  });

  it('ends with 1 where there is no room, and refuses a size without sense', async () => {
    const { code, err, out } = await ballast('place', '--cpu', '1', '--memory', '1TiB', '--snapshot', file);
    expect(code).toBe(1);
    expect(out()).toMatch(/^no {3}c {2}No room: its memory/m);
    expect(err()).toContain('Expected a node with room for the guest, got none.');
    expect((await ballast('place', '--cpu', '1', '--memory', '8GB')).err()).toContain(
      'Expected a size such as 8GiB, or a number of bytes.',
    );
    expect((await ballast('--config', cluster.config, 'place', '--cpu', '1', '--memory', '1GiB')).code).toBe(0);
    const filled = write(
      'filled.json',
      JSON.stringify(aBench([guest(1, 'a', 1, { memTotal: 50 * GIB, memUsed: GIB })])),
    );
    const onA = async (...more: readonly string[]): Promise<string> =>
      (await ballast('place', '--cpu', '1', '--memory', '20GiB', '--snapshot', filled, ...more)).out();
    expect(await onA()).toMatch(/^no {3}a /m);
    expect(await onA('--overcommit', '1.5')).toMatch(/^yes {2}a /m);
    expect((await ballast('place', '--cpu', '1', '--memory', '1GiB', '--overcommit', '2')).err()).toContain(
      'got it alone.',
    );
  });
});

describe('ballast snapshot', () => {
  it('writes what planning needs, and the plan for it is the plan for the cluster', async () => {
    const { out, code } = await ballast('--config', cluster.config, 'snapshot');
    expect(code).toBe(0);
    expect(out()).not.toContain(ENV.TOKEN);
    const file = write('taken.json', out());
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schema: 'ballast-snapshot/1' });
    const live = await ballast('--config', cluster.config, 'plan', '-o', 'json');
    const recorded = await ballast('plan', '--snapshot', file, '-o', 'json');
    const moves = (text: string): unknown => (JSON.parse(text) as { moves: unknown }).moves;
    expect(moves(recorded.out())).toEqual(moves(live.out()));
    expect(JSON.parse(live.out())).toMatchObject({ violations: [] });
    expect(moves(live.out())).not.toEqual([]);
  });
});
