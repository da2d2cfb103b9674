import { Writer } from './bytes/writer.ts';
import * as t from './constants/messages.ts';
import { HEADER_SIZE } from './decode.ts';
import type { Body } from './message.ts';
import { writeAsync } from './messages/async.ts';
import { writeBundleAdd, writeBundleControl } from './messages/bundles.ts';
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
import { writeExperimenter } from './messages/symmetric.ts';
import { ONF_EXPERIMENTER_ID } from './oxm/header.ts';
import { OFP13_VERSION, OFP14_VERSION, versionOf } from './versions.ts';

/** The bytes of a message. Throws OpenFlowError for what the version, or a field, cannot say. */
export function encode(body: Body, version: number, xid: number): Uint8Array {
  const writer = new Writer(OFP13_VERSION, 256);
  writeMessage(writer, body, version, xid);
  return writer.copy();
}

/**
 * Gathers messages into one piece of memory, so that many go out in one write. A message that cannot be written leaves
 * those before it as they were.
 */
export class MessageBatch {
  private readonly writer = new Writer(OFP13_VERSION, 4096);

  /** Bytes gathered. */
  get size(): number {
    return this.writer.pos;
  }

  /** Adds a message. Throws as `encode` does. */
  add(body: Body, version: number, xid: number): void {
    const start = this.writer.pos;
    try {
      writeMessage(this.writer, body, version, xid);
    } catch (error) {
      this.writer.pos = start;
      throw error;
    }
  }

  /** The bytes gathered; the batch starts anew. */
  take(): Uint8Array {
    const bytes = this.writer.copy();
    this.writer.pos = 0;
    return bytes;
  }
}

const BARE = {
  features_request: t.OFPT_FEATURES_REQUEST,
  get_config_request: t.OFPT_GET_CONFIG_REQUEST,
  barrier_request: t.OFPT_BARRIER_REQUEST,
  barrier_reply: t.OFPT_BARRIER_REPLY,
  get_async_request: t.OFPT_GET_ASYNC_REQUEST,
} as const;

function writeMessage(writer: Writer, body: Body, version: number, xid: number): void {
  const start = writer.pos;
  writer.u8(version);
  writer.zeros(HEADER_SIZE - 5);
  writer.u32(xid);
  const symmetric = body.type === 'hello' || body.type === 'error' || body.type === 'experimenter_error';
  const echo = body.type === 'echo_request' || body.type === 'echo_reply';
  writer.version = symmetric || echo ? OFP13_VERSION : versionOf(version);
  writer.patch8(start + 1, writeBody(writer, body, version, xid));
  writer.patch16(start + 2, writer.pos - start);
}

/** Answers the message type. */
function writeBody(writer: Writer, body: Body, version: number, xid: number): number {
  switch (body.type) {
    case 'packet_out':
      writePacketOut(writer, body);
      return t.OFPT_PACKET_OUT;
    case 'flow_mod':
      writeFlowMod(writer, body);
      return t.OFPT_FLOW_MOD;
    case 'group_mod':
      writeGroupMod(writer, body);
      return t.OFPT_GROUP_MOD;
    case 'meter_mod':
      writeMeterMod(writer, body);
      return t.OFPT_METER_MOD;
    case 'port_mod':
      writePortMod(writer, body);
      return t.OFPT_PORT_MOD;
    case 'multipart_request':
      writeMultipartRequest(writer, body);
      return t.OFPT_MULTIPART_REQUEST;
    case 'echo_request':
    case 'echo_reply':
      writer.bytes(body.data);
      return body.type === 'echo_request' ? t.OFPT_ECHO_REQUEST : t.OFPT_ECHO_REPLY;
    case 'features_request':
    case 'get_config_request':
    case 'barrier_request':
    case 'barrier_reply':
    case 'get_async_request':
      return BARE[body.type];
    case 'bundle_control':
    case 'role_status':
      return writeLater(writer, body);
    case 'bundle_add':
      return writeAdd(writer, body, version, xid);
    default:
      return writeSession(writer, body);
  }
}

