import { Writer } from './bytes/writer.ts';
import * as t from './constants/messages.ts';
import { HEADER_SIZE } from './decode.ts';
import type { Body } from './message.ts';
import { writeAsync } from './messages/async.ts';
import { type BundleAdd, writeBundleAdd, writeBundleControl } from './messages/bundles.ts';
import { writeError, writeExperimenterError } from './messages/error.ts';
import { writeFlowMod, writeFlowRemoved } from './messages/flows.ts';
import { writeGroupMod } from './messages/groups.ts';
import { writeHello } from './messages/hello.ts';
import { writeMeterMod } from './messages/meters.ts';
import { writeMultipartReply } from './messages/multipart/reply.ts';
import { writeMultipartRequest } from './messages/multipart/request.ts';
import { writePacketIn, writePacketOut } from './messages/packets.ts';
import { writePortMod, writePortStatus } from './messages/ports.ts';
import { writeRole, writeRoleStatus } from './messages/roles.ts';
import { writeFeaturesReply, writeSwitchConfig } from './messages/switch.ts';
import { type UnknownMessage, writeExperimenter } from './messages/symmetric.ts';
import { ONF_EXPERIMENTER_ID } from './oxm/header.ts';
import { OFP13_VERSION, OFP14_VERSION, versionOf } from './versions.ts';

/** The bytes of a message. Throws OpenFlowError for what the version, or a field, cannot say. */
export function encode(body: Body, version: number, xid: number): Uint8Array {
  scratch.pos = 0;
  writeMessage(scratch, body, version, xid);
  return scratch.copy();
}

/**
 * A copy of a message's bytes under another xid: what goes to many switches is encoded once. Not for bundle_add, whose
 * inner message carries the xid too.
 */
export function withXid(bytes: Uint8Array, xid: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(4, xid);
  return copy;
}

// Memory that every call writes into and copies its result out of: nothing of a message outlives the call.
const scratch = new Writer(OFP13_VERSION);

/** Bytes of memory that batches share out, and what must be left of it for one more batch to begin there. */
const SLAB = 16 * 1024;
const LEAST_ROOM = 1024;

/**
 * Gathers messages into one piece of memory, so that many go out in one write. A message that cannot be written leaves
 * those before it as they were.
 */
export class MessageBatch {
  private readonly writer = new Writer(OFP13_VERSION, 0);
  /** Where this batch begins; before it lie those that were taken. */
  private start = 0;

  /** Bytes gathered. */
  get size(): number {
    return this.writer.pos - this.start;
  }

  /** Adds a message. Throws as `encode` does. */
  add(body: Body, version: number, xid: number): void {
    const { writer } = this;
    this.begin();
    const before = writer.pos;
    try {
      writeMessage(writer, body, version, xid);
    } catch (error) {
      writer.pos = before;
      throw error;
    }
  }

  /**
   * Adds a message of a bundle up to its inside, which was encoded before and is to be sent right after what is taken:
   * so large groups that many switches get are not copied for each. Throws as `encode` does.
   */
  addHead({ message, bundleId, flags }: BundleAdd<UnknownMessage>, version: number, xid: number): void {
    const { writer } = this;
    const inside = message.data.length;
    const head = {
      type: 'bundle_add',
      bundleId,
      flags,
      message: { ...message, data: NOTHING },
      properties: [],
    } as const;
    this.begin();
    const before = writer.pos;
    try {
      writeMessage(writer, head, version, xid);
      writer.patch16(before + 2, writer.pos - before + inside);
      writer.patch16(writer.pos - HEADER_SIZE + 2, HEADER_SIZE + inside);
    } catch (error) {
      writer.pos = before;
      throw error;
    }
  }

  /** The bytes gathered, which nothing overwrites later; the batch starts anew. */
  take(): Uint8Array {
    const bytes = this.writer.written(this.start);
    this.start = this.writer.pos;
    // A batch that was larger than usual does not keep its memory.
    if (this.writer.pos > SLAB) {
      this.writer.restart(0);
      this.start = 0;
    }
    return bytes;
  }

  private begin(): void {
    const { writer } = this;
    if (writer.pos !== this.start || writer.room >= LEAST_ROOM) return;
    writer.restart(SLAB);
    this.start = 0;
  }
}

const NOTHING = new Uint8Array(0);

/** Writes what follows the header; answers the message type. */
type BodyWriter<B> = (writer: Writer, body: B, xid: number) => number;

function as<B>(type: number, write: (writer: Writer, body: B) => void): BodyWriter<B> {
  return (writer, body) => {
    write(writer, body);
    return type;
  };
}

