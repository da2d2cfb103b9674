import { decode, encode, type FlowEntry, type FlowMod, type GroupMod, type Match, match } from '@ballast/openflow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, COOKIE_MARK, type DesiredFlow, type DesiredState, diff, type Present } from '../../src/index.ts';
import { apply, commitTo, flow, GROUP, group, virtualIp } from '../support/desired.ts';

const VERSIONS = [4, 5, 6] as const;
const NOTHING: Present = { flows: [], groups: [] };

/** What a switch has after changes, told as it tells it: a model of a switch that obeys. */
function after(present: Present, changes: readonly Change[], version: number): Present {
  const flows = new Map(present.flows.map((entry) => [placeOf(entry), entry]));
  const groups = new Map(present.groups.map((one) => [one.groupId, one]));
  for (const { body } of changes) {
    const message = decode(encode(body, version, 1));
    if (message.type === 'flow_mod') obey(flows, message);
    else if (message.type === 'group_mod') obeyGroup(groups, message);
  }
  return { flows: [...flows.values()], groups: [...groups.values()] };
}

function obey(flows: Map<string, FlowEntry>, mod: FlowMod): void {
  const {
    command,
    tableId,
    priority,
    idleTimeout,
    hardTimeout,
    flags,
    importance,
    cookie,
    match: fields,
    instructions,
  } = mod;
  const place = placeOf(mod);
  const kept = { tableId, priority, idleTimeout, hardTimeout, flags, importance, cookie, match: fields, instructions };
  const present = flows.get(place);
  if (command === 4) flows.delete(place);
  else if (command === 0) flows.set(place, { ...kept, statistics: {} });
  else if (present !== undefined) flows.set(place, { ...present, instructions: mod.instructions });
}

function obeyGroup(groups: Map<number, Present['groups'][number]>, mod: GroupMod): void {
  const { command: _command, commandBucketId: _bucket, type: _type, ...content } = mod;
  if (mod.command === 2) groups.delete(mod.groupId);
  else groups.set(mod.groupId, content);
}

function placeOf({ tableId, priority, match: fields }: { tableId: number; priority: number; match: Match }): string {
  const sorted = fields.map((field) =>
    JSON.stringify(field, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  );
  return `${tableId}/${priority}/${sorted.toSorted().join()}`;
}

const wantedFlow = fc
  .record({
    table: fc.integer({ min: 0, max: 3 }),
    priority: fc.integer({ min: 0, max: 3 }),
    port: fc.integer({ min: 1, max: 4 }),
    cookie: fc.bigInt({ min: 0n, max: 2n }),
    out: fc.integer({ min: 1, max: 3 }),
    idleTimeout: fc.constantFrom(0, 60),
  })
  .map(({ table, priority, port, cookie, out, idleTimeout }): DesiredFlow => {
    const instructions = apply({ type: 'output', port: out, maxLen: 0 });
    return flow({
      table,
      priority,
      cookie: COOKIE_MARK | cookie,
      match: match({ in_port: port }),
      instructions,
      idleTimeout,
    });
  });
const wanted: fc.Arbitrary<DesiredState> = fc.record({
  flows: fc.uniqueArray(wantedFlow, {
    maxLength: 12,
    selector: ({ table, priority, match: [field] }) =>
      `${table}/${priority}/${field?.field === 'in_port' ? field.value : ''}`,
  }),
  groups: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 3 })), {
      maxLength: 4,
      selector: ([id]) => id,
    })
    .map((all) => all.map(([id, host]) => group([`10.0.0.${host}`], { groupId: GROUP + id }))),
});

