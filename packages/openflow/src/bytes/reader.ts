import { OpenFlowError, type OpenFlowErrorCode } from '../errors.ts';
import type { Version } from '../versions.ts';

/** Actions within actions and messages within messages: real ones nest two or three deep. */
const MAX_DEPTH = 8;

const scratch = new DataView(new ArrayBuffer(8));

/** A 64-bit number from its two halves. */
function bigintOf(high: number, low: number): bigint {
  if (high === 0) return BigInt(low);
  scratch.setUint32(0, high);
  scratch.setUint32(4, low);
  return scratch.getBigUint64(0);
}

/**
 * Reads big-endian numbers from bytes, never past `end`. Structures narrow `end` to their own length and restore it,
 * so that a wrong length inside cannot reach outside. Throws `truncated`.
 */
export class Reader {
  readonly bytes: Uint8Array;
  /** Decides between layouts; set once the header is read. */
  version: Version;
  pos: number;
  end: number;
  private depth = 0;

  constructor(bytes: Uint8Array, version: Version, pos: number, end: number) {
    this.bytes = bytes;
    this.version = version;
    this.pos = pos;
    this.end = end;
  }

  get left(): number {
    return this.end - this.pos;
  }

  u8(): number {
    const at = this.pos;
    if (at + 1 > this.end) this.short(1);
    this.pos = at + 1;
    return this.bytes[at] as number;
  }

  u16(): number {
    const at = this.pos;
    if (at + 2 > this.end) this.short(2);
    this.pos = at + 2;
    return ((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number);
  }

  u32(): number {
    const at = this.pos;
    if (at + 4 > this.end) this.short(4);
    this.pos = at + 4;
    return this.u32At(at);
  }

  u64(): bigint {
    const at = this.pos;
    if (at + 8 > this.end) this.short(8);
    this.pos = at + 8;
    return bigintOf(this.u32At(at), this.u32At(at + 4));
  }

  skip(count: number): void {
    if (count > this.end - this.pos) this.short(count);
    this.pos += count;
  }

  /** Pads as structures do: to the next multiple of 8 bytes from `start`. */
  skipPadding(start: number): void {
    this.skip(-(this.pos - start) & 7);
  }

  /** A view, not a copy, of the next bytes. */
  view(count: number): Uint8Array {
    const at = this.pos;
    this.skip(count);
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + at, count);
  }

  /** A view of all that is left. */
  rest(): Uint8Array {
    return this.view(this.end - this.pos);
  }

  /** Text of a fixed field, up to its first NUL; one character per byte. */
  text(size: number): string {
    const at = this.pos;
    this.skip(size);
    let text = '';
    for (let i = at; i < at + size; i += 1) {
      const byte = this.bytes[i] as number;
      if (byte === 0) break;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** Narrows to the structure that starts at `start` and states its length; answers what `leave` needs. */
  enter(start: number, length: number): number {
    const end = start + length;
    if (end > this.end) this.fail('truncated', `Expected ${length} bytes, got ${this.end - start}`, start);
    if (end < this.pos)
      this.fail('bad-length', `Expected a length of at least ${this.pos - start}, got ${length}`, start);
    const outer = this.end;
    this.end = end;
    return outer;
  }

  /** Ends a structure that must be used up. */
  leave(outer: number): void {
    if (this.pos !== this.end) {
      this.fail('bad-length', `Expected the structure to end, got ${this.end - this.pos} bytes more`, this.pos);
    }
    this.end = outer;
  }

  /** Ends a structure whatever is left in it: padding. At most 7 bytes may be. */
  leavePadded(outer: number): void {
    if (this.end - this.pos > 7) {
      this.fail('bad-length', `Expected padding alone, got ${this.end - this.pos} bytes more`, this.pos);
    }
    this.pos = this.end;
    this.end = outer;
  }

  /** Guards recursion. Throws `too-deep`. */
  deeper<T>(read: () => T): T {
    if (this.depth >= MAX_DEPTH) this.fail('too-deep', `Expected at most ${MAX_DEPTH} levels of nesting`, this.pos);
    this.depth += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  fail(code: OpenFlowErrorCode, message: string, offset: number = this.pos): never {
    throw new OpenFlowError(code, message, offset);
  }

  private u32At(at: number): number {
    const { bytes } = this;
    return (
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
      0
    );
  }

  private short(count: number): never {
    this.fail('truncated', `Expected ${count} bytes, got ${this.end - this.pos}`, this.pos);
  }
}
