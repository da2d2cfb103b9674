import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkFile } from '../src/check.ts';
import { fileText, serviceLine } from './configs.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'ballast-flow-manager-'));
  file = path.join(directory, 'flow-manager.yaml');
});
afterEach(() => rm(directory, { recursive: true }));

test('a file that is sound comes to a sentence, with its warnings, and nothing is started', async () => {
  const services = `services:\n${serviceLine('shop', '10.9.0.100', '101')}${serviceLine('idle', '10.9.0.101')}`;
  await writeFile(file, fileText(services, path.join(directory, 'state')));
  expect(await checkFile(file, {})).toEqual({
    sum: `${file} is valid: role equal, 2 services, 1 member.`,
    warnings: ['The service idle has no members: nobody answers at its VIP.'],
  });
  expect(await readdir(directory)).toEqual(['flow-manager.yaml']);
});

test('one that is not is refused as a start refuses it', async () => {
  await writeFile(file, 'services: 7\n');
  await expect(checkFile(file, {})).rejects.toThrow(`${file}:1:11: services: expected a list, got 7.`);
});
