import { spawnSync } from 'node:child_process';
import { decode, encode, VERSIONS } from '@ballast/openflow';
import { expect, test } from 'vitest';
import { WIRE_ROWS } from './support/wire/index.ts';

const XID = 7;
const NAMES = { 4: '1.3', 5: '1.4', 6: '1.5' } as const;

const cases = WIRE_ROWS.flatMap(({ name, body, versions = VERSIONS }) =>
  versions.map((version) => ({ name, version, bytes: encode(body, version, XID) })),
);

test('the bytes of each message are those of the golden file, and read the same', async () => {
  for (const { bytes, version } of cases) {
    const message = decode(bytes);
    expect(Buffer.from(encode(message, version, XID)).equals(bytes)).toBe(true);
  }
  const lines = cases.map(
    ({ name, version, bytes }) => `${name}, ${NAMES[version]}: ${Buffer.from(bytes).toString('hex')}`,
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/wire.txt');
});

test('Open vSwitch reads each message as what it says', { timeout: 60_000 }, async () => {
  const read = new Map<string, string[]>();
  for (const { name, version, bytes } of cases) {
    const line = `${name}: ${printed(bytes)}`;
    read.set(line, [...(read.get(line) ?? []), NAMES[version]]);
  }
  const lines = [...read].map(([line, versions]) => `${line} [${versions.join(' ')}]`);
  expect(lines.filter((line) => line.includes('decode error'))).toEqual([]);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/ofp-print.txt');
});

/** What ovs-ofctl(8) prints, in one line and without the version. */
function printed(bytes: Uint8Array): string {
  const { stdout, error } = spawnSync('ovs-ofctl', ['ofp-print', Buffer.from(bytes).toString('hex')], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw new Error('Expected ovs-ofctl of the package openvswitch-switch', { cause: error });
  return stdout
    .replaceAll(/ \(OF1\.\d\)/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
