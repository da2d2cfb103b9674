import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';

export const OFPET_EXPERIMENTER = 0xffff;

/** A refusal, OpenFlow 1.5.1 section 7.5.4. `data` holds at least 64 bytes of the message refused, or a text. */
export interface ErrorMessage {
  readonly type: 'error';
  readonly errorType: number;
  readonly code: number;
  readonly data: Uint8Array;
}

/** A refusal in an experimenter's words (Open vSwitch has some), section 7.5.4.18. */
export interface ExperimenterError {
  readonly type: 'experimenter_error';
  readonly expType: number;
  readonly experimenter: number;
  readonly data: Uint8Array;
}

export function readError(reader: Reader): ErrorMessage | ExperimenterError {
  const errorType = reader.u16();
  if (errorType === OFPET_EXPERIMENTER) {
    return { type: 'experimenter_error', expType: reader.u16(), experimenter: reader.u32(), data: reader.rest() };
  }
  return { type: 'error', errorType, code: reader.u16(), data: reader.rest() };
}

export function writeError(writer: Writer, error: ErrorMessage): void {
  writer.u16(error.errorType);
  writer.u16(error.code);
  writer.bytes(error.data);
}

export function writeExperimenterError(writer: Writer, error: ExperimenterError): void {
  writer.u16(OFPET_EXPERIMENTER);
  writer.u16(error.expType);
  writer.u32(error.experimenter);
  writer.bytes(error.data);
}
