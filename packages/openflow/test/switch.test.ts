import { inspect } from 'node:util';
import * as of from '@ballast/openflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addGroup, COOKIE, flows, member } from './support/service.ts';
import { type Channel, TestSwitch } from './support/switch.ts';

const ovs = new TestSwitch();
beforeAll(() => ovs.start());
afterAll(() => ovs.stop());

const queries: readonly of.MultipartQuery[] = [
  { kind: 'desc' },
  { kind: 'flow', ...of.flowFilter() },
  { kind: 'aggregate', ...of.flowFilter() },
  { kind: 'table' },
  { kind: 'port_stats', portNo: of.OFPP_ANY },
  { kind: 'group', groupId: of.OFPG_ALL },
  { kind: 'group_desc' },
  { kind: 'group_features' },
  { kind: 'port_desc' },
  { kind: 'meter', meterId: of.OFPM_ALL },
  { kind: 'meter_config', meterId: of.OFPM_ALL },
  { kind: 'meter_features' },
];

describe.each(of.VERSIONS)('version %i against a running Open vSwitch', (version) => {
  test('it takes what we write; what it answers is read, and written again byte for byte', async () => {
    const channel = await ovs.channel(version);
    expect(await channel.ask({ type: 'features_request' })).toMatchObject([{ type: 'features_reply', tables: 254 }]);
    expect(await channel.ask(addGroup(version))).toEqual([]);
    for (const flow of flows()) expect(await channel.ask(flow)).toEqual([]);
    expect(
      await channel.ask({
        type: 'meter_mod',
        command: of.OFPMC_ADD,
        flags: of.OFPMF_KBPS,
        meterId: 2,
        bands: [{ type: 'drop', rate: 100, burstSize: 0 }],
      }),
    ).toEqual([]);
    for (const query of queries) {
      const replies = await channel.ask({ type: 'multipart_request', flags: 0, query });
      expect(replies.length).toBeGreaterThan(0);
      expect(replies.every((reply) => reply.type === 'multipart_reply' && reply.answer.kind === query.kind)).toBe(true);
    }
    await settings(channel);
    await cleanUp(channel);
    everyFrameRoundTrips(channel);
    channel.close();
  });

  test('the flows and the group come back as they were sent', async () => {
    const channel = await ovs.channel(version);
    await channel.ask(addGroup(version));
    const sent = flows();
    for (const flow of sent) channel.send(flow);
    const answer = await one(channel, {
      kind: 'flow',
      ...of.flowFilter({ cookie: COOKIE, cookieMask: 0xffff_ffff_ffff_ffffn }),
    });
    const entries = answer.kind === 'flow' ? answer.entries : [];
    const byTable = (flow: { tableId: number; match: of.Match }): unknown => [flow.tableId, of.normalMatch(flow.match)];
    expect(sorted(entries.map(byTable))).toEqual(sorted(sent.map(byTable)));
    for (const flow of sent.filter(({ tableId }) => tableId !== 1)) {
      const found = entries.find(({ tableId }) => tableId === flow.tableId);
      expect(of.normalInstructions(found?.instructions ?? [])).toEqual(of.normalInstructions(flow.instructions));
    }
    const groups = await one(channel, { kind: 'group_desc' });
    const group = groups.kind === 'group_desc' ? groups.entries[0] : undefined;
    expect(group?.buckets.map(({ actions }) => actions)).toEqual([member('10.0.0.1'), member('10.0.0.2')]);
    const selection = version === of.OFP15_VERSION ? { method: 'dp_hash', param: 0n, fields: [] } : undefined;
    expect(group?.selection).toEqual(selection);
    await cleanUp(channel);
    channel.close();
  });

  test('a bundle changes all at once; one that fails changes nothing and says why', async () => {
    const channel = await ovs.channel(version);
    const count = async (): Promise<number> => {
      const answer = await one(channel, { kind: 'flow', ...of.flowFilter({ tableId: 9 }) });
      return answer.kind === 'flow' ? answer.entries.length : -1;
    };
    const bundle = (control: number): of.Body => ({
      type: 'bundle_control',
      bundleId: 3,
      control,
      flags: of.OFPBF_ATOMIC | of.OFPBF_ORDERED,
      properties: [],
    });
    const put = (message: of.Body): of.Body => ({
      type: 'bundle_add',
      bundleId: 3,
      flags: of.OFPBF_ATOMIC | of.OFPBF_ORDERED,
      message,
      properties: [],
    });
    const flow = (port: number): of.Body =>
      of.flowMod({ tableId: 9, match: of.match({ in_port: port }), instructions: [{ type: 'goto_table', table: 10 }] });

    expect(await channel.ask(bundle(of.OFPBCT_OPEN_REQUEST))).toMatchObject([
      { type: 'bundle_control', control: of.OFPBCT_OPEN_REPLY },
    ]);
    for (const port of [1, 2, 3]) expect(await channel.ask(put(flow(port)))).toEqual([]);
    expect(await count()).toBe(0);
    expect(await channel.ask(bundle(of.OFPBCT_COMMIT_REQUEST))).toMatchObject([{ control: of.OFPBCT_COMMIT_REPLY }]);
    expect(await count()).toBe(3);

    await channel.ask(bundle(of.OFPBCT_OPEN_REQUEST));
    await channel.ask(put(of.flowMod({ tableId: 9, command: of.OFPFC_DELETE })));
    const orphan = channel.send(
      put(
        of.flowMod({
          tableId: 9,
          instructions: [{ type: 'apply_actions', actions: [{ type: 'group', groupId: 99 }] }],
        }),
      ),
    );
    const commit = channel.send(bundle(of.OFPBCT_COMMIT_REQUEST));
    const refusal = await channel.next(({ xid, type }) => (xid === orphan || xid === commit) && type.endsWith('error'));
    expect(refusal).toMatchObject({ type: 'error', errorType: 2, code: 9 });
    expect(await count()).toBe(3);
    await cleanUp(channel);
    everyFrameRoundTrips(channel);
    channel.close();
  });

  test('packets go out and come in; a flow that is deleted is reported', async () => {
    const channel = await ovs.channel(version);
    channel.send({ type: 'set_config', flags: of.OFPC_FRAG_NORMAL, missSendLen: of.OFPCML_NO_BUFFER });
    const toController: of.Action = { type: 'output', port: of.OFPP_CONTROLLER, maxLen: of.OFPCML_NO_BUFFER };
    await channel.ask(
      of.flowMod({
        cookie: 77n,
        flags: of.OFPFF_SEND_FLOW_REM,
        match: of.match({ in_port: 1 }),
        instructions: [
          { type: 'apply_actions', actions: [{ type: 'set_field', field: 'reg5', value: 6 }, toController] },
        ],
      }),
    );
    const frame = Uint8Array.from({ length: 64 }, (_, i) => i);
    channel.send(
      of.packetOut({ inPort: 1, actions: [{ type: 'output', port: of.OFPP_TABLE, maxLen: 0 }], data: frame }),
    );
    const packet = await channel.next(({ type }) => type === 'packet_in');
    if (packet.type !== 'packet_in') throw new Error('Expected a packet-in');
    expect([...packet.data]).toEqual([...frame]);
    expect(packet).toMatchObject({ cookie: 77n, totalLen: 64, tableId: 0 });
    expect(of.fieldValue(packet.match, 'in_port')).toBe(1);
    // On 1.5 Open vSwitch sends registers in pairs.
    expect(of.fieldValue(of.normalMatch(packet.match), 'reg5')).toBe(6);
    channel.send(of.flowMod({ command: of.OFPFC_DELETE, cookie: 77n, cookieMask: 0xffff_ffff_ffff_ffffn }));
    const removed = await channel.next(({ type }) => type === 'flow_removed');
    expect(removed).toMatchObject({
      cookie: 77n,
      reason: of.OFPRR_DELETE,
      statistics: { packetCount: 1n, byteCount: 64n },
    });
    everyFrameRoundTrips(channel);
    channel.close();
  });
});

