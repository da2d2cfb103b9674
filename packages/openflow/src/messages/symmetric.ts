import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';

/** Is the other side there? The reply brings the request's data back. OpenFlow 1.5.1 sections 7.5.2 and 7.5.3. */
export interface Echo {
  readonly type: 'echo_request' | 'echo_reply';
  readonly data: Uint8Array;
}

/** A message of an experimenter, section 7.5.5. */
export interface Experimenter {
  readonly type: 'experimenter';
  readonly experimenter: number;
  readonly expType: number;
  readonly data: Uint8Array;
}

/** Messages that are a header and no more: sections 7.3.1, 7.3.2, 7.3.7 and 7.3.10. */
export interface Bare {
  readonly type: 'features_request' | 'get_config_request' | 'barrier_request' | 'barrier_reply' | 'get_async_request';
}

/** A message of a type that this codec has no name for. */
export interface UnknownMessage {
  readonly type: 'unknown';
  readonly messageType: number;
  readonly data: Uint8Array;
}

export function readExperimenter(reader: Reader): Experimenter {
  return { type: 'experimenter', experimenter: reader.u32(), expType: reader.u32(), data: reader.rest() };
}

export function writeExperimenter(writer: Writer, message: Experimenter): void {
  writer.u32(message.experimenter);
  writer.u32(message.expType);
  writer.bytes(message.data);
}
