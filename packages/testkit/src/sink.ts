import { Writable } from 'node:stream';

/** A stream that keeps what is written to it. */
export class LineSink extends Writable {
  readonly lines: string[] = [];

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.lines.push(chunk.toString());
    done();
  }
}
