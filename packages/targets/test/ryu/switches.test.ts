import { readFile } from 'node:fs/promises';
import type { TargetReport, WeightTarget } from '@ballast/core';
import { type RyuOptions, ryuTarget } from '@ballast/targets';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { anAssignment } from '../support/assignments.ts';
import { machineClock as clock } from '../support/clock.ts';
import { aFront } from '../support/front.ts';
import { weightsOf } from './groups.ts';
import { RunningRyu } from './running.ts';

/** Datapaths 1 and 2 speak OpenFlow 1.3, 4 speaks 1.4 and 5 speaks 1.5. */
let ryu: RunningRyu;
beforeAll(async () => {
  ryu = await RunningRyu.start({ 1: 'OpenFlow13', 2: 'OpenFlow13', 4: 'OpenFlow14', 5: 'OpenFlow15' });
});
afterAll(() => ryu.stop());
beforeEach(async () => {
  for (const bridge of ryu.bridges) await ryu.ovs.ofctl(bridge, 'del-groups');
});

const bridge = (dpid: 1 | 2 | 4 | 5): string => ryu.bridges[[1, 2, 4, 5].indexOf(dpid)] ?? '';
const add = (dpid: 1 | 2 | 4 | 5, group: string): Promise<string> => ryu.ovs.ofctl(bridge(dpid), 'add-group', group);
const aTarget = (fields: Partial<RyuOptions> = {}): WeightTarget =>
  ryuTarget({ name: 'ryu', url: ryu.url, datapaths: [1], clock, ...fields });
const guest = (
  id: number,
  weight = 1,
  fields: Partial<Parameters<typeof anAssignment>[1][number]> = {},
): Parameters<typeof anAssignment>[1][number] => ({ guest: id, name: `web-${id}`, weight, ...fields });
const ports = (...ids: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(ids.map((id) => [`web-${id}`, id]));
const problems = ({ problems: all }: TargetReport): readonly unknown[] =>
  all.map(({ code, service, guest: id }) => [code, service, id]);

const THREE = 'type=select,bucket=weight:1,output:1,bucket=weight:1,output:2,bucket=weight:1,output:3';

/** A group as Open vSwitch prints it, its weights left out. */
async function actionsOf(dpid: 1 | 2 | 4): Promise<readonly string[]> {
  return (await ryu.ovs.groups(bridge(dpid))).map((line) => line.replaceAll(/weight:\d+,/g, ''));
}

test.each([1, 4] as const)('datapath %i: weights alone change, whatever the buckets do', async (dpid) => {
  const rewrite = 'set_field:02:00:00:00:00:01->eth_dst,set_field:10.0.0.1->ip_dst,set_field:8080->tcp_dst,dec_ttl';
  const bits = 'set_field:0x123456789abcdef0->metadata,set_field:5->reg0,set_queue:7';
  await add(dpid, `group_id=7,type=indirect,bucket=output:9`);
  await add(
    dpid,
    [
      'group_id=50,type=select',
      `bucket=weight:10,watch_port:1,${rewrite},output:1`,
      `bucket=weight:20,push_vlan:0x8100,set_field:4196->vlan_vid,output:2`,
      `bucket=weight:30,${dpid === 4 ? 'set_field:5->reg0' : bits},group:7`,
      'bucket=weight:40,pop_vlan,output:in_port',
    ].join(','),
  );
  const before = await actionsOf(dpid);
  const table = anAssignment('shop', [guest(1), guest(2, 0.5), guest(3, 0.25)], {
    group: 50,
    buckets: { 'web-1': '10.0.0.1', 'web-2': 2, 3: 'GROUP:7' },
  });
  const report = await aTarget({ datapaths: [dpid] }).apply([table]);
  expect(report.problems).toEqual([]);
  expect(report.changed.map(({ handle, before: was, after }) => [handle, was, after])).toEqual([
    ['50/10.0.0.1', 10, 65_535],
    ['50/OUTPUT:2', 20, 32_768],
    [dpid === 4 ? '50/SET_FIELD: {reg0:5}' : '50/SET_FIELD: {metadata:1311768467463790320}', 30, 16_384],
  ]);
  expect(await actionsOf(dpid)).toEqual(before);
  expect(await weightsOf(ryu.ovs, bridge(dpid), 50)).toEqual([65_535, 32_768, 16_384, 40]);
});

test('the example group of infra/ is made by a real controller, and its weights are set', async () => {
  const example = await readFile(new URL('../../../../infra/ryu/group.json', import.meta.url), 'utf8');
  const body = example.replace('"dpid": "19"', '"dpid": "1"');
  expect((await fetch(`${ryu.url}/stats/groupentry/add`, { method: 'POST', body })).status).toBe(200);
  const members = [guest(1, 1, { address: '10.0.0.11' }), guest(2, 0.25, { address: '10.0.0.12' })];
  const report = await aTarget().apply([anAssignment('shop', members, { group: 50 })]);
  expect(report).toMatchObject({ problems: [], unchanged: 1, changed: [{ handle: '50/10.0.0.12', before: 65_535 }] });
  expect(await weightsOf(ryu.ovs, bridge(1), 50)).toEqual([65_535, 16_384]);
});

test('buckets are found by the addresses of members, in any spelling', async () => {
  await add(
    1,
    'group_id=50,type=select,bucket=weight:1,set_field:10.0.0.1->ip_dst,output:1,' +
      'bucket=weight:1,set_field:fd00::a->ipv6_dst,output:2,bucket=weight:1,set_field:10.0.0.3->ip_src,output:3',
  );
  const members = [
    guest(1, 1, { address: '10.0.0.1' }),
    guest(2, 0.5, { address: 'FD00:0::000A' }),
    guest(3, 0.5, { address: '10.0.0.3' }),
    guest(4),
  ];
  const report = await aTarget().apply([anAssignment('shop', members, { group: 50 })]);
  expect(await weightsOf(ryu.ovs, bridge(1), 50)).toEqual([65_535, 32_768, 1]);
  expect(report.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining(
      'Group 50 of switch 0000000000000001 has no bucket with 10.0.0.3 for guest 3 (web-3); it has 10.0.0.1, fd00::a, OUTPUT:3.',
    ),
    expect.stringContaining('Expected guest 4 (web-4) to have an address, by which its bucket is found, got none.'),
  ]);
});

