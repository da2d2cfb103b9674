import { Reader } from './bytes/reader.ts';
import * as t from './constants/messages.ts';
import { OpenFlowError } from './errors.ts';
import type { Body, Message } from './message.ts';
import { readAsync } from './messages/async.ts';
import { readBundleAdd, readBundleControl } from './messages/bundles.ts';
import { readError } from './messages/error.ts';
import { readFlowMod, readFlowRemoved } from './messages/flows.ts';
import { readGroupMod } from './messages/groups.ts';
import { readHello } from './messages/hello.ts';
import { readMeterMod } from './messages/meters.ts';
import { readMultipartReply } from './messages/multipart/reply.ts';
import { readMultipartRequest } from './messages/multipart/request.ts';
import { readPacketIn, readPacketOut } from './messages/packets.ts';
import { readPortMod, readPortStatus } from './messages/ports.ts';
import { readRole, readRoleStatus } from './messages/roles.ts';
import { readFeaturesReply, readSwitchConfig } from './messages/switch.ts';
import { readExperimenter } from './messages/symmetric.ts';
import { ONF_EXPERIMENTER_ID } from './oxm/header.ts';
import { OFP13_VERSION, OFP14_VERSION, versionOf } from './versions.ts';

export const HEADER_SIZE = 8;

/**
 * The message that the bytes hold, no byte more or less. Data in it (packets, echoes, what is unknown) are views of
 * the bytes, not copies: they live as long as the bytes are left alone. Throws OpenFlowError, and nothing else.
 */
export function decode(bytes: Uint8Array): Message {
  const reader = new Reader(bytes, OFP13_VERSION, 0, bytes.length);
  const message = readMessage(reader);
  if (reader.pos !== bytes.length) {
    reader.fail('bad-length', `Expected one message, got ${bytes.length - reader.pos} bytes more`);
  }
  return message;
}

/** A whole message; the reader is left past it. */
function readMessage(reader: Reader): Message {
  const start = reader.pos;
  const version = reader.u8();
  const type = reader.u8();
  const outer = reader.enter(start, reader.u16());
  const xid = reader.u32();
  reader.version = type <= t.OFPT_ECHO_REPLY ? OFP13_VERSION : versionOf(version, start);
  const message = readBody(reader, type, { version, xid }) as Headed;
  reader.leave(outer);
  // The body is new and nobody else's; a copy, or Object.assign, would cost more than the rest of a small message.
  message.version = version;
  message.xid = xid;
  return message;
}

type Headed = Body & { version: number; xid: number };

interface Outer {
  readonly version: number;
  readonly xid: number;
}

function readBody(reader: Reader, type: number, header: Outer): Body {
  switch (type) {
    case t.OFPT_PACKET_IN:
      return readPacketIn(reader);
    case t.OFPT_ECHO_REQUEST:
      return { type: 'echo_request', data: reader.rest() };
    case t.OFPT_ECHO_REPLY:
      return { type: 'echo_reply', data: reader.rest() };
    case t.OFPT_BARRIER_REPLY:
      return { type: 'barrier_reply' };
    case t.OFPT_FLOW_REMOVED:
      return readFlowRemoved(reader);
    case t.OFPT_MULTIPART_REPLY:
      return readMultipartReply(reader);
    case t.OFPT_ERROR:
      return readError(reader);
    case t.OFPT_PORT_STATUS:
      return readPortStatus(reader);
    case t.OFPT_EXPERIMENTER:
      return readExperimenterBody(reader, header);
    case t.OFPT_HELLO:
      return readHello(reader);
    case t.OFPT_FEATURES_REPLY:
      return readFeaturesReply(reader);
    case t.OFPT_GET_CONFIG_REPLY:
      return readSwitchConfig(reader, 'get_config_reply');
    case t.OFPT_ROLE_REPLY:
      return readRole(reader, 'role_reply');
    case t.OFPT_GET_ASYNC_REPLY:
      return readAsync(reader, 'get_async_reply');
    default:
      return readCommand(reader, type, header);
  }
}

/** What a controller sends. */
function readCommand(reader: Reader, type: number, header: Outer): Body {
  switch (type) {
    case t.OFPT_FEATURES_REQUEST:
      return { type: 'features_request' };
    case t.OFPT_GET_CONFIG_REQUEST:
      return { type: 'get_config_request' };
    case t.OFPT_BARRIER_REQUEST:
      return { type: 'barrier_request' };
    case t.OFPT_GET_ASYNC_REQUEST:
      return { type: 'get_async_request' };
    case t.OFPT_SET_CONFIG:
      return readSwitchConfig(reader, 'set_config');
    case t.OFPT_PACKET_OUT:
      return readPacketOut(reader);
    case t.OFPT_FLOW_MOD:
      return readFlowMod(reader);
    case t.OFPT_GROUP_MOD:
      return readGroupMod(reader);
    case t.OFPT_METER_MOD:
      return readMeterMod(reader);
    case t.OFPT_PORT_MOD:
      return readPortMod(reader);
    case t.OFPT_MULTIPART_REQUEST:
      return readMultipartRequest(reader);
    case t.OFPT_ROLE_REQUEST:
      return readRole(reader, 'role_request');
    case t.OFPT_SET_ASYNC:
      return readAsync(reader, 'set_async');
    default:
      return reader.version >= OFP14_VERSION ? readLater(reader, type, header) : unknown(reader, type);
  }
}

/** What 1.4 added. */
function readLater(reader: Reader, type: number, header: Outer): Body {
  switch (type) {
    case t.OFPT_ROLE_STATUS:
      return readRoleStatus(reader);
    case t.OFPT_BUNDLE_CONTROL:
      return readBundleControl(reader);
    case t.OFPT_BUNDLE_ADD_MESSAGE:
      return readBundleAdd(reader, (from) => readInner(from, header));
    default:
      return unknown(reader, type);
  }
}

/** On 1.3 some of the ONF's extensions are what 1.4 has as messages. */
function readExperimenterBody(reader: Reader, header: Outer): Body {
  const start = reader.pos;
  const experimenter = reader.u32();
  const expType = reader.u32();
  if (experimenter === ONF_EXPERIMENTER_ID && reader.version < OFP14_VERSION) {
    if (expType === t.ONFT_BUNDLE_CONTROL) return readBundleControl(reader);
    if (expType === t.ONFT_BUNDLE_ADD_MESSAGE) return readBundleAdd(reader, (from) => readInner(from, header));
    if (expType === t.ONFT_ROLE_STATUS) return readRoleStatus(reader);
  }
  reader.pos = start;
  return readExperimenter(reader);
}

/** The message of a bundle: it carries version and xid of the outer one, so they are left out. */
function readInner(reader: Reader, header: Outer): Body {
  const start = reader.pos;
  const { version, xid, ...body } = readMessage(reader);
  if (version !== header.version || xid !== header.xid) {
    throw new OpenFlowError(
      'bad-value',
      `Expected version and xid of the message around, got ${version}/${xid}`,
      start,
    );
  }
  return body;
}

function unknown(reader: Reader, type: number): Body {
  return { type: 'unknown', messageType: type, data: reader.rest() };
}
