import { OpenFlowError } from '../errors.ts';
import type { Version } from '../versions.ts';

const scratch = new DataView(new ArrayBuffer(8));
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** Writes big-endian numbers into a buffer that grows. Throws `out-of-range` for what a field cannot hold. */
export class Writer {
  /** Decides between layouts. */
  version: Version;
  pos = 0;
  private buffer: Uint8Array;

  constructor(version: Version, size = 2048) {
    this.version = version;
    this.buffer = new Uint8Array(size);
  }

  u8(value: number): void {
    if ((value & 0xff) !== value) outOfRange(value, 8);
    const at = this.grow(1);
    this.buffer[at] = value;
  }

  u16(value: number): void {
    if ((value & 0xffff) !== value) outOfRange(value, 16);
    const at = this.grow(2);
    this.buffer[at] = value >>> 8;
    this.buffer[at + 1] = value;
  }

  u32(value: number): void {
    if (value >>> 0 !== value) outOfRange(value, 32);
    this.put32(this.grow(4), value);
  }

  u64(value: bigint): void {
    if (typeof value !== 'bigint' || value < 0n || value > U64_MAX) outOfRange(value, 64);
    const at = this.grow(8);
    scratch.setBigUint64(0, value);
    this.put32(at, scratch.getUint32(0));
    this.put32(at + 4, scratch.getUint32(4));
  }

  /** A number of so many bytes, for what is wider than 64 bits. */
  wide(value: bigint, size: number): void {
    if (typeof value !== 'bigint' || value < 0n || value >> BigInt(size * 8) !== 0n) outOfRange(value, size * 8);
    const at = this.grow(size);
    let rest = value;
    for (let i = at + size - 1; i >= at; i -= 1) {
      this.buffer[i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  }

  zeros(count: number): void {
    const at = this.grow(count);
    // Padding is a few bytes: a loop costs less than the call of fill.
    for (let i = at; i < at + count; i += 1) this.buffer[i] = 0;
  }

  /** Pads as structures do: to the next multiple of 8 bytes from `start`. */
  pad(start: number): void {
    const count = -(this.pos - start) & 7;
    if (count > 0) this.zeros(count);
  }

  bytes(value: Uint8Array): void {
    const at = this.grow(value.length);
    this.buffer.set(value, at);
  }

  /** Text in a fixed field, the rest NULs; one byte per character. */
  text(value: string, size: number): void {
    if (value.length > size) throw new OpenFlowError('out-of-range', `Expected at most ${size} characters: ${value}`);
    const at = this.grow(size);
    for (let i = 0; i < size; i += 1) {
      const code = i < value.length ? value.charCodeAt(i) : 0;
      if (code > 0xff) throw new OpenFlowError('out-of-range', `Expected characters of one byte: ${value}`);
      this.buffer[at + i] = code;
    }
  }

  patch8(at: number, value: number): void {
    if ((value & 0xff) !== value) outOfRange(value, 8);
    this.buffer[at] = value;
  }

  /** Fills in a length or bitmap once it is known. */
  patch16(at: number, value: number): void {
    if ((value & 0xffff) !== value) throw new OpenFlowError('too-long', `Expected at most 65535 bytes, got ${value}`);
    this.buffer[at] = value >>> 8;
    this.buffer[at + 1] = value;
  }

  /** A copy of what was written. */
  copy(from = 0): Uint8Array {
    return this.buffer.slice(from, this.pos);
  }

  /** A view of what was written since `from`: it lives as long as nobody writes there again. */
  written(from: number): Uint8Array {
    return new Uint8Array(this.buffer.buffer, from, this.pos - from);
  }

  /** Bytes that can be written before memory must grow. */
  get room(): number {
    return this.buffer.length - this.pos;
  }

  /** Begins in new memory; views of the old one keep it. */
  restart(size: number): void {
    this.buffer = new Uint8Array(size);
    this.pos = 0;
  }

  private put32(at: number, value: number): void {
    const { buffer } = this;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  }

  private grow(count: number): number {
    const at = this.pos;
    const needed = at + count;
    if (needed > this.buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
      larger.set(this.buffer.subarray(0, at));
      this.buffer = larger;
    }
    this.pos = needed;
    return at;
  }
}

function outOfRange(value: unknown, bits: number): never {
  throw new OpenFlowError('out-of-range', `Expected an unsigned ${bits}-bit number, got ${String(value)}`);
}