test('a group that is not there or has no weights is named, and the others are applied', async () => {
  await add(1, `group_id=50,${THREE}`);
  await add(1, 'group_id=51,type=all,bucket=output:1');
  const one = [guest(1, 0.5)];
  const report = await aTarget().apply([
    anAssignment('gone', one, { group: 52, buckets: ports(1) }),
    anAssignment('mail', one, { group: 51, buckets: ports(1) }),
    anAssignment('none', one),
    anAssignment('shop', [guest(1), guest(2, 0.5)], { group: 50, buckets: ports(1, 2) }),
  ]);
  expect(problems(report)).toEqual([
    ['ryu-options', 'none', undefined],
    ['ryu-unknown-group', 'gone', undefined],
    ['ryu-group-type', 'mail', undefined],
  ]);
  expect(report.problems.map(({ message }) => message)).toEqual([
    "Expected a service at a ryu target to have 'group', got none.",
    expect.stringContaining('Switch 0000000000000001 has no group 52; it has 50, 51.'),
    expect.stringContaining('Expected group 51 of switch 0000000000000001 to be of type SELECT, got ALL'),
  ]);
  expect(report.changed.map(({ guest: id }) => id)).toEqual([1, 2]);
});

test.each([
  [1, 'move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]', 'NX_MOVE: {eth_dst_nxm[0..48]: eth_src_nxm[0..48]}'],
  [4, 'ct(commit,table=3,nat(dst=10.0.0.4:80))', 'EXPERIMENTER: {"actions":'],
] as const)('datapath %i: a group with %s is left alone', async (dpid, action, told) => {
  await add(dpid, `group_id=50,type=select,bucket=weight:1,output:1,bucket=weight:1,${action}`);
  const table = anAssignment('shop', [guest(1, 0.5)], { group: 50, buckets: ports(1) });
  const report = await aTarget({ datapaths: [dpid] }).apply([table]);
  expect(problems(report)).toEqual([['ryu-opaque-action', 'shop', undefined]]);
  expect(report.problems[0]?.message).toContain(`has an action that ofctl_rest can tell and cannot take: ${told}`);
  expect(await weightsOf(ryu.ovs, bridge(dpid), 50)).toEqual([1, 1]);
});

test('groups that the controller itself cannot tell are one problem of their switch', async () => {
  await add(1, 'group_id=51,type=indirect,bucket=resubmit(,3)');
  await add(1, `group_id=50,${THREE}`);
  const report = await aTarget().apply([anAssignment('shop', [guest(1, 0.5)], { group: 50, buckets: ports(1) })]);
  expect(problems(report)).toEqual([['ryu-refused', undefined, undefined]]);
  expect(report.problems[0]?.message).toContain(
    `Switch 0000000000000001: Ryu at ${ryu.url} failed at stats/groupdesc/1 (status 501).`,
  );
});

