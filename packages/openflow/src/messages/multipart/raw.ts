import { Reader } from '../../bytes/reader.ts';
import { HEADER_SIZE } from '../../decode.ts';
import { OpenFlowError } from '../../errors.ts';
import { OFP13_VERSION, OFP14_VERSION, OFP15_VERSION, type Version } from '../../versions.ts';
import type { GroupContent } from '../groups.ts';
import { type FlowEntry, readFlowEntry } from './flows.ts';
import { readGroupDesc } from './groups.ts';

/** Where the entries of a part of an answer begin, OpenFlow 1.5.1 section 7.3.5. */
const BODY = HEADER_SIZE + 8;

/** One part of an answer whose entries have not been read: for who knows most of them by their bytes. */
export interface RawPart {
  /** A number of OFPMP_*. */
  readonly kind: number;
  /** Of OFPMPF_*. */
  readonly flags: number;
  /** Views of the frame. */
  readonly entries: readonly Uint8Array[];
}

/**
 * Cuts a frame with descriptions of flows or groups into its entries: each begins with its length.
 * @throws {OpenFlowError} `bad-length`, `truncated`
 */
export function rawPart(frame: Uint8Array): RawPart {
  const reader = new Reader(frame, OFP13_VERSION, HEADER_SIZE, frame.length);
  const [kind, flags] = [reader.u16(), reader.u16()];
  reader.skip(4);
  const entries: Uint8Array[] = [];
  for (let pos = BODY; pos < frame.length; ) {
    const length = lengthAt(frame, pos);
    if (length < 8 || pos + length > frame.length) {
      const left = frame.length - pos;
      throw new OpenFlowError('bad-length', `Expected an entry of 8 to ${left} bytes, got ${length}`, pos);
    }
    entries.push(frame.subarray(pos, pos + length));
    pos += length;
  }
  return { kind, flags, entries };
}

/** @throws {OpenFlowError} */
export function decodeFlowEntry(entry: Uint8Array, version: Version): FlowEntry {
  return readFlowEntry(new Reader(entry, version, 0, entry.length));
}

/** @throws {OpenFlowError} */
export function decodeGroupDesc(entry: Uint8Array, version: Version): GroupContent {
  return readGroupDesc(new Reader(entry, version, 0, entry.length));
}

/**
 * What of a flow's entry stays as it is while the flow does: all but its length and counters, as views. Two entries
 * with the same pieces describe the same flow.
 */
export function lastingFlow(entry: Uint8Array, version: Version): readonly Uint8Array[] {
  if (version < OFP15_VERSION) return [entry.subarray(2, 4), entry.subarray(12, 32), entry.subarray(48)];
  const counters = 24 + padded(lengthAt(entry, 26));
  return [entry.subarray(4, counters), entry.subarray(counters + padded(lengthAt(entry, counters + 2)))];
}

/**
 * What says which group it is and what is in it, as views: of a group's description, or of a group mod past its header,
 * which differ in the rest alone.
 */
export function lastingGroup(bytes: Uint8Array, version: Version): readonly Uint8Array[] {
  if (version <= OFP14_VERSION) return [bytes.subarray(2)];
  return [bytes.subarray(2, 10), bytes.subarray(16)];
}

/** The number of the group that a description is of. */
export function groupIdOf(entry: Uint8Array): number {
  return ((lengthAt(entry, 4) << 16) | lengthAt(entry, 6)) >>> 0;
}

function lengthAt(bytes: Uint8Array, pos: number): number {
  return ((bytes[pos] ?? 0) << 8) | (bytes[pos + 1] ?? 0);
}

function padded(length: number): number {
  return (length + 7) & ~7;
}
