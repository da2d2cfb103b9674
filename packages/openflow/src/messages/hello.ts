import type { Reader } from '../bytes/reader.ts';
import type { Writer } from '../bytes/writer.ts';
import { OpenFlowError } from '../errors.ts';
import { type RawProperty, readProperties, writeProperties, writeProperty } from '../properties.ts';

const OFPHET_VERSIONBITMAP = 1;

/** The first message of both sides, OpenFlow 1.5.1 section 7.5.1. */
export interface Hello {
  readonly type: 'hello';
  /** The bitmap: wire numbers from 0 to 31, ascending. */
  readonly versions?: readonly number[];
  readonly elements: readonly RawProperty[];
}

export function readHello(reader: Reader): Hello {
  let versions: number[] | undefined;
  const elements = readProperties(reader, (type, content) => {
    // A bitmap of one word: versions past 31 are nobody's, and keep their element as it is.
    if (type !== OFPHET_VERSIONBITMAP || content.left !== 4 || versions !== undefined) return false;
    versions = bitsOf(content.u32());
    return true;
  });
  return versions === undefined ? { type: 'hello', elements } : { type: 'hello', versions, elements };
}

export function writeHello(writer: Writer, hello: Hello): void {
  const { versions } = hello;
  if (versions !== undefined) writeProperty(writer, OFPHET_VERSIONBITMAP, () => writer.u32(bitmapOf(versions)));
  writeProperties(writer, hello.elements);
}

function bitsOf(bitmap: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((bitmap >>> bit) & 1) === 1);
}

function bitmapOf(versions: readonly number[]): number {
  return versions.reduce((bitmap, version) => {
    if (!(version >= 0 && version < 32)) {
      throw new OpenFlowError('out-of-range', `Expected a version from 0 to 31, got ${version}`);
    }
    return (bitmap | (1 << version)) >>> 0;
  }, 0);
}