test('a table of many flows comes in several parts', async () => {
  const channel = await ovs.channel(of.OFP15_VERSION);
  for (let i = 0; i < 2_000; i += 1)
    channel.send(of.flowMod({ cookie: 5n, tableId: 20, match: of.match({ metadata: BigInt(i) }) }));
  const parts = await channel.ask({
    type: 'multipart_request',
    flags: 0,
    query: { kind: 'flow', ...of.flowFilter({ tableId: 20 }) },
  });
  const answers = parts
    .map((part) => (part.type === 'multipart_reply' ? part.answer : undefined))
    .filter((part) => part !== undefined);
  expect(parts.map((part) => (part.type === 'multipart_reply' ? part.flags : -1))).toEqual([
    ...Array.from({ length: parts.length - 1 }, () => of.OFPMPF_MORE),
    0,
  ]);
  expect(parts.length).toBeGreaterThan(1);
  const joined = of.joinAnswers(answers as [of.MultipartAnswer, ...of.MultipartAnswer[]]);
  expect('entries' in joined && joined.entries).toHaveLength(2_000);
  await cleanUp(channel);
  everyFrameRoundTrips(channel);
  channel.close();
});

/** Configuration, roles, events and a refusal. */
async function settings(channel: Channel): Promise<void> {
  expect(await channel.ask({ type: 'get_config_request' })).toMatchObject([{ type: 'get_config_reply' }]);
  expect(await channel.ask({ type: 'get_async_request' })).toMatchObject([{ type: 'get_async_reply' }]);
  expect(await channel.ask({ type: 'set_async', masks: [{ event: 'packet_in', role: 'master', mask: 3 }] })).toEqual(
    [],
  );
  expect(await channel.ask({ type: 'role_request', role: of.OFPCR_ROLE_NOCHANGE, generationId: 0n })).toMatchObject([
    { type: 'role_reply', role: of.OFPCR_ROLE_EQUAL },
  ]);
  expect(await channel.ask({ type: 'echo_request', data: Uint8Array.of(1, 2, 3) })).toMatchObject([
    { type: 'echo_reply', data: Uint8Array.of(1, 2, 3) },
  ]);
  expect(await channel.ask(of.groupMod({ groupId: 77, command: of.OFPGC_MODIFY }))).toMatchObject([
    { type: 'error', errorType: 6, code: 8 },
  ]);
}