test('a member with two buckets, and two members with one, are problems', async () => {
  await add(1, 'group_id=50,type=select,bucket=weight:1,output:1,bucket=weight:1,output:1,bucket=weight:1,output:3');
  await add(1, `group_id=60,${THREE}`);
  const report = await aTarget().apply([
    anAssignment('shop', [guest(1), guest(3)], { group: 50, buckets: ports(1, 3) }),
    anAssignment('pay', [guest(1), guest(2), guest(3, 0.5)], { group: 60, buckets: { 1: 1, 2: 1, 3: 3 } }),
  ]);
  expect(problems(report)).toEqual([
    ['ryu-ambiguous', 'shop', 1],
    ['ryu-shared-bucket', 'pay', 1],
    ['ryu-shared-bucket', 'pay', 2],
  ]);
  expect(report.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('Expected one bucket of group 50 with OUTPUT:1 for guest 1 (web-1), got 2.'),
    expect.stringContaining('Expected one member for bucket 60/OUTPUT:1, got guest 1 (web-1) and guest 2 (web-2).'),
    expect.stringContaining('Expected one member for bucket 60/OUTPUT:1'),
  ]);
  expect(await weightsOf(ryu.ovs, bridge(1), 60)).toEqual([1, 1, 32_768]);
});

test('two services in one group are both refused', async () => {
  await add(1, `group_id=50,${THREE}`);
  const options = { group: 50, buckets: ports(1, 2) };
  const report = await aTarget().apply([
    anAssignment('shop', [guest(1)], options),
    anAssignment('pay', [guest(2)], { ...options, datapaths: ['0x1', 2] }),
    anAssignment('elsewhere', [guest(2)], { ...options, datapaths: [2] }),
  ]);
  expect(problems(report)).toEqual([
    ['ryu-shared-group', 'shop', undefined],
    ['ryu-shared-group', 'pay', undefined],
    ['ryu-shared-group', 'elsewhere', undefined],
  ]);
  expect(report.problems[0]?.message).toContain('Expected one service for group 50, got shop and pay.');
  expect(await weightsOf(ryu.ovs, bridge(1), 50)).toEqual([1, 1, 1]);
});

test('a drain of all members leaves the group as it is, unless a bucket of nobody has weight', async () => {
  await add(1, `group_id=50,${THREE}`);
  const drained = [1, 2, 3].map((id) => guest(id, 1, { state: 'drain' }));
  const all = await aTarget().apply([anAssignment('shop', drained, { group: 50, buckets: ports(1, 2, 3) })]);
  expect(problems(all)).toEqual([['ryu-nobody-left', 'shop', undefined]]);
  expect(all.problems[0]?.message).toContain('to keep a weight above 0, got a drain of all; it was not changed.');
  expect(await weightsOf(ryu.ovs, bridge(1), 50)).toEqual([1, 1, 1]);
  const two = await aTarget().apply([anAssignment('shop', drained.slice(0, 2), { group: 50, buckets: ports(1, 2) })]);
  expect(two).toMatchObject({
    problems: [],
    changed: [
      { after: 0, state: 'drain' },
      { after: 0, state: 'drain' },
    ],
  });
  expect(await weightsOf(ryu.ovs, bridge(1), 50)).toEqual([0, 0, 1]);
});

test('what the switch refuses is noticed, though the controller says 200', async () => {
  await add(1, `group_id=50,${THREE}`);
  const front = await aFront(ryu.url, async (request) => {
    if (request.startsWith('POST')) await ryu.ovs.ofctl(bridge(1), 'del-groups', 'group_id=50');
  });
  const table = [anAssignment('shop', [guest(1), guest(2, 0.5)], { group: 50, buckets: ports(1, 2) })];
  const report = await aTarget({ url: front.url }).apply(table);
  expect(report).toMatchObject({ changed: [], unchanged: 0 });
  expect(problems(report)).toEqual([['ryu-read-back', 'shop', undefined]]);
  expect(report.problems[0]?.message).toContain(
    'Set group 50 of switch 0000000000000001, and read back no such group.',
  );
});

