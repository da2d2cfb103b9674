import { describe, expect, test } from 'vitest';
import { NO_PLACES, type PlaceEvent, type PlaceOutcome, place, placementsOf } from '../../src/index.ts';

const MAC = '02:00:00:00:00:11';
const OTHER = '02:00:00:00:00:99';
const A4 = '10.9.0.11';
const A6 = 'fd00:9::11';
const told = (address: string, at?: { dpid: bigint; port: number }, mac = MAC): PlaceEvent => ({
  type: 'told',
  address,
  mac,
  ...(at && { at }),
});
const seen = (dpid: bigint, port: number, address?: string, mac = MAC): PlaceEvent => ({
  type: 'seen',
  dpid,
  port,
  mac,
  ...(address && { address }),
});
const linked: PlaceEvent = { type: 'linked', links: [{ dpid: 1n, port: 90, to: 2n }] };

function after(...events: readonly PlaceEvent[]): PlaceOutcome {
  let outcome: PlaceOutcome = { places: NO_PLACES, changed: [] };
  for (const event of events) outcome = place(outcome.places, event);
  return outcome;
}

const rows = ({ places }: PlaceOutcome) =>
  placementsOf(places).map(
    ({ address, mac, at }) =>
      `${address} ${mac === MAC ? 'mac' : 'other'} ${at === undefined ? 'anywhere' : `${at.dpid}/${at.port}`}`,
  );

describe('where members are', () => {
  test.each<[string, readonly PlaceEvent[], readonly string[], Partial<PlaceOutcome>]>([
    ['told with its port', [told(A4, { dpid: 1n, port: 5 })], [`${A4} mac 1/5`], { changed: [A4] }],
    ['told by its MAC alone', [told(A4)], [`${A4} mac anywhere`], { changed: [A4] }],
    ['seen', [seen(1n, 5, A4)], [`${A4} mac 1/5`], { changed: [A4] }],
    ['seen again where it was', [seen(1n, 5, A4), seen(1n, 5, A4)], [`${A4} mac 1/5`], { changed: [] }],
    [
      'seen at another port: it has moved',
      [told(A4, { dpid: 1n, port: 5 }), seen(2n, 7, A4)],
      [`${A4} mac 2/7`],
      { changed: [A4] },
    ],
    ['told after it was seen: its port stays', [seen(1n, 5, A4), told(A4)], [`${A4} mac 1/5`], { changed: [] }],
    [
      'told with another MAC: its port is another',
      [seen(1n, 5, A4), told(A4, undefined, OTHER)],
      [`${A4} other anywhere`],
      { changed: [A4] },
    ],
    [
      'another host claims an address that was told',
      [told(A4, { dpid: 1n, port: 5 }), seen(1n, 6, A4, OTHER)],
      [`${A4} mac 1/5`],
      { changed: [], disbelieved: 'other-mac' },
    ],
    [
      'another host takes an address that was learned',
      [seen(1n, 5, A4), seen(1n, 6, A4, OTHER)],
      [`${A4} other 1/6`],
      { changed: [A4] },
    ],
    [
      'heard over a link',
      [linked, told(A4, { dpid: 2n, port: 5 }), seen(1n, 90, A4)],
      [`${A4} mac 2/5`],
      { changed: [], disbelieved: 'link' },
    ],
    [
      'both addresses of a guest move when one is seen',
      [told(A4, { dpid: 1n, port: 5 }), told(A6, { dpid: 1n, port: 5 }), seen(2n, 7, A4)],
      [`${A4} mac 2/7`, `${A6} mac 2/7`],
      { changed: [A4, A6] },
    ],
    [
      'all addresses move with a MAC that arrives',
      [told(A4, { dpid: 1n, port: 5 }), told(A6, { dpid: 1n, port: 5 }), seen(2n, 7)],
      [`${A4} mac 2/7`, `${A6} mac 2/7`],
      { changed: [A4, A6] },
    ],
    [
      'an unknown MAC arrives',
      [told(A4), seen(2n, 7, undefined, OTHER)],
      [`${A4} mac anywhere`],
      { changed: [], disbelieved: 'unknown-mac' },
    ],
    [
      'its port is gone',
      [told(A4, { dpid: 1n, port: 5 }), { type: 'gone', dpid: 1n, port: 5 }],
      [`${A4} mac anywhere`],
      { changed: [A4] },
    ],
    [
      'another port is gone',
      [told(A4, { dpid: 1n, port: 5 }), { type: 'gone', dpid: 1n, port: 6 }],
      [`${A4} mac 1/5`],
      { changed: [] },
    ],
    [
      'its switch is gone',
      [told(A4, { dpid: 1n, port: 5 }), { type: 'gone', dpid: 1n }],
      [`${A4} mac anywhere`],
      { changed: [A4] },
    ],
    ['forgotten', [told(A4), { type: 'forgotten', address: A4 }], [], { changed: [A4] }],
    ['forgotten, and never known', [{ type: 'forgotten', address: A4 }], [], { changed: [] }],
    ['one address in two forms', [told('FD00:9:0::11'), seen(1n, 5, A6)], [`${A6} mac 1/5`], { changed: [A6] }],
  ])('%s', (_, events, expected, outcome) => {
    const result = after(...events);
    expect(rows(result)).toEqual(expected);
    expect(result).toMatchObject(outcome);
    expect(result.disbelieved).toBe(outcome.disbelieved);
  });
});
