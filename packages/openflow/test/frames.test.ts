import { encode, FrameReader } from '@ballast/openflow';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const message = fc.uint8Array({ maxLength: 300 }).map((data) => encode({ type: 'echo_request', data }, 4, 1));

test('messages come out whole wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), fc.array(fc.nat(400), { maxLength: 40 }), (messages, sizes) => {
      const stream = Buffer.concat(messages);
      const frames = new FrameReader();
      const out: Uint8Array[] = [];
      let pos = 0;
      for (const size of [...sizes, stream.length]) {
        out.push(...frames.push(stream.subarray(pos, pos + size)));
        pos += size;
      }
      expect(out.map((frame) => Buffer.from(frame).toString('hex'))).toEqual(
        messages.map((one) => Buffer.from(one).toString('hex')),
      );
      expect(frames.pending).toBe(0);
    }),
  );
});

test('a message within one chunk is a view of it, not a copy', () => {
  const chunk = encode({ type: 'barrier_request' }, 4, 1);
  expect(new FrameReader().push(chunk)[0]?.buffer).toBe(chunk.buffer);
});

test('byte by byte, each byte is copied a bounded number of times', () => {
  const frames = new FrameReader();
  const bytes = encode({ type: 'echo_request', data: new Uint8Array(60_000) }, 4, 1);
  const started = process.cpuUsage();
  let got = 0;
  for (let round = 0; round < 10; round += 1) {
    for (let i = 0; i < bytes.length; i += 1) got += frames.push(bytes.subarray(i, i + 1)).length;
  }
  const { user } = process.cpuUsage(started);
  expect(got).toBe(10);
  // 600,000 pushes; copying all that is pending at each would be 18 GB of copies.
  expect(user / 1e6).toBeLessThan(3);
});

test.each([
  {
    name: 'a length below the header',
    bytes: [4, 2, 0, 7, 0, 0, 0, 1],
    says: 'Expected a message of at least 8 bytes, got 7',
  },
  {
    name: 'a length past the bound',
    bytes: [4, 2, 1, 1, 0, 0, 0, 1],
    says: 'Expected a message of at most 256 bytes, got 257',
  },
])('$name ends the stream, in one chunk or in two', ({ bytes, says }) => {
  expect(() => new FrameReader(256).push(Uint8Array.from(bytes))).toThrow(says);
  const frames = new FrameReader(256);
  expect(frames.push(Uint8Array.from(bytes.slice(0, 3)))).toEqual([]);
  expect(() => frames.push(Uint8Array.from(bytes.slice(3)))).toThrow(says);
});
