import { type Random, seededRandom } from '@ballast/core';
import { decode, encode, FrameReader, type Message, OpenFlowError, VERSIONS } from '@ballast/openflow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { families } from './support/arbitraries.ts';

/** Inputs of each kind. A long run: `FUZZ_CASES=5000000 npx vitest run packages/openflow/test/fuzz.test.ts`. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 20_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const TIMEOUT_MS = 20_000 + CASES;
/** As deep as a message has room for. */
const DEPTH = 4_000;

type Bytes = Uint8Array<ArrayBuffer>;

const corpus = VERSIONS.flatMap((version) =>
  Object.values(families(version)).flatMap((family) =>
    fc.sample(family, { numRuns: 12, seed: SEED }).map((body) => encode(body, version, 7)),
  ),
);

test('random bytes behind a plausible header', { timeout: TIMEOUT_MS }, () => {
  const random = seededRandom(SEED);
  const read = check(CASES, () => withHeader(random, randomBytes(random, 8 + Math.floor(random() * 120))));
  expect(read).toBeGreaterThan(CASES / 50);
});

test('valid messages, mutated', { timeout: TIMEOUT_MS }, () => {
  const random = seededRandom(SEED + 1);
  const read = check(CASES, () => mutated(random, corpus[Math.floor(random() * corpus.length)] ?? new Uint8Array(8)));
  expect(read).toBeGreaterThan(CASES / 50);
});

test('every truncation of every message', () => {
  for (const bytes of corpus) {
    const step = Math.max(1, Math.floor(bytes.length / 64));
    for (let length = 0; length < bytes.length; length += step) {
      expect(() => decode(bytes.slice(0, length))).toThrow(OpenFlowError);
      // The same with a header that states what is there: some are whole messages then, the rest are refused.
      if (length >= 8) attempt(stating(Uint8Array.from(bytes.slice(0, length))));
    }
  }
});

test('streams of noise', () => {
  const random = seededRandom(SEED + 2);
  for (let i = 0; i < 2_000; i += 1) {
    expect(pendingOfNoise(random)).toBeLessThanOrEqual(4_096);
  }
});

test('actions nested past what is sensible are refused, not followed', () => {
  const actions = new Uint8Array(DEPTH * 16);
  const view = new DataView(actions.buffer);
  for (let at = 0; at < actions.length; at += 16) {
    // A clone action of Open vSwitch around all that follows.
    view.setUint16(at, 0xffff);
    view.setUint16(at + 2, actions.length - at);
    view.setUint32(at + 4, 0x2320);
    view.setUint16(at + 8, 42);
  }
  const head = encode({ type: 'packet_out', bufferId: 1, inPort: 1, actions: [], data: new Uint8Array(0) }, 4, 1);
  const bytes = stating(Uint8Array.of(...head, ...actions));
  new DataView(bytes.buffer).setUint16(16, actions.length);
  expect(() => decode(bytes)).toThrow('levels of nesting');
});

/** How many bytes are kept back after some chunks of noise; none once the stream is refused. */
function pendingOfNoise(random: Random): number {
  const frames = new FrameReader(4_096);
  try {
    for (let i = 0; i < 5; i += 1) {
      for (const frame of frames.push(randomBytes(random, Math.floor(random() * 200)))) attempt(frame);
    }
    return frames.pending;
  } catch (error) {
    if (!(error instanceof OpenFlowError)) throw error;
    return 0;
  }
}

/** Reads as many inputs; answers how many were messages. Whatever is read can be written, and reads the same again. */
function check(count: number, input: () => Uint8Array): number {
  let read = 0;
  for (let i = 0; i < count; i += 1) {
    const bytes = input();
    const message = attempt(bytes);
    if (message === undefined) continue;
    read += 1;
    const written = encode(message, message.version, message.xid);
    const again = decode(written);
    if (!same(encode(again, again.version, again.xid), written)) {
      throw new Error(`Unstable after ${i} of seed ${SEED}: ${Buffer.from(bytes).toString('hex')}`);
    }
  }
  return read;
}

function attempt(bytes: Uint8Array): Message | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof OpenFlowError))
      throw new Error(`Thrown for ${Buffer.from(bytes).toString('hex')}`, { cause: error });
    return undefined;
  }
}

function randomBytes(random: Random, length: number): Bytes {
  return Uint8Array.from({ length }, () => (random() < 0.3 ? Math.floor(random() * 4) : Math.floor(random() * 256)));
}

function withHeader(random: Random, bytes: Bytes): Bytes {
  bytes[0] = 4 + Math.floor(random() * 3);
  bytes[1] = Math.floor(random() * 36);
  return stating(bytes);
}

/** The header's length made true. */
function stating(bytes: Bytes): Bytes {
  bytes[2] = bytes.length >>> 8;
  bytes[3] = bytes.length;
  return bytes;
}

function mutated(random: Random, original: Uint8Array): Bytes {
  let bytes = Uint8Array.from(original);
  for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits -= 1) bytes = edited(random, bytes);
  return bytes.length >= 4 && random() < 0.8 ? stating(bytes) : bytes;
}

function edited(random: Random, bytes: Bytes): Bytes {
  const at = Math.floor(random() * bytes.length);
  const choice = random();
  if (choice < 0.15) return bytes.slice(0, at);
  if (choice < 0.3) return Uint8Array.of(...bytes.slice(0, at), ...bytes.slice(Math.floor(random() * bytes.length)));
  if (choice < 0.6) bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  else if (choice < 0.8) bytes[at] = Math.floor(random() * 256);
  else bytes[at] = [0, 1, 8, 16, 0x7f, 0xff][Math.floor(random() * 6)] ?? 0;
  return bytes;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.length).equals(b);
}