/** Since 1.4 a message of its own; on 1.3 the ONF's extension. */
function since14<B>(type: number, extension: number, write: (writer: Writer, body: B, xid: number) => void) {
  return (writer: Writer, body: B, xid: number): number => {
    const extended = writer.version < OFP14_VERSION;
    if (extended) {
      writer.u32(ONF_EXPERIMENTER_ID);
      writer.u32(extension);
    }
    write(writer, body, xid);
    return extended ? t.OFPT_EXPERIMENTER : type;
  };
}

const nothing = (): void => {};
const data = (writer: Writer, body: { readonly data: Uint8Array }): void => writer.bytes(body.data);

const WRITERS: { readonly [T in Body['type']]: BodyWriter<Body & { readonly type: T }> } = {
  hello: as(t.OFPT_HELLO, writeHello),
  error: as(t.OFPT_ERROR, writeError),
  experimenter_error: as(t.OFPT_ERROR, writeExperimenterError),
  echo_request: as(t.OFPT_ECHO_REQUEST, data),
  echo_reply: as(t.OFPT_ECHO_REPLY, data),
  experimenter: as(t.OFPT_EXPERIMENTER, writeExperimenter),
  features_request: as(t.OFPT_FEATURES_REQUEST, nothing),
  features_reply: as(t.OFPT_FEATURES_REPLY, writeFeaturesReply),
  get_config_request: as(t.OFPT_GET_CONFIG_REQUEST, nothing),
  get_config_reply: as(t.OFPT_GET_CONFIG_REPLY, writeSwitchConfig),
  set_config: as(t.OFPT_SET_CONFIG, writeSwitchConfig),
  packet_in: as(t.OFPT_PACKET_IN, writePacketIn),
  flow_removed: as(t.OFPT_FLOW_REMOVED, writeFlowRemoved),
  port_status: as(t.OFPT_PORT_STATUS, writePortStatus),
  packet_out: as(t.OFPT_PACKET_OUT, writePacketOut),
  flow_mod: as(t.OFPT_FLOW_MOD, writeFlowMod),
  group_mod: as(t.OFPT_GROUP_MOD, writeGroupMod),
  port_mod: as(t.OFPT_PORT_MOD, writePortMod),
  meter_mod: as(t.OFPT_METER_MOD, writeMeterMod),
  multipart_request: as(t.OFPT_MULTIPART_REQUEST, writeMultipartRequest),
  multipart_reply: as(t.OFPT_MULTIPART_REPLY, writeMultipartReply),
  barrier_request: as(t.OFPT_BARRIER_REQUEST, nothing),
  barrier_reply: as(t.OFPT_BARRIER_REPLY, nothing),
  role_request: as(t.OFPT_ROLE_REQUEST, writeRole),
  role_reply: as(t.OFPT_ROLE_REPLY, writeRole),
  role_status: since14(t.OFPT_ROLE_STATUS, t.ONFT_ROLE_STATUS, writeRoleStatus),
  get_async_request: as(t.OFPT_GET_ASYNC_REQUEST, nothing),
  get_async_reply: as(t.OFPT_GET_ASYNC_REPLY, writeAsync),
  set_async: as(t.OFPT_SET_ASYNC, writeAsync),
  bundle_control: since14(t.OFPT_BUNDLE_CONTROL, t.ONFT_BUNDLE_CONTROL, writeBundleControl),
  bundle_add: since14(t.OFPT_BUNDLE_ADD_MESSAGE, t.ONFT_BUNDLE_ADD_MESSAGE, (writer, body, xid) => {
    const { version } = writer;
    writeBundleAdd(writer, body, (inner) => writeMessage(writer, inner, version, xid));
    // The inner message may be one that all versions share, and has set the version for itself.
    writer.version = version;
  }),
  unknown: (writer, body) => {
    writer.bytes(body.data);
    return body.messageType;
  },
};

function writeMessage(writer: Writer, body: Body, version: number, xid: number): void {
  const start = writer.pos;
  writer.u8(version);
  writer.zeros(HEADER_SIZE - 5);
  writer.u32(xid);
  // Of all that is written, packet-outs alone come by the ten thousand a second: they skip two look-ups.
  if (body.type === 'packet_out') {
    writer.version = versionOf(version);
    writePacketOut(writer, body);
    writer.patch8(start + 1, t.OFPT_PACKET_OUT);
  } else {
    writer.version = SHARED.has(body.type) ? OFP13_VERSION : versionOf(version);
    const write = WRITERS[body.type] as BodyWriter<Body>;
    writer.patch8(start + 1, write(writer, body, xid));
  }
  writer.patch16(start + 2, writer.pos - start);
}

/** What all versions write alike, those included that this codec does not speak. */
const SHARED: ReadonlySet<Body['type']> = new Set([
  'hello',
  'error',
  'experimenter_error',
  'echo_request',
  'echo_reply',
]);
