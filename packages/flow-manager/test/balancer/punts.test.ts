import { type Body, decode, encode, match, OFP13_VERSION, OFP15_VERSION, type PacketIn } from '@ballast/openflow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { destinationOf } from '../../src/balancer/destination.ts';
import { Punts } from '../../src/balancer/punts.ts';
import { cookieOf, endpointOf, learnedCookie, memberIds, type VirtualService } from '../../src/index.ts';
import { aMember, aMember6, aVirtualService, somePlacements } from '../services/builders.ts';

const service = aVirtualService({ algorithm: 'least-connections' });
const ids = memberIds(service.name, service.members);

function somePunts(services: readonly VirtualService[] = [service]): Punts {
  const punts = new Punts();
  punts.update(services, somePlacements);
  return punts;
}

function aPacket(fields: Partial<PacketIn> = {}): PacketIn {
  const packet: Body = {
    type: 'packet_in',
    bufferId: 0xffff_ffff,
    totalLen: 4,
    reason: 1,
    tableId: 1,
    cookie: cookieOf('punt', 'shop'),
    match: match({ in_port: 7 }),
    data: Uint8Array.of(1, 2, 3, 4),
    ...fields,
  };
  return decode(encode(packet, OFP13_VERSION, 1)) as PacketIn;
}

/** The member that an answer names, by guest. */
function chosen(punts: Punts, dpid = 1n, packet = aPacket(), of: VirtualService = service): number | undefined {
  const answer = punts.admit(dpid, packet);
  const [set] = answer?.actions ?? [];
  const id = set?.type === 'set_field' && set.field === 'reg1' ? set.value : undefined;
  const known = memberIds(of.name, of.members);
  return of.members.find((member) => known.get(endpointOf(member)) === id)?.guest;
}

const openOf = (punts: Punts): readonly number[] =>
  punts.connections().flatMap(({ members }) => members.map((m) => m.open));

test('the answer is the packet itself, from its port, bound to the member with the fewest connections', () => {
  const punts = somePunts();
  const answer = punts.admit(1n, aPacket());
  expect(answer).toMatchObject({ inPort: 7, data: Uint8Array.of(1, 2, 3, 4), bufferId: 0xffff_ffff });
  expect(answer?.actions[0]).toEqual({ type: 'set_field', field: 'reg1', value: ids.get('10.9.0.11|8080') });
  expect(decode(encode(answer as Body, OFP15_VERSION, 9))).toMatchObject({ actions: answer?.actions });
  expect([chosen(punts), chosen(punts), chosen(punts)]).toEqual([102, 103, 104]);
  expect(openOf(punts)).toEqual([1, 1, 1, 1]);
});

test('weights count: a member of three times the weight has three times the connections', () => {
  const punts = somePunts([
    aVirtualService({ algorithm: 'least-connections', members: [aMember(1, 3), aMember(2, 1)] }),
  ]);
  for (let i = 0; i < 40; i += 1) punts.admit(1n, aPacket());
  expect(openOf(punts)).toEqual([30, 10]);
});

test('a connection that ends makes room; ends of connections that were never counted do not', () => {
  const punts = somePunts();
  for (let i = 0; i < 4; i += 1) punts.admit(1n, aPacket());
  const cookie = learnedCookie('shop', ids.get('10.9.0.13|8080') ?? 0);
  expect(punts.ended(2n, { cookie })).toBe(true);
  expect(openOf(punts)).toEqual([1, 1, 1, 1]);
  punts.ended(1n, { cookie });
  expect(chosen(punts)).toBe(103);
  expect(punts.ended(1n, { cookie: cookieOf('punt', 'shop') })).toBe(false);
});

test('what a switch has counted replaces what was thought of it, and nothing of other switches', () => {
  const punts = somePunts();
  const cookie = learnedCookie('shop', ids.get('10.9.0.11|8080') ?? 0);
  punts.recount(1n, cookie, 5);
  punts.recount(2n, cookie, 2);
  expect(openOf(punts)).toEqual([7, 0, 0, 0]);
  punts.recount(1n, cookie, 0);
  expect(openOf(punts)).toEqual([2, 0, 0, 0]);
  punts.recount(1n, cookie, 3);
  punts.forgetAllBut(new Set([1n]));
  expect(openOf(punts)).toEqual([3, 0, 0, 0]);
});

test('counts stay over changes of the service, but for members that left', () => {
  const punts = somePunts();
  for (let i = 0; i < 8; i += 1) punts.admit(1n, aPacket());
  punts.update([{ ...service, members: [aMember(2, 0.5), aMember(5)] }], somePlacements);
  expect(openOf(punts)).toEqual([2, 0]);
});

test('no answer where nobody may choose: unknown rows, no member left', () => {
  const punts = somePunts();
  expect(punts.admit(1n, aPacket({ cookie: cookieOf('watch') }))).toBeUndefined();
  expect(
    somePunts([{ ...service, members: [aMember(1, 1, { state: 'drain' })] }]).admit(1n, aPacket()),
  ).toBeUndefined();
  expect(somePunts([aVirtualService()]).admit(1n, aPacket())).toBeUndefined();
});

describe('a switch that does not say which row a packet met', () => {
  const six = aVirtualService({
    name: 'six',
    algorithm: 'least-connections',
    protocol: 'udp',
    vip: { address: 'fd00:9::100', port: 53 },
    members: [aMember6(1), aMember6(2)],
  });

  test.each([
    ['IPv4 and TCP', tcp4(80), service, 101],
    ['the same behind a VLAN tag', tagged(tcp4(80)), service, 101],
    ['IPv6 and UDP', udp6(53), six, 101],
    ['another port', tcp4(81), service, undefined],
    ['a later fragment', tcp4(80, 0x0010), service, undefined],
    ['cut off', tcp4(80).subarray(0, 33), service, undefined],
    ['no IP', Uint8Array.of(...some(12, 0), 0x08, 0x06, ...some(40, 0)), service, undefined],
  ] as const)('%s', (_, data, of, guest) => {
    const punts = somePunts([service, six]);
    expect(chosen(punts, 1n, aPacket({ cookie: 0n, data }), of)).toBe(guest);
  });

  test('any bytes are survived', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (data) => {
        expect(destinationOf(data) ?? 'tcp ').toMatch(/^(tcp|udp) /);
      }),
    );
  });
});

const some = (count: number, byte: number): readonly number[] => Array.from({ length: count }, () => byte);

function tcp4(port: number, fragment = 0): Uint8Array {
  const ip = [0x45, 0, 0, 40, 0, 1, fragment >> 8, fragment & 0xff, 64, 6, 0, 0, 10, 9, 0, 1, 10, 9, 0, 100];
  return Uint8Array.of(...some(12, 2), 0x08, 0x00, ...ip, 0xc3, 0x50, 0, port, ...some(16, 0));
}

function udp6(port: number): Uint8Array {
  const vip = [0xfd, 0, 0, 9, ...some(10, 0), 1, 0];
  const ip = [0x60, 0, 0, 0, 0, 8, 17, 64, ...some(16, 1), ...vip];
  return Uint8Array.of(...some(12, 2), 0x86, 0xdd, ...ip, 0xc3, 0x50, 0, port, 0, 8, 0, 0);
}

function tagged(frame: Uint8Array): Uint8Array {
  return Uint8Array.of(...frame.subarray(0, 12), 0x81, 0x00, 0, 5, ...frame.subarray(12));
}
