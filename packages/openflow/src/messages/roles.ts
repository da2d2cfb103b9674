import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { type RawProperty, readProperties, writeProperties } from '../properties.ts';
import { OFP15_VERSION } from '../versions.ts';

/** Asks for a role, and the answer, OpenFlow 1.5.1 section 7.3.8. A generation id older than the last is refused. */
export interface RoleMessage {
  readonly type: 'role_request' | 'role_reply';
  /** One of OFPCR_ROLE_*. */
  readonly role: number;
  /** The controller's number, 0 for none: 1.5. */
  readonly shortId?: number;
  readonly generationId: bigint;
}

/** The role changed unasked, section 7.4.4; on 1.3 the ONF's extension 191. */
export interface RoleStatus {
  readonly type: 'role_status';
  readonly role: number;
  /** One of OFPCRR_*. */
  readonly reason: number;
  readonly generationId: bigint;
  readonly properties: readonly RawProperty[];
}

export function readRole(reader: Reader, type: RoleMessage['type']): RoleMessage {
  const role = reader.u32();
  const shortId = reader.u16();
  reader.skip(2);
  const generationId = reader.u64();
  return reader.version >= OFP15_VERSION ? { type, role, shortId, generationId } : { type, role, generationId };
}

export function writeRole(writer: Writer, message: RoleMessage): void {
  writer.u32(message.role);
  writer.u16(writer.version >= OFP15_VERSION ? (message.shortId ?? 0) : 0);
  writer.zeros(2);
  writer.u64(message.generationId);
}

export function readRoleStatus(reader: Reader): RoleStatus {
  const role = reader.u32();
  const reason = reader.u8();
  reader.skip(3);
  const generationId = reader.u64();
  return { type: 'role_status', role, reason, generationId, properties: readProperties(reader) };
}

export function writeRoleStatus(writer: Writer, status: RoleStatus): void {
  writer.u32(status.role);
  writer.u8(status.reason);
  writer.zeros(3);
  writer.u64(status.generationId);
  writeProperties(writer, status.properties);
}
