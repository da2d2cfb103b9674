import { codeOf } from '@ballast/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalAddress,
  EMPTY_REGISTRY,
  holdMember,
  type KnownPlace,
  putHealth,
  putPlace,
  putService,
  putWeights,
  type RegisteredService,
  type RegistryState,
  type Remembered,
  registryDocument,
  rememberedIn,
  type TimedDeparture,
} from '../../src/index.ts';
import { aSpec } from '../rest/support.ts';

const throughJson = (remembered: Remembered): Remembered =>
  rememberedIn(JSON.parse(JSON.stringify(registryDocument(remembered))));

test('what was told by every means is there again, to the last bit', () => {
  let state: RegistryState = EMPTY_REGISTRY;
  const monitor = {
    type: 'http',
    delay: 500,
    timeout: 250,
    maxRetries: 2,
    maxRetriesDown: 3,
    http: { method: 'HEAD', path: '/health', expectedCodes: [200, 204] },
  } as const;
  state = putService(state, aSpec({ monitor, mac: '02:00:00:00:01:00' }));
  state = putWeights(state, 'shop', { members: [{ guest: 101, weight: 0.1 + 0.2 }], fencing: 2n ** 64n - 1n });
  state = holdMember(state, 'shop', 102);
  state = putHealth(state, 'shop', 103, { health: 'down', ramp: 0.25 });
  state = putPlace(state, {
    type: 'told',
    address: '10.9.0.11',
    mac: '02:00:00:00:00:11',
    at: { dpid: 2n ** 63n, port: 7 },
  });
  state = putPlace(state, { type: 'seen', dpid: 1n, port: 9, address: '10.9.0.12', mac: '02:00:00:00:00:12' });
  state = putPlace(state, { type: 'linked', links: [{ dpid: 1n, port: 1, to: 2n ** 64n - 1n }] });
  const departure = {
    service: 'shop',
    protocol: 'tcp',
    address: '10.9.0.19',
    port: 8080,
    until: 1_700_000_000_123,
  } as const;
  expect(throughJson({ state, departures: [departure] })).toEqual({ state, departures: [departure] });
});

const address = fc
  .oneof(
    fc.ipV4(),
    fc.ipV6().filter((text) => !text.includes('.')),
  )
  .map(canonicalAddress);
const unit = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const mac = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 40n - 1n })).map(([bits]) => `02:${hex(bits)}`);
const dpid = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const port = fc.integer({ min: 1, max: 65_535 });

function hex(bits: bigint): string {
  return bits
    .toString(16)
    .padStart(10, '0')
    .replaceAll(/(..)(?!$)/g, '$1:');
}

/** Of IPv4 members beside a VIP that no member has. */
const registered = (name: string, vip: number): fc.Arbitrary<RegisteredService> =>
  fc
    .record({
      members: fc.uniqueArray(
        fc.record(
          {
            guest: fc.integer({ min: 1, max: 999_999_999 }),
            address: fc.integer({ min: 1, max: 254 }).map((n) => `10.1.0.${n}`),
            port,
            weight: unit,
            state: fc.constantFrom('ready' as const, 'drain' as const),
            health: fc.constantFrom('up' as const, 'down' as const),
            ramp: unit,
          },
          { requiredKeys: ['guest', 'address', 'port', 'weight', 'state'] },
        ),
        { selector: (member) => member.address, maxLength: 4 },
      ),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const),
      fencing: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      held: fc.uniqueArray(fc.integer({ min: 1, max: 9 })),
      version: fc.nat(),
      seconds: fc.option(fc.integer({ min: 1, max: 86_400 }), { nil: undefined }),
    })
    .map(({ members, protocol, fencing, held, version, seconds }) => ({
      service: {
        name,
        vip: { address: `10.0.0.${vip}`, port: 80 },
        protocol,
        algorithm: 'weighted' as const,
        ...(seconds !== undefined && { persistence: { type: 'source-ip' as const, timeout: seconds * 1_000 } }),
        members,
      },
      held: new Set(held),
      ...(fencing > 0n && { fencing }),
      version,
    }));

