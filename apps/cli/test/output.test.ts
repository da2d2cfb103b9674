import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { output } from '../src/terminal.ts';

/** A stream whose reader has gone: every write fails with this code. */
function aBrokenStream(code: string): { readonly stream: NodeJS.WriteStream; readonly tried: () => number } {
  let tried = 0;
  const write = (_: unknown, __: unknown, done: (error: Error) => void): void => {
    tried++;
    done(Object.assign(new Error(`write ${code}`), { code }));
  };
  const stream = new Writable({ write, autoDestroy: false });
  return {
    stream: Object.assign(stream, { isTTY: false, columns: 80 }) as unknown as NodeJS.WriteStream,
    tried: () => tried,
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('says nothing more once its reader has gone, and no more than once that it has', async () => {
  let unread = 0;
  const { stream, tried } = aBrokenStream('EPIPE');
  const out = output(stream, () => void unread++);
  out.write('a');
  out.write('b');
  await settled();
  out.write('c');
  await settled();
  expect(unread).toBe(1);
  expect(tried()).toBeLessThan(3);
});

it('does not take another fault for a reader that has gone', () => {
  const { stream } = aBrokenStream('ENOSPC');
  output(stream, () => expect.unreachable());
  expect(() => stream.emit('error', Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }))).toThrow('ENOSPC');
});
