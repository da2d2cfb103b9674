import {
  decodeFlowEntry,
  decodeGroupDesc,
  flowFilter,
  groupIdOf,
  lastingFlow,
  lastingGroup,
  type MultipartQuery,
  OFPMP_FLOW,
  OFPMP_GROUP_DESC,
  OpenFlowError,
  rawPart,
  type Version,
} from '@ballast/openflow';
import type { Connection } from '../channel/connection.ts';
import { ChannelError } from '../channel/errors.ts';
import { COOKIE_MARK, COOKIE_MASK, isOurGroup } from '../desired.ts';
import type { Rows } from './diff.ts';
import { type FlowRow, type GroupRow, placeOfGroup, presentFlow, presentGroup } from './rows.ts';

/**
 * Reads what a switch has of Ballast's. Most of it is what is expected, and many switches say the same: groups are first
 * compared with those expected by their bytes, and a flow is put into words once for all switches that tell it in the
 * same bytes. So a switch of 20 groups of 256 buckets is read in a millisecond or two, and not in sixty.
 * @throws {ChannelError | SwitchRefusal}
 */
export async function readRows(connection: Connection, expected: Rows): Promise<Rows> {
  const { version } = connection;
  const filter = flowFilter({ cookie: COOKIE_MARK, cookieMask: COOKIE_MASK });
  const [flows, groups] = await Promise.all([
    entriesOf(connection, { kind: 'flow', ...filter }, OFPMP_FLOW),
    entriesOf(connection, { kind: 'group_desc' }, OFPMP_GROUP_DESC),
  ]);
  const ours = groups.filter((entry) => isOurGroup(groupIdOf(entry)));
  return readable(connection, () => ({
    flows: byPlace(flows.map((entry) => toldFlow(entry, version))),
    groups: byPlace(ours.map((entry) => toldGroup(entry, version, expected))),
  }));
}

async function entriesOf(connection: Connection, query: MultipartQuery, kind: number): Promise<readonly Uint8Array[]> {
  const frames = await connection.frames(query);
  return readable(connection, () =>
    frames.flatMap((frame) => {
      const part = rawPart(frame);
      if (part.kind === kind) return part.entries;
      const text = `Expected an answer of kind ${kind} from ${connection.peer}, got ${part.kind}.`;
      throw new ChannelError('channel-unexpected', text);
    }),
  );
}

function toldGroup(entry: Uint8Array, version: Version, { groups }: Rows): GroupRow {
  const expected = groups.get(placeOfGroup({ groupId: groupIdOf(entry) }));
  const same = expected !== undefined && alike(lastingGroup(entry, version), lastingGroup(expected.bytes, version));
  return same ? expected : presentGroup(decodeGroupDesc(entry, version), version);
}

/** Flows that were told lately, by their bytes, for each version. What is in neither half is put into words anew. */
interface Lately {
  newer: Map<string, FlowRow>;
  older: ReadonlyMap<string, FlowRow>;
}

const LATELY = 16_384;
const lately = new Map<Version, Lately>();

function toldFlow(entry: Uint8Array, version: Version): FlowRow {
  let known = lately.get(version);
  if (known === undefined) {
    known = { newer: new Map(), older: new Map() };
    lately.set(version, known);
  }
  const key = textOf(lastingFlow(entry, version));
  let row = known.newer.get(key);
  if (row === undefined) {
    row = known.older.get(key) ?? presentFlow(decodeFlowEntry(entry, version));
    if (known.newer.size >= LATELY) [known.older, known.newer] = [known.newer, new Map()];
    known.newer.set(key, row);
  }
  return row;
}

/** An entry is at most as long as a message. */
const scratch = Buffer.alloc(64 * 1024);

/** The bytes as one text, a letter for each. */
function textOf(pieces: readonly Uint8Array[]): string {
  let length = 0;
  for (const piece of pieces) {
    scratch.set(piece, length);
    length += piece.length;
  }
  return scratch.toString('latin1', 0, length);
}

function alike(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return one.every((piece, index) => Buffer.compare(piece, other[index] ?? NOTHING) === 0);
}

const NOTHING = new Uint8Array(0);

function byPlace<R extends { readonly place: string }>(rows: readonly R[]): ReadonlyMap<string, R> {
  return new Map(rows.map((row) => [row.place, row]));
}

function readable<T>(connection: Connection, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof OpenFlowError)) throw cause;
    const text = `What ${connection.peer} tells of its flows and groups cannot be read.`;
    throw new ChannelError('channel-garbage', text, { cause });
  }
}