const place: fc.Arbitrary<KnownPlace> = fc.record(
  {
    address,
    mac,
    by: fc.constantFrom('told' as const, 'learned' as const),
    at: fc.record({ dpid, port: fc.integer({ min: 1, max: 0xffff_ff00 }) }),
  },
  { requiredKeys: ['address', 'mac', 'by'] },
);

const departure: fc.Arbitrary<TimedDeparture> = fc.record({
  service: fc.string(),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  address,
  port,
  until: fc.integer(),
});

const remembered: fc.Arbitrary<Remembered> = fc
  .record({
    version: fc.nat(),
    names: fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 4 }),
    places: fc.array(place, { maxLength: 5 }),
    links: fc.array(fc.record({ dpid, port, to: dpid }), { maxLength: 3 }),
    departures: fc.array(departure, { maxLength: 3 }),
  })
  .chain(({ version, names, places, links, departures }) =>
    fc.tuple(...names.map((name, i) => registered(name, i + 1))).map((services) => ({
      state: {
        version,
        services: new Map(services.map((one) => [one.service.name, one])),
        places: { byAddress: new Map(places.map((one) => [one.address, one])), links },
      },
      departures,
    })),
  );

test('a document holds everything: reading what was written gives what was there', () => {
  fc.assert(
    fc.property(remembered, (one) => {
      expect(throughJson(one)).toEqual(one);
    }),
    { numRuns: 200 },
  );
});

test('whatever stands in a document, it is read whole or refused by a typed error', () => {
  const sound = JSON.stringify(registryDocument({ state: putService(EMPTY_REGISTRY, aSpec()), departures: [] }));
  fc.assert(
    fc.property(fc.nat({ max: sound.length - 1 }), fc.constantFrom('0', '-', 'x', '"', '[', ''), (at, put) => {
      const outcome = codeOfReading(sound.slice(0, at) + put + sound.slice(at + 1));
      expect(outcome).toMatch(/^(no-json|read|registry-damaged|service\.invalid)$/);
    }),
    { numRuns: 300 },
  );
});

function codeOfReading(text: string): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'no-json';
  }
  try {
    rememberedIn(document);
    return 'read';
  } catch (error) {
    return codeOf(error);
  }
}

describe('a document that cannot be', () => {
  const sound = registryDocument({ state: putService(EMPTY_REGISTRY, aSpec()), departures: [] }) as {
    services: readonly { service: object }[];
  };
  const [first] = sound.services;
  const place = { address: '10.0.0.1', mac: '02:00:00:00:00:01', by: 'told' };

  test.each([
    [
      'nothing',
      undefined,
      'registry-damaged',
      'Expected the services, places and departures of a flow manager, got something else.',
    ],
    ['a list', [], 'registry-damaged', 'got something else.'],
    [
      'a weight of 7',
      edited({ weight: 7 }),
      'registry-damaged',
      'got something else at services.0.service.members.0.weight.',
    ],
    [
      'an address that is none',
      edited({ address: 'web-01' }),
      'service.invalid',
      'Expected an IPv4 or IPv6 address, got "web-01".',
    ],
    [
      'a token that is no number',
      { ...sound, services: [{ ...first, fencing: 'x' }] },
      'registry-damaged',
      'services.0.fencing',
    ],
    [
      'two services at one VIP',
      { ...sound, services: [first, { ...first, service: { ...first?.service, name: 'pay' } }] },
      'service.invalid',
      'Expected one service at tcp 10.9.0.100 port 80, got shop and pay.',
    ],
    [
      'a place of no host',
      { ...sound, places: [{ ...place, mac: '01:00:00:00:00:01' }] },
      'service.invalid',
      'Expected the MAC address of a host',
    ],
    [
      'a datapath id that is none',
      { ...sound, places: [{ ...place, at: { dpid: 'z', port: 1 } }] },
      'registry-damaged',
      'places.0.at.dpid',
    ],
  ])('%s', (_, document, code, message) => {
    expect(() => rememberedIn(document)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  function edited(fields: object): unknown {
    const members = [{ guest: 101, address: '10.9.0.11', port: 80, weight: 1, state: 'ready', ...fields }];
    return { ...sound, services: [{ ...first, service: { ...first?.service, members } }] };
  }
});