async function cleanUp(channel: Channel): Promise<void> {
  channel.send(of.flowMod({ command: of.OFPFC_DELETE, tableId: of.OFPTT_ALL }));
  channel.send(of.groupMod({ groupId: of.OFPG_ALL, groupType: of.OFPGT_ALL, command: of.OFPGC_DELETE }));
  channel.send({ type: 'meter_mod', command: of.OFPMC_DELETE, flags: 0, meterId: of.OFPM_ALL, bands: [] });
  await channel.barrier();
}

async function one(channel: Channel, query: of.MultipartQuery): Promise<of.MultipartAnswer> {
  const [reply] = await channel.ask({ type: 'multipart_request', flags: 0, query });
  if (reply?.type !== 'multipart_reply') throw new Error(`Expected an answer, got ${JSON.stringify(reply?.type)}`);
  return reply.answer;
}

function sorted(values: readonly unknown[]): readonly string[] {
  return values
    .map((value) => inspect(value, { depth: 9, breakLength: Number.POSITIVE_INFINITY }))
    .toSorted((a, b) => a.localeCompare(b));
}

function everyFrameRoundTrips(channel: Channel): void {
  for (const frame of channel.frames) {
    const message = of.decode(frame);
    const written = of.encode(message, message.version, message.xid);
    expect(Buffer.from(written).toString('hex')).toBe(Buffer.from(frame).toString('hex'));
  }
}