describe.each(VERSIONS)('in version %i', (version) => {
  test('from any state to any other in one go, and then nothing is to be done', () => {
    fc.assert(
      fc.property(wanted, wanted, (first, second) => {
        const before = after(NOTHING, diff(first, NOTHING, version), version);
        const changes = diff(second, before, version);
        const present = after(before, changes, version);
        expect(diff(second, present, version)).toEqual([]);
        // No row is touched twice, and what is alike on both sides not at all.
        expect(new Set(changes.map(({ name }) => name)).size).toBe(changes.length);
        expect(diff(first, before, version)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('a virtual IP comes back as it went', () => {
    const present = after(NOTHING, diff(virtualIp(), NOTHING, version), version);
    expect(diff(virtualIp(), present, version)).toEqual([]);
  });
});

test('what comes first is used by what comes later', () => {
  const outer = group([], {
    groupId: GROUP,
    buckets: [{ weight: 1, actions: [{ type: 'group', groupId: GROUP + 1 }] }],
  });
  const user = flow({ instructions: apply({ type: 'group', groupId: GROUP }) });
  const all = { flows: [user], groups: [outer, group(['10.0.0.1'], { groupId: GROUP + 1 })] };
  const names = (changes: readonly Change[]): readonly string[] => changes.map(({ verb, name }) => `${verb} ${name}`);
  const added = diff(all, NOTHING, 6);
  expect(names(added)).toEqual(['add group 0xba110002', 'add group 0xba110001', 'add flow table=0,priority=0']);
  expect(names(diff({ flows: [], groups: [] }, after(NOTHING, added, 6), 6))).toEqual([
    'remove flow table=0,priority=0',
    'remove group 0xba110001',
    'remove group 0xba110002',
  ]);
});

/** Pairs that mean the same to a switch: the second is how one tells the first. */
test.each<[string, Match, Match]>([
  ['order', match({ eth_type: 0x800, ip_proto: 6 }), match({ ip_proto: 6, eth_type: 0x800 })],
  [
    'a mask of all ones',
    match({ ipv4_dst: { value: '10.0.0.1', mask: '255.255.255.255' } }),
    match({ ipv4_dst: '10.0.0.1' }),
  ],
  ['a mask of zeros', match({ eth_dst: { value: '00:00:00:00:00:00', mask: '00:00:00:00:00:00' } }), []],
  ['ways to write IPv6', match({ ipv6_dst: '2001:DB8:0:0:0:0:0:1' }), match({ ipv6_dst: '2001:db8::1' })],
  ['capitals', match({ eth_dst: 'AA:BB:CC:DD:EE:FF' }), match({ eth_dst: 'aa:bb:cc:dd:ee:ff' })],
  ['two registers in one', match({ reg2: 1, reg3: 2 }), match({ xreg1: 0x1_0000_0002n })],
  ['half of a wide register', match({ reg3: 7 }), match({ xreg1: { value: 7n, mask: 0xffff_ffffn } })],
  [
    'four registers in one',
    match({ reg0: 1, reg3: 2 }),
    match({ xxreg0: { value: (1n << 96n) | 2n, mask: (0xffff_ffffn << 96n) | 0xffff_ffffn } }),
  ],
  [
    'names of the older encoding',
    match({ nxm_of_eth_type: 0x800, nxm_of_ip_dst: '10.0.0.1' }),
    match({ eth_type: 0x800, ipv4_dst: '10.0.0.1' }),
  ],
])('a match is the same whatever its %s', (_, given, told) => {
  const desired = { flows: [flow({ match: given })], groups: [] };
  const [change] = diff({ flows: [flow({ match: told })], groups: [] }, NOTHING, 6);
  const present = after(NOTHING, change === undefined ? [] : [change], 6);
  expect(diff(desired, present, 6)).toEqual([]);
});

test.each<[string, Match, Match]>([
  ['a value', match({ in_port: 1 }), match({ in_port: 2 })],
  ['a mask', match({ reg0: { value: 1, mask: 1 } }), match({ reg0: 1 })],
  ['a field more', match({ in_port: 1, eth_type: 0x800 }), match({ in_port: 1 })],
])('a match is another for %s', (_, given, other) => {
  const present = after(NOTHING, diff({ flows: [flow({ match: given })], groups: [] }, NOTHING, 6), 6);
  const changes = diff({ flows: [flow({ match: other })], groups: [] }, present, 6);
  expect(changes.map(({ verb }) => verb)).toEqual(['add', 'remove']);
});

test('a group is another for a weight, an order, an address; a port that is watched; a method', () => {
  const base = group(['10.0.0.1', '10.0.0.2']);
  const present = after(NOTHING, diff({ flows: [], groups: [base] }, NOTHING, 6), 6);
  const bucket = { weight: 1, actions: [commitTo('10.0.0.1')] };
  for (const other of [
    group(['10.0.0.2', '10.0.0.1']),
    group(['10.0.0.1', '10.0.0.3']),
    group([], { buckets: [bucket, { ...bucket, weight: 2 }] }),
    group([], { buckets: [bucket, { weight: 1, watchPort: 4, actions: [commitTo('10.0.0.2')] }] }),
    group(['10.0.0.1', '10.0.0.2'], { selection: { method: 'dp_hash', param: 7n, fields: [] } }),
    group(['10.0.0.1', '10.0.0.2'], { groupType: 0 }),
  ]) {
    expect(diff({ flows: [], groups: [other] }, present, 6).map(({ verb }) => verb)).toEqual(['change']);
  }
});
