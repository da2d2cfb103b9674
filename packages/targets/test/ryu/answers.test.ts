import { spawnSync } from 'node:child_process';
import type { TargetReport, WeightTarget } from '@ballast/core';
import { checkRyuOptions, checkRyuServiceOptions, type RyuOptions, ryuTarget } from '@ballast/targets';
import { VirtualClock } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDpid } from '../../src/ryu/dpid.ts';
import { type Literal, literal } from '../../src/ryu/literal.ts';
import { LARGEST, scaleWeights } from '../../src/ryu/scale.ts';
import { anAssignment } from '../support/assignments.ts';
import { machineClock } from '../support/clock.ts';
import { aSilence, aStranger } from '../support/front.ts';

const SHOP = anAssignment('shop', [{ guest: 1, name: 'web-1' }], { group: 50, buckets: { 'web-1': 1 } });
const aTarget = (url: string, fields: Partial<RyuOptions> = {}): WeightTarget =>
  ryuTarget({ name: 'ryu', url, datapaths: [1, 2], clock: machineClock, ...fields });
const problems = ({ problems: all }: TargetReport): readonly string[] => all.map(({ code }) => code);

test('silence ends with the time-out, and a caller may give up before it', async () => {
  const { url, arrived } = await aSilence();
  const clock = new VirtualClock();
  const target = aTarget(url, { clock, timeout: 3_000, datapaths: [1] });
  let arrival = arrived();
  const silent = target.apply([SHOP]);
  await arrival;
  await clock.advance(3_000);
  expect((await silent).problems).toEqual([
    {
      code: 'ryu-timeout',
      message: expect.stringContaining(
        `Switch 0000000000000001: Expected an answer of Ryu at ${url} to stats/meterdesc/1 within 3000 ms, got none.`,
      ),
    },
  ]);
  const giveUp = new AbortController();
  arrival = arrived();
  const given = target.apply([SHOP], { signal: giveUp.signal });
  await arrival;
  giveUp.abort();
  expect(problems(await given)).toEqual(['ryu-aborted']);
});

test('a proxy that does not take the token is one problem for all switches, and the token is not told', async () => {
  const { url } = await aStranger(401, 'who are you?');
  const report = await aTarget(url, { token: 'Swordfish' }).apply([SHOP]);
  expect(problems(report)).toEqual(['ryu-unauthorized']);
  expect(JSON.stringify(report)).not.toContain('Swordfish');
});

test.each([
  [302, '', 'status 302'],
  [503, 'later', 'status 503'],
  [200, '', 'an answer to stats/groupdesc without groups'],
  [200, '<html>', 'an answer to stats/groupdesc without groups'],
  [201, '{"1": [{"type": "SELECT", "group_id": 50}]}', 'an answer to stats/groupdesc without groups'],
  [201, '{"1": [{"type": "SELECT", "group_id": 50, "buckets": [{"weight": 1}]}]}', 'an answer to stats/groupdesc'],
])('status %i with %j is no ofctl_rest', async (status, text, got) => {
  const { url } = await aStranger(status, text);
  const report = await aTarget(url, { datapaths: [1] }).apply([SHOP]);
  expect(report.problems).toEqual([
    { code: 'ryu-bad-reply', message: expect.stringContaining(`Expected ofctl_rest of Ryu at ${url}, got ${got}`) },
  ]);
});