test('a weight that somebody else sets between writing and reading back is told', async () => {
  await add(1, `group_id=50,${THREE}`);
  let reads = 0;
  const front = await aFront(ryu.url, async (request) => {
    if (!request.includes('groupdesc') || ++reads < 2) return;
    await ryu.ovs.ofctl(
      bridge(1),
      'mod-group',
      `group_id=50,${THREE.replace('weight:1,output:2', 'weight:32768,output:2')}`,
    );
  });
  const table = [anAssignment('shop', [guest(1), guest(2, 0.5)], { group: 50, buckets: ports(1, 2) })];
  const report = await aTarget({ url: front.url }).apply(table);
  expect(report.changed.map(({ guest: id }) => id)).toEqual([2]);
  expect(problems(report)).toEqual([['ryu-read-back', 'shop', 1]]);
  expect(report.problems[0]?.message).toContain(
    'Set 50/OUTPUT:1 of switch 0000000000000001 to weight 65535, ready, and read back 1.',
  );
});

test('a switch on OpenFlow 1.5 is not asked for its groups, which would hang the controller', async () => {
  await add(5, `group_id=50,${THREE}`);
  await add(1, `group_id=50,${THREE}`);
  const front = await aFront(ryu.url);
  const table = [anAssignment('shop', [guest(1), guest(2, 0.5)], { group: 50, buckets: ports(1, 2) })];
  const report = await aTarget({ url: front.url, datapaths: [5, 1] }).apply(table);
  expect(problems(report)).toEqual([['ryu-openflow-version', undefined, undefined]]);
  expect(report.problems[0]?.message).toContain(
    'Expected switch 0000000000000005 to speak OpenFlow 1.3 or 1.4 with Ryu, got 1.5',
  );
  expect(front.asked).not.toContain('GET /stats/groupdesc/5');
  expect(report.changed).toHaveLength(2);
});

test('a switch that is away is one problem, and the others are applied', async () => {
  await add(1, `group_id=50,${THREE}`);
  await add(2, `group_id=50,${THREE}`);
  const table = [anAssignment('shop', [guest(1), guest(2, 0.5)], { group: 50, buckets: ports(1, 2) })];
  const target = aTarget({ datapaths: [1, 99, 2] });
  const report = await target.apply(table);
  expect(report.changed.map(({ guest: id, after }) => [id, after])).toEqual([
    [1, 65_535],
    [2, 32_768],
  ]);
  expect(problems(report)).toEqual([['ryu-unknown-datapath', undefined, undefined]]);
  expect(report.problems[0]?.message).toContain(`Ryu at ${ryu.url} knows no switch 0000000000000063 (99) now.`);
  for (const dpid of [1, 2] as const) expect(await weightsOf(ryu.ovs, bridge(dpid), 50)).toEqual([65_535, 32_768, 1]);
  expect((await target.read(table)).map(({ handle, scaled }) => [handle, scaled])).toEqual([
    ['50/OUTPUT:1', 65_535],
    ['50/OUTPUT:2', 32_768],
  ]);
});

test('where switches disagree, each is read for itself and brought into line', async () => {
  await add(1, `group_id=50,${THREE}`);
  await add(2, `group_id=50,${THREE.replace('weight:1,output:2', 'weight:9,output:2')}`);
  const table = [anAssignment('shop', [guest(1), guest(2)], { group: 50, buckets: ports(1, 2) })];
  const target = aTarget({ datapaths: [1, 2] });
  expect((await target.read(table)).map(({ handle, scaled }) => [handle, scaled])).toEqual([
    ['50/OUTPUT:1', 1],
    ['50/OUTPUT:2 at 0000000000000001', 1],
    ['50/OUTPUT:2 at 0000000000000002', 9],
  ]);
  expect(await target.apply(table)).toMatchObject({ problems: [], changed: [{ guest: 1 }, { guest: 2 }] });
  expect(await target.apply(table)).toMatchObject({ problems: [], changed: [], unchanged: 2 });
});

test('a controller that is gone is one problem for all switches, and is used again when it is back', async () => {
  const table = [anAssignment('shop', [guest(1), guest(2, 0.5)], { group: 50, buckets: ports(1, 2) })];
  const target = aTarget({ datapaths: [1, 2] });
  for (const dpid of [1, 2] as const) await add(dpid, `group_id=50,${THREE}`);
  await ryu.end();
  const report = await target.apply(table);
  expect(problems(report)).toEqual([['ryu-unreachable', undefined, undefined]]);
  expect(report.problems[0]?.message).toContain(`Expected Ryu at ${ryu.url}, got ECONNREFUSED.`);
  await expect(target.read(table)).rejects.toMatchObject({ code: 'ryu-unreachable' });
  await ryu.begin();
  expect(await target.apply(table)).toMatchObject({ problems: [], changed: [{ guest: 1 }, { guest: 2 }] });
});
