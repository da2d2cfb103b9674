import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { runDemo } from '../src/index.ts';

// The demo is the first thing that anybody runs: it is run here, at its shortest.
it('balances the cluster and loses no request', { timeout: 120_000 }, async () => {
  const output = new PassThrough() as unknown as NodeJS.WriteStream;
  let text = '';
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const code = await runDemo({ duration: 45_000, seed: 1, stay: false, output });
  expect(text).toContain('Balanced: no node is above its threshold, and no request failed.');
  expect(text).toMatch(/HAProxy \d/);
  expect(text).toMatch(/Migrations: [1-9]/);
  expect(code).toBe(0);
});
