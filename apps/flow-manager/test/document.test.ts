import { EMPTY_REGISTRY } from '@ballast/flow-manager';
import { describe, expect, test } from 'vitest';
import { type Kept, STATE } from '../src/state/document.ts';
import { NOTHING_STATED, statedIn } from '../src/stated/stated.ts';
import { takeFile } from '../src/stated/take.ts';
import { configOf, serviceLine } from './configs.ts';

const config = configOf(`role: master
generation: "18446744073709551615"
services:
${serviceLine('shop', '10.9.0.100', '101 50%', '102')}
placements:
  - { address: 10.9.0.11, mac: "02:00:00:00:00:11", at: { switch: "ffffffffffffffff", port: 3 } }
  - { address: 10.9.0.12, mac: "02:00:00:00:00:12" }
`);
const kept: Kept = {
  state: takeFile(EMPTY_REGISTRY, config, NOTHING_STATED),
  departures: [{ service: 'shop', protocol: 'tcp', address: '10.9.0.19', port: 8080, until: 12 }],
  lead: { role: 'slave', generation: 2n ** 63n },
  stated: statedIn(config),
};
const written = (value: Kept): unknown => JSON.parse(JSON.stringify(STATE.toJson(value)));

test.each([
  ['everything', kept],
  ['nothing', STATE.empty],
])('%s is read back as it was written', (_, value) => {
  expect(STATE.fromJson(written(value))).toEqual(value);
});

test('what could not be read back is not written', () => {
  const departures = [{ ...kept.departures[0], until: Number.NaN }] as Kept['departures'];
  expect(() => STATE.toJson({ ...kept, departures })).toThrow('departures.0.until');
});

describe('what is no state is refused', () => {
  test.each([
    ['nothing', undefined, 'it holds none'],
    ['without what the file said', { ...(written(kept) as object), stated: undefined }, 'stated: '],
    [
      'a role that there is not',
      { ...(written(kept) as object), lead: { role: 'chief', generation: '1' } },
      'lead.role: ',
    ],
    ['services of another kind', { ...(written(kept) as object), services: 'shop' }, 'something else at services.'],
  ])('%s', (_, json, message) => {
    expect(() => STATE.fromJson(json)).toThrow(message);
  });
});
