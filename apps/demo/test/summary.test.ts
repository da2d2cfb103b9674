import { aMigration } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { type Failover, isInTime, lossesOf } from '../src/fabric/failover.ts';
import { refusalText } from '../src/fabric/refusal.ts';
import type { FabricResult, FabricStretch } from '../src/fabric/result.ts';
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

function aFailover(fields: Partial<Failover> = {}): Failover {
  return { guest: 'b', window: 600, lastLost: 512.4, lost: 9, sent: 250, ...fields };
}

function aFabric(fields: Partial<FabricResult> = {}): FabricResult {
  const held = { guest: 'a', broken: undefined, stall: 131.2 };
  return {
    version: '3.1.0',
    sent: 12_780,
    failed: 0,
    reasons: [],
    held: [held, held, { ...held, guest: 'b', stall: 12 }],
    relocations: [{ guest: 'a', from: 'pve1', to: 'pve2' }],
    failover: aFailover(),
    ...fields,
  };
}

/** With a fabric through which guest `a` gets half before and a fifth after, as its weights ask for. */
function withFabric(fields: Partial<FabricResult> = {}): SummaryInput {
  const input = anInput();
  const seen = (guests: readonly string[], part: number): FabricStretch => ({
    samples: samples(guests, 40),
    shares: new Map([
      ['a', part],
      ['b', 1 - part],
    ]),
  });
  return {
    ...input,
    before: { ...input.before, fabric: seen(['a', 'b'], 0.5) },
    after: { ...input.after, fabric: seen(['a', 'b', 'b', 'b', 'b'], 0.19) },
    fabric: aFabric(fields),
  };
}

describe('the summary of a demo with a fabric', () => {
  it('tells the same of both ways, and what became of connections and of the guest that was killed', () => {
    expect(summaryText(withFabric())).toBe(`Summary
                                                before         after
  hot nodes                                       pve1          none
    cpu of pve1                                   94 %          70 %
    cpu of pve2                                   40 %          60 %
  traffic to guests that began on pve1            50 %          25 %
  99 of 100 requests answered within            200 ms         20 ms
  through the fabric
    traffic to guests that began on pve1          50 %          20 %
      what their weights ask for                  50 %          19 %
    99 of 100 requests answered within           40 ms         40 ms

  Migrations: 1 of 1 (a pve1 -> pve2)
  Requests through HAProxy 2.6: 8 sent, 0 failed
  Requests through Open vSwitch 3.1.0: 12780 sent, 0 failed
  Connections kept open: 3 of 3 lived, longest wait 131 ms
    2 of them to a, whose host moved from pve1 to pve2
  b killed: last new connection to it after 512 ms
    (detection window 600 ms); 9 of 250 requests lost until then

Balanced: no node is above its threshold, and no request failed.
The fabric lost no connection, and left a killed guest in 512 ms.
`);
  });

  it.each<{ case: string; fields: Partial<FabricResult>; success: boolean; words: string }>([
    {
      case: 'it was interrupted before a guest was killed',
      fields: { failover: undefined },
      success: true,
      words: 'The fabric lost no request and no connection.',
    },
    {
      case: 'a request failed',
      fields: { failed: 1, reasons: ['ECONNRESET'] },
      success: false,
      words: '    lost: ECONNRESET\n',
    },
    { case: 'nothing was sent', fields: { sent: 0 }, success: false, words: 'The fabric fell short: requests or' },
    {
      case: 'a connection broke',
      fields: { held: [{ guest: 'a', broken: 'closed', stall: 5 }] },
      success: false,
      words: 'Connections kept open: 0 of 1 lived',
    },
    {
      case: 'a connection was never answered',
      fields: { held: [{ guest: undefined, broken: undefined, stall: 5 }] },
      success: false,
      words: 'Connections kept open: 0 of 1 lived',
    },
    {
      case: 'a killed guest was left too late',
      fields: { failover: aFailover({ lastLost: 701 }) },
      success: false,
      words: 'The fabric fell short: a killed guest was left too late. Is this machine busy?',
    },
  ])('when $case, success is $success', ({ fields, success, words }) => {
    const input = withFabric(fields);
    expect(succeeded(input)).toBe(success);
    const text = summaryText(input);
    expect(text).toContain(words);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('the loss of a guest', () => {
  it('is over with the last request that got no connection', () => {
    const seen = (at: number, fields: Partial<Sample> = {}): Sample => ({
      at,
      service: 'orders',
      latency: 1,
      guest: 'a',
      ...fields,
    });
    const lost = { guest: undefined, why: 'no connection' };
    const found = lossesOf(
      [
        seen(90, lost),
        seen(100),
        seen(110, lost),
        seen(350, { guest: undefined, why: 'ECONNREFUSED' }),
        seen(400, { ...lost, service: 'payments' }),
        seen(420, { guest: undefined, why: 'no answer' }),
        seen(430),
      ],
      'orders',
      100,
    );
    expect(found).toEqual({ sent: 5, lost: 2, lastLost: 250 });
  });

  it.each([
    { lastLost: 700, window: 600, sent: 10, lost: 1, inTime: true },
    { lastLost: 701, window: 600, sent: 10, lost: 1, inTime: false },
    { lastLost: 1001, window: 2000, sent: 10, lost: 1, inTime: false },
    { lastLost: 0, window: 600, sent: 0, lost: 0, inTime: false },
  ])('is in time or not: %o', ({ inTime, ...fields }) => {
    expect(isInTime(aFailover(fields))).toBe(inTime);
  });
});

describe('a fabric that cannot be had', () => {
  it('says to an ordinary user what to type', () => {
    const why = { possible: false, reason: 'Network namespaces and switches need root.', hint: 'Use sudo.' } as const;
    expect(refusalText(why, false)).toBe(`No fabric: Network namespaces and switches need root.
As root, all that is missing is installed; type:

    sudo env "PATH=$PATH" npm run demo -- --fabric

The demo goes on without it.
`);
  });

  it('says to root what to do', () => {
    const why = { possible: false, reason: 'There is no /dev/net/tun.', hint: 'Load it with `modprobe tun`.' } as const;
    expect(refusalText(why, true)).toBe(`No fabric: There is no /dev/net/tun.
Load it with \`modprobe tun\`.
The demo goes on without it.
`);
  });
});