describe('options', () => {
  test('a target needs its URL and its datapaths', () => {
    expect(checkRyuOptions({})).toEqual([
      "Expected a ryu target to have 'url', got none.",
      "Expected a ryu target to have 'datapaths', got none.",
    ]);
    expect(checkRyuOptions({ url: 'http://a:8080', datapaths: ['0x1', '000000000000000a'], timeout: 100 })).toEqual([]);
    expect(() => ryuTarget({ name: 'ryu', url: 'ryu', datapaths: [1], clock: machineClock })).toThrow(
      expect.objectContaining({ code: 'ryu-options' }),
    );
  });

  test.each([
    ['no list', { datapaths: 1 }, 'Expected datapaths to be a list of datapath ids, got 1.'],
    [
      'what may be decimal or not',
      { datapaths: ['1234567890123456'] },
      'Expected an entry of datapaths to be a datapath id: decimal, 0x and hexadecimal digits, or 16 hexadecimal digits, got "1234567890123456".',
    ],
    ['one datapath twice', { datapaths: ['16', '0x10'] }, 'Expected each datapath once, got "0x10" again.'],
    ['a typo', { datapaths: [1], timout: 3 }, "Unknown key 'timout'; did you mean 'timeout'?"],
  ])('a target with %s', (_, options, problem) => {
    expect(checkRyuOptions({ url: 'http://a', ...options })).toEqual([problem]);
  });

  test.each([
    [{}, "Expected a service at a ryu target to have 'group', got none."],
    [{ group: '50' }, 'Expected group to be the id of a group, 0 to 4294967040, got "50".'],
    [
      { group: 50, buckets: { a: 0 } },
      'Expected buckets.a to be the number of a port, or what the bucket sets, got 0.',
    ],
    [
      { group: 50, buckets: [1] },
      'Expected buckets to be a mapping of guests to ports or to what buckets set, got [1].',
    ],
  ])('a service with %j', (options, problem) => {
    expect(checkRyuServiceOptions(options)).toEqual([problem]);
  });
});

test.each([
  [19, 19n],
  ['19', 19n],
  ['0x13', 19n],
  ['0000000000000013', 19n],
  ['00000000000000Af', 175n],
  ['a000000000000001', 0xa000000000000001n],
  ['18446744073709551615', 0xffffffffffffffffn],
  ['18446744073709551616', undefined],
  [0, undefined],
  ['0', undefined],
  [2 ** 60, undefined],
  ['1234567890123456', undefined],
  ['12:34', undefined],
  [true, undefined],
])('datapath id %j is %s', (text, id) => {
  expect(parseDpid(text)).toBe(id);
});

test('bodies are literals that Python reads as they were meant', () => {
  const { tree } = fc.letrec<{ tree: Literal }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      fc.bigInt({ min: 0n, max: 2n ** 64n }),
      fc.nat(),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const values = fc.sample(tree, { numRuns: 300, seed: 20_260_105 });
  const program =
    'import ast, json, sys\nfor line in sys.stdin.buffer: print(json.dumps(ast.literal_eval(line.decode())))';
  const input = values.map((value) => `${literal(value)}\n`).join('');
  const { stdout, stderr } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  // Digits beyond 2^53 would be lost in JSON.parse alone.
  const plain = (text: string): unknown => JSON.parse(text.replaceAll(/(?<=^|[[{:,] ?)(\d{16,})/g, '"$1"'));
  expect(lines.map(plain)).toEqual(values.map((value) => plain(literal(value))));
});

test('weights keep their proportions within 16 bits; a ready bucket keeps a part in 256, a drained one nothing', () => {
  const member = fc.record({
    weight: fc.double({ min: 0, max: 1, noNaN: true }),
    state: fc.constantFrom('ready' as const, 'drain' as const),
  });
  fc.assert(
    fc.property(fc.array(member, { minLength: 1 }), (members) => {
      const scaled = scaleWeights(members);
      const ready = members.filter(({ state }) => state === 'ready');
      const largest = Math.max(...ready.map(({ weight }) => weight), 0);
      const wanted = members.map(({ weight, state }) => {
        if (state === 'drain') return 0;
        return Math.max(256 / LARGEST, largest > 0 ? weight / largest : 1);
      });
      expect(scaled.every((weight, index) => Math.abs(weight / LARGEST - (wanted[index] ?? 0)) < 1 / LARGEST)).toBe(
        true,
      );
      expect(Math.max(...scaled)).toBe(ready.length > 0 ? LARGEST : 0);
      expect(members.map(({ state }) => state)).toEqual(scaled.map((weight) => (weight > 0 ? 'ready' : 'drain')));
    }),
  );
});
