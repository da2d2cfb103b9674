import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';

/** Who a switch is and what it can do, OpenFlow 1.5.1 section 7.3.1. */
export interface FeaturesReply {
  readonly type: 'features_reply';
  readonly datapathId: bigint;
  /** Packets it can hold at once. */
  readonly buffers: number;
  readonly tables: number;
  readonly auxiliaryId: number;
  /** Of OFPC_*. */
  readonly capabilities: number;
  readonly reserved: number;
}

/** How a switch treats fragments, and how much of a packet it sends, section 7.3.2. */
export interface SwitchConfig {
  readonly type: 'get_config_reply' | 'set_config';
  /** Of OFPC_FRAG_*. */
  readonly flags: number;
  readonly missSendLen: number;
}

export function readFeaturesReply(reader: Reader): FeaturesReply {
  const datapathId = reader.u64();
  const buffers = reader.u32();
  const tables = reader.u8();
  const auxiliaryId = reader.u8();
  reader.skip(2);
  const capabilities = reader.u32();
  return { type: 'features_reply', datapathId, buffers, tables, auxiliaryId, capabilities, reserved: reader.u32() };
}

export function writeFeaturesReply(writer: Writer, reply: FeaturesReply): void {
  writer.u64(reply.datapathId);
  writer.u32(reply.buffers);
  writer.u8(reply.tables);
  writer.u8(reply.auxiliaryId);
  writer.zeros(2);
  writer.u32(reply.capabilities);
  writer.u32(reply.reserved);
}

export function readSwitchConfig(reader: Reader, type: SwitchConfig['type']): SwitchConfig {
  return { type, flags: reader.u16(), missSendLen: reader.u16() };
}

export function writeSwitchConfig(writer: Writer, config: SwitchConfig): void {
  writer.u16(config.flags);
  writer.u16(config.missSendLen);
}