type Commands =
  | 'packet_out'
  | 'flow_mod'
  | 'group_mod'
  | 'meter_mod'
  | 'port_mod'
  | 'multipart_request'
  | 'echo_request'
  | 'echo_reply'
  | keyof typeof BARE
  | 'bundle_control'
  | 'role_status'
  | 'bundle_add';

function writeSession(writer: Writer, body: Exclude<Body, { readonly type: Commands }>): number {
  switch (body.type) {
    case 'hello':
      writeHello(writer, body);
      return t.OFPT_HELLO;
    case 'error':
      writeError(writer, body);
      return t.OFPT_ERROR;
    case 'experimenter_error':
      writeExperimenterError(writer, body);
      return t.OFPT_ERROR;
    case 'experimenter':
      writeExperimenter(writer, body);
      return t.OFPT_EXPERIMENTER;
    case 'set_config':
    case 'get_config_reply':
      writeSwitchConfig(writer, body);
      return body.type === 'set_config' ? t.OFPT_SET_CONFIG : t.OFPT_GET_CONFIG_REPLY;
    case 'role_request':
    case 'role_reply':
      writeRole(writer, body);
      return body.type === 'role_request' ? t.OFPT_ROLE_REQUEST : t.OFPT_ROLE_REPLY;
    case 'set_async':
    case 'get_async_reply':
      writeAsync(writer, body);
      return body.type === 'set_async' ? t.OFPT_SET_ASYNC : t.OFPT_GET_ASYNC_REPLY;
    case 'unknown':
      writer.bytes(body.data);
      return body.messageType;
    default:
      return writeEvent(writer, body);
  }
}

type Events = Extract<
  Body,
  { readonly type: 'packet_in' | 'flow_removed' | 'port_status' | 'features_reply' | 'multipart_reply' }
>;

/** What a switch sends. */
function writeEvent(writer: Writer, body: Events): number {
  switch (body.type) {
    case 'packet_in':
      writePacketIn(writer, body);
      return t.OFPT_PACKET_IN;
    case 'flow_removed':
      writeFlowRemoved(writer, body);
      return t.OFPT_FLOW_REMOVED;
    case 'port_status':
      writePortStatus(writer, body);
      return t.OFPT_PORT_STATUS;
    case 'features_reply':
      writeFeaturesReply(writer, body);
      return t.OFPT_FEATURES_REPLY;
    case 'multipart_reply':
      writeMultipartReply(writer, body);
      return t.OFPT_MULTIPART_REPLY;
  }
}

/** What 1.4 added; on 1.3 the ONF's extensions. */
function writeLater(writer: Writer, body: Extract<Body, { readonly type: 'bundle_control' | 'role_status' }>): number {
  if (body.type === 'bundle_control') {
    const type = extended(writer, t.OFPT_BUNDLE_CONTROL, t.ONFT_BUNDLE_CONTROL);
    writeBundleControl(writer, body);
    return type;
  }
  const type = extended(writer, t.OFPT_ROLE_STATUS, t.ONFT_ROLE_STATUS);
  writeRoleStatus(writer, body);
  return type;
}

function writeAdd(
  writer: Writer,
  body: Extract<Body, { readonly type: 'bundle_add' }>,
  version: number,
  xid: number,
): number {
  const type = extended(writer, t.OFPT_BUNDLE_ADD_MESSAGE, t.ONFT_BUNDLE_ADD_MESSAGE);
  writeBundleAdd(writer, body, (inner) => writeMessage(writer, inner, version, xid));
  writer.version = versionOf(version);
  return type;
}

function extended(writer: Writer, later: number, extension: number): number {
  if (writer.version >= OFP14_VERSION) return later;
  writer.u32(ONF_EXPERIMENTER_ID);
  writer.u32(extension);
  return t.OFPT_EXPERIMENTER;
}
