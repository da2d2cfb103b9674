import { HEADER_SIZE } from './decode.ts';
import { OpenFlowError } from './errors.ts';

/** The longest message that a header can state. */
const LONGEST = 0xffff;

/**
 * Splits a stream of bytes into whole messages, wherever the stream was cut. A message that lies in one chunk is a view
 * of it; one that is spread over several is copied once, into memory of its own length.
 */
export class FrameReader {
  private readonly limit: number;
  /** The header, while its length is not known, then the message, of which `filled` bytes have come. */
  private partial: Uint8Array = new Uint8Array(HEADER_SIZE);
  private filled = 0;

  /** `limit`: the longest message taken, in bytes; past it, `push` throws `too-long`. */
  constructor(limit: number = LONGEST) {
    this.limit = limit;
  }

  /** Bytes of a message that has not come whole. */
  get pending(): number {
    return this.filled;
  }

  /**
   * The messages that the chunk completes, in order. Throws `too-long` past the limit and `bad-length` for a length
   * below a header's: the stream has lost its step then, and the connection must end.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let pos = 0;
    while (pos < chunk.length) {
      if (this.filled > 0 || chunk.length - pos < HEADER_SIZE) {
        pos = this.fill(chunk, pos, frames);
        continue;
      }
      const length = this.lengthAt(chunk, pos);
      if (pos + length > chunk.length) pos = this.fill(chunk, pos, frames);
      else {
        frames.push(new Uint8Array(chunk.buffer, chunk.byteOffset + pos, length));
        pos += length;
      }
    }
    return frames;
  }

  /** Takes what the present message lacks; answers where the chunk goes on. */
  private fill(chunk: Uint8Array, start: number, frames: Uint8Array[]): number {
    let pos = start;
    if (this.filled < HEADER_SIZE) {
      pos += this.copy(chunk, pos, HEADER_SIZE);
      if (this.filled < HEADER_SIZE) return pos;
      const message = new Uint8Array(this.lengthAt(this.partial, 0));
      message.set(this.partial.subarray(0, HEADER_SIZE));
      this.partial = message;
    }
    pos += this.copy(chunk, pos, this.partial.length);
    if (this.filled < this.partial.length) return pos;
    frames.push(this.partial);
    this.partial = new Uint8Array(HEADER_SIZE);
    this.filled = 0;
    return pos;
  }

  /** Copies until `wanted` bytes are there or the chunk ends; answers how many. */
  private copy(chunk: Uint8Array, pos: number, wanted: number): number {
    const count = Math.min(wanted - this.filled, chunk.length - pos);
    this.partial.set(chunk.subarray(pos, pos + count), this.filled);
    this.filled += count;
    return count;
  }

  private lengthAt(bytes: Uint8Array, pos: number): number {
    const length = ((bytes[pos + 2] as number) << 8) | (bytes[pos + 3] as number);
    if (length < HEADER_SIZE) {
      throw new OpenFlowError('bad-length', `Expected a message of at least ${HEADER_SIZE} bytes, got ${length}`, pos);
    }
    if (length > this.limit) {
      throw new OpenFlowError('too-long', `Expected a message of at most ${this.limit} bytes, got ${length}`, pos);
    }
    return length;
  }
}
