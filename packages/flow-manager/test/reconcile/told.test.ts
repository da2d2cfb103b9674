import {
  type Body,
  encode,
  type FlowEntry,
  type GroupContent,
  type Message,
  match,
  type Version,
} from '@ballast/openflow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../src/channel/connection.ts';
import { COOKIE_MARK, type DesiredState, diff, GROUP_MARK } from '../../src/index.ts';
import { difference, wantedRows } from '../../src/reconcile/diff.ts';
import { readRows } from '../../src/reconcile/told.ts';
import { onlySwitch, withController } from '../support/controllers.ts';
import { apply, flow, group } from '../support/desired.ts';
import { FakeSwitch } from '../support/fake-switch.ts';

const MORE = 1;

type Of<A> = A extends fc.Arbitrary<infer V> ? V : never;

function reply(kind: 'flow' | 'group_desc', entries: readonly unknown[], flags = 0): Body {
  return { type: 'multipart_reply', flags, answer: { kind, entries } } as Body;
}

/** What there is of a connection when a switch with these rows is read, one entry in a part. */
function reading(flows: readonly FlowEntry[], groups: readonly GroupContent[], version: Version): Connection {
  const frames = (query: { readonly kind: string }): Promise<readonly Uint8Array[]> => {
    const kind = query.kind === 'flow' ? 'flow' : 'group_desc';
    const entries: readonly unknown[] = kind === 'flow' ? flows : groups;
    const parts = entries.map((entry) => encode(reply(kind, [entry], MORE), version, 3));
    return Promise.resolve([...parts, encode(reply(kind, []), version, 3)]);
  };
  return { version, peer: 'here', frames } as unknown as Connection;
}

const aRow = fc.record({
  priority: fc.integer({ min: 0, max: 5 }),
  port: fc.integer({ min: 1, max: 3 }),
  cookie: fc.constantFrom(1n, 2n),
  packets: fc.bigInt({ min: 0n, max: 9n }),
});
const aGroup = fc.record({
  number: fc.integer({ min: 0, max: 3 }),
  hosts: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
});
const rows = fc.uniqueArray(aRow, { maxLength: 5, selector: ({ priority }) => priority });
const groups = fc.uniqueArray(aGroup, { maxLength: 3, selector: ({ number }) => number });

function entryOf({ priority, port, cookie, packets }: Of<typeof aRow>): FlowEntry {
  const { instructions } = flow({ instructions: apply({ type: 'output', port, maxLen: 0 }) });
  const none = { tableId: 0, idleTimeout: 0, hardTimeout: 0, flags: 0, importance: 0 };
  const statistics = { duration: { sec: Number(packets), nsec: 0 }, packetCount: packets, byteCount: packets };
  return { ...none, priority, cookie: COOKIE_MARK | cookie, statistics, match: match({ in_port: 1 }), instructions };
}

function groupOf({ number, hosts }: Of<typeof aGroup>, version: Version): GroupContent {
  const addresses = hosts.map((host) => `10.0.0.${host}`);
  const { selection, ...plain } = group(addresses, { groupId: GROUP_MARK + number });
  return version < 6 || selection === undefined ? plain : { ...plain, selection };
}

describe.each([4, 5, 6] as const)('in version %i', (version) => {
  test('what is read by its bytes differs from what is wanted as what is decoded does', async () => {
    await fc.assert(
      fc.asyncProperty(rows, groups, rows, groups, async (hasFlows, hasGroups, wantsFlows, wantsGroups) => {
        const desired: DesiredState = {
          flows: wantsFlows.map(entryOf).map(({ tableId, ...rest }) => flow({ ...rest, table: tableId })),
          groups: wantsGroups.map((one) => groupOf(one, version)),
        };
        const present = { flows: hasFlows.map(entryOf), groups: hasGroups.map((one) => groupOf(one, version)) };
        const foreign = group(['10.0.0.9'], { groupId: 5 });
        const told = version < 6 ? present.groups : [...present.groups, foreign];
        const wanted = wantedRows(desired, version);
        const read = await readRows(reading(present.flows, told, version), wanted);
        expect(difference(wanted, read)).toEqual(diff(desired, present, version));
      }),
    );
  });
});

test('a flow that two switches tell with other counters is put into words once; a group that is as expected never', async () => {
  const one = { priority: 1, port: 1, cookie: 1n, packets: 1n } as const;
  const told = groupOf({ number: 1, hosts: [1, 2] }, 6);
  const wanted = wantedRows({ flows: [], groups: [told] }, 6);
  const first = await readRows(reading([entryOf(one)], [told], 6), wanted);
  const second = await readRows(reading([entryOf({ ...one, packets: 8n })], [told], 6), wanted);
  expect([...first.flows.values()]).toHaveLength(1);
  expect([...second.flows.values()][0]).toBe([...first.flows.values()][0]);
  expect([...first.groups.values()]).toEqual([...wanted.groups.values()]);
  expect([...first.groups.values()][0]).toBe([...wanted.groups.values()][0]);
});

/** How a switch may answer when its groups are asked for. */
const ANSWERS: readonly [string, (kind: string) => readonly Body[], string][] = [
  ['an error', () => [{ type: 'error', errorType: 1, code: 2, data: new Uint8Array(0) }], 'switch-refused'],
  ['another message', () => [{ type: 'barrier_reply' }], 'channel-unexpected'],
  ['another kind', () => [reply('flow', [])], 'channel-unexpected'],
  ['no end', () => Array.from({ length: 5 }, () => reply('group_desc', [], MORE)), 'channel-too-large'],
  ['an entry without an end', () => [unreadable([0, 99])], 'channel-garbage'],
  ['an entry that makes no sense', () => [unreadable([0, 16, 1, 0, 0xba, 0x11, 0, 1, 0xff, 0xff])], 'channel-garbage'],
];

/** A part of descriptions of groups with these bytes. */
function unreadable(bytes: readonly number[]): Body {
  const entry = [...bytes, ...Array.from({ length: 16 - bytes.length }, () => 0)];
  return { type: 'unknown', messageType: 19, data: Uint8Array.from([0, 7, 0, 0, 0, 0, 0, 0, ...entry]) };
}

test.each(ANSWERS)('a switch that answers with %s is told, and asked again', async (_, answer, code) => {
  let bad = true;
  const script = (message: Message): readonly Body[] | undefined => {
    const asked = message.type === 'multipart_request' && message.query.kind === 'group_desc';
    return asked && bad ? answer(message.query.kind) : undefined;
  };
  await withController({ limits: { maxParts: 3 } }, async ({ controller }) => {
    await FakeSwitch.connect(controller.address.port, { script });
    const datapath = await onlySwitch(controller);
    await expect(datapath.apply({ flows: [], groups: [] })).rejects.toMatchObject({ code });
    bad = false;
    await expect(datapath.apply({ flows: [], groups: [] })).resolves.toMatchObject({ changes: [], verified: true });
  });
});
