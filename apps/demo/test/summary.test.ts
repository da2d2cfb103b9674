import { aMigration } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../src/load.ts';
import { type SummaryInput, succeeded, summaryText } from '../src/summary.ts';

const samples = (guests: readonly string[], latency: number): readonly Sample[] =>
  guests.map((guest, index) => ({ at: index, service: 'orders', latency, guest }));

function anInput(fields: Partial<SummaryInput> = {}): SummaryInput {
  return {
    before: { samples: samples(['a', 'a', 'b', 'b'], 200), cpu: { pve1: 0.94, pve2: 0.4 } },
    after: { samples: samples(['a', 'b', 'b', 'b'], 20), cpu: { pve1: 0.7, pve2: 0.6 } },
    origin: { a: 'pve1', b: 'pve2' },
    hot: 'pve1',
    high: 0.8,
    migrations: [{ step: aMigration(1, 'pve1', 'pve2', { guestName: 'a' }), state: 'done' }],
    sent: 8,
    failed: 0,
    front: 'HAProxy 2.6',
    ...fields,
  };
}

describe('the summary', () => {
  it('tells before and after', () => {
    expect(summaryText(anInput())).toBe(`Summary
                                              before         after
  hot nodes                                     pve1          none
    cpu of pve1                                 94 %          70 %
    cpu of pve2                                 40 %          60 %
  traffic to guests that began on pve1          50 %          25 %
  99 of 100 requests answered within          200 ms         20 ms

  Migrations: 1 of 1 (a pve1 -> pve2)
  Requests through HAProxy 2.6: 8 sent, 0 failed

Balanced: no node is above its threshold, and no request failed.
`);
  });

  it.each<{ case: string; fields: Partial<SummaryInput>; success: boolean }>([
    { case: 'all is well', fields: {}, success: true },
    { case: 'a request failed', fields: { failed: 1 }, success: false },
    { case: 'nothing was sent', fields: { sent: 0 }, success: false },
    { case: 'a node is hot at the end', fields: { after: { samples: [], cpu: { pve1: 0.81 } } }, success: false },
  ])('when $case, success is $success', ({ fields, success }) => {
    expect(succeeded(anInput(fields))).toBe(success);
    expect(summaryText(anInput(fields))).toContain(success ? '\nBalanced:' : '\nNot balanced:');
  });
});
