import { spawnSync } from 'node:child_process';
import { encode, errorName, ONF_EXPERIMENTER_ID } from '@ballast/openflow';
import { expect, test } from 'vitest';

const data = new Uint8Array(0);

/** Where Open vSwitch words a name otherwise. */
const WORDED: Readonly<Record<string, string>> = {
  OFPBRC_BAD_MULTIPART: 'OFPBRC_BAD_STAT',
  OFPBRC_BAD_EXPERIMENTER: 'OFPBRC_BAD_VENDOR',
  OFPBRC_BAD_EXP_TYPE: 'OFPBRC_BAD_SUBTYPE',
  OFPBRC_IS_SLAVE: 'OFPBRC_IS_SECONDARY',
  OFPBAC_BAD_EXPERIMENTER: 'OFPBAC_BAD_VENDOR',
  OFPBAC_BAD_EXP_TYPE: 'OFPBAC_BAD_VENDOR_TYPE',
  OFPMMFC_BAD_BAND_DETAIL: 'OFPMMFC_BAD_BAND_VALUE',
};

test('each error of 1.5 goes by the name that Open vSwitch prints', { timeout: 60_000 }, () => {
  const ours: string[] = [];
  const theirs: string[] = [];
  for (let errorType = 0; errorType < 18; errorType += 1) {
    for (let code = 0; ; code += 1) {
      const error = { type: 'error', errorType, code, data } as const;
      const name = errorName(error);
      if (name.startsWith('type ')) break;
      // The table features of 1.3 had codes of their own that later versions leave out.
      if (errorType === 13 && code > 1 && code < 5) continue;
      ours.push(WORDED[name] ?? name);
      const hex = Buffer.from(encode(error, 6, 1)).toString('hex');
      const { stdout } = spawnSync('ovs-ofctl', ['ofp-print', hex], { encoding: 'utf8' });
      theirs.push(stdout.split(/\s+/)[3] ?? '');
    }
  }
  expect(ours).toEqual(theirs);
  expect(ours.length).toBeGreaterThan(150);
});

test.each([
  [{ type: 'error', errorType: 11, code: 0, data } as const, 'OFPRRFC_STALE'],
  [{ type: 'error', errorType: 99, code: 3, data } as const, 'type 99, code 3'],
  [
    { type: 'experimenter_error', experimenter: ONF_EXPERIMENTER_ID, expType: 2313, data } as const,
    'OFPBFC_MSG_FAILED',
  ],
  [
    { type: 'experimenter_error', experimenter: 0x2320, expType: 12, data } as const,
    'experimenter 0x00002320, type 12',
  ],
])('%o is %s', (error, name) => {
  expect(errorName(error)).toBe(name);
});
