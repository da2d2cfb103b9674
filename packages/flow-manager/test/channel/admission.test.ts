import { match, NX_OFPP_IN_PORT, OFP13_VERSION, OFP15_VERSION, type PacketIn, type PacketOut } from '@ballast/openflow';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Balancer,
  cookieOf,
  DatapathError,
  endpointOf,
  memberIds,
  putPlace,
  putService,
  Registry,
  startBalancer,
  TABLE,
} from '../../src/index.ts';
import { aVirtualService, somePlacements } from '../services/builders.ts';
import { wallClock } from '../support/clock.ts';
import { FakeSwitch } from '../support/fake-switch.ts';
import { until } from '../support/ovs.ts';

const WEIGHTS = [0.2, 0.4, 0.2, 0.2];
const { members: four, ...shop } = aVirtualService({ algorithm: 'least-connections' });
const members = four.map((member, n) => ({ ...member, weight: WEIGHTS[n] ?? 0 }));
const ids = memberIds(shop.name, members);
const NO_BUFFER = 0xffff_ffff;
const NOTHING = new Uint8Array(0);

let balancer: Balancer;
const failures: unknown[] = [];
beforeEach(async () => {
  failures.length = 0;
  const registry = new Registry();
  registry.change((state) => putService(state, { ...shop, members }));
  for (const { address, mac } of somePlacements) {
    registry.change((state) => putPlace(state, { type: 'told', address, mac, at: { dpid: 1n, port: 11 } }));
  }
  // A fake switch keeps no rows, and is told so.
  const failed = (error: unknown): void => {
    if (!(error instanceof DatapathError && error.code === 'switch-read-back')) failures.push(error);
  };
  const listen = { host: '127.0.0.1', port: 0 };
  // It is not told by the switch how many connections there are: what was admitted is what counts here.
  const limits = { requestTimeout: 120_000 };
  balancer = await startBalancer({ listen, registry, clock: wallClock, limits, events: { failed } });
});
afterEach(async () => {
  await balancer.stop();
});

test.each([
  ['1.3, which says nothing of the row that punted', OFP13_VERSION, 0n],
  ['1.5, by the row that punted', OFP15_VERSION, cookieOf('punt', shop.name)],
])(
  'each answer names the member by the rule and carries its packet, in order: OpenFlow %s',
  async (_, version, cookie) => {
    const fake = await aSwitch(1n, version);
    const packets = Array.from({ length: 1000 }, (__, n) => packetIn(n, cookie));
    inPieces(fake, packets);
    const answers = await answersOf(fake, packets.length);
    const rule = new Rule();
    for (const [n, answer] of answers.entries()) {
      const packet = packets[n];
      expect(answer).toMatchObject({ bufferId: NO_BUFFER, inPort: 1 + (n % 4) });
      expect(Buffer.from(answer.data).equals(packet?.data ?? NOTHING)).toBe(true);
      expect(answer.actions).toEqual([
        { type: 'set_field', field: 'reg1', value: ids.get(rule.next()) },
        { type: 'resubmit', port: NX_OFPP_IN_PORT, table: TABLE.member },
      ]);
    }
    // 1:2:1:1 of a thousand.
    expect([...rule.open.values()]).toEqual([200, 400, 200, 200]);
    expect(openConnections()).toEqual([...rule.open.values()]);
    expect(failures).toEqual([]);
  },
);

test('connections are counted over all switches, and each switch has its own packets back', async () => {
  const switches = await Promise.all([1n, 2n, 3n].map((id) => aSwitch(id, OFP13_VERSION)));
  const packets = switches.map((__, s) => Array.from({ length: 400 }, (___, n) => packetIn(s * 1000 + n, 0n)));
  for (const [s, fake] of switches.entries()) inPieces(fake, packets[s] ?? []);
  for (const [s, fake] of switches.entries()) {
    const answers = await answersOf(fake, 400);
    const carried = answers.map(({ data }, n) => Buffer.from(data).equals(packets[s]?.[n]?.data ?? data));
    expect(carried).toEqual(Array(400).fill(true));
  }
  const rule = new Rule();
  for (let n = 0; n < 1200; n += 1) rule.next();
  expect(openConnections()).toEqual([...rule.open.values()]);
  expect(failures).toEqual([]);
});

/** Least connections in the simplest words: fewest for its weight with this one, then the heavier, then the first. */
class Rule {
  readonly open = new Map(members.map((member) => [endpointOf(member), 0]));

  next(): string {
    const keys = members.map((member) => ({ key: endpointOf(member), weight: member.weight }));
    const load = (one: { key: string; weight: number }): number => ((this.open.get(one.key) ?? 0) + 1) / one.weight;
    keys.sort((a, b) => load(a) - load(b) || b.weight - a.weight || (a.key < b.key ? -1 : 1));
    const { key } = keys[0] as { key: string };
    this.open.set(key, (this.open.get(key) ?? 0) + 1);
    return key;
  }
}

async function aSwitch(id: bigint, version: number): Promise<FakeSwitch> {
  const fake = await FakeSwitch.connect(balancer.address.port, { id, version });
  await until(() => balancer.switches().some((one) => one.id === hex(id)), 'the switch to be known');
  return fake;
}

/** A SYN for the VIP, different for each number in source, length and what follows the headers. */
function packetIn(n: number, cookie: bigint): PacketIn {
  const data = Uint8Array.from({ length: 60 + ((n * 37) % 1400) }, (_, at) => (n + at * 7) & 0xff);
  data.set([2, 0, 0, 0, 1, 0, 2, 0, 0, 0, n >> 8, n & 0xff, 0x08, 0x00]);
  data.set([0x45, 0, 0, 46, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, n >> 8, n & 0xff, 10, 9, 0, 100], 14);
  data.set([n >> 8, n & 0xff, 0, 80, 0, 0, 0, n & 0xff], 34);
  const base = { type: 'packet_in', bufferId: NO_BUFFER, totalLen: data.length, reason: 1, tableId: 5 } as const;
  return { ...base, cookie, match: match({ in_port: 1 + (n % 4) }), data };
}

/** Sends messages as a stream cut where it happens to be. */
function inPieces(fake: FakeSwitch, packets: readonly PacketIn[]): void {
  const stream = Buffer.concat(packets.map((packet) => fake.bytes(packet)));
  for (let at = 0, size = 1; at < stream.length; at += size, size = 1 + ((size * 31) % 6_007)) {
    fake.socket.write(stream.subarray(at, at + size));
  }
}

/** The packet-outs that carry IPv4: the balancer also sends ARP, to learn where members are. */
async function answersOf(fake: FakeSwitch, count: number): Promise<readonly PacketOut[]> {
  const isIpv4 = ({ data }: PacketOut): boolean => data[12] === 0x08 && data[13] === 0x00;
  const outs = (): readonly PacketOut[] => fake.received.filter((one) => one.type === 'packet_out').filter(isIpv4);
  await until(() => fake.received.length >= count && outs().length >= count, `${count} packet-outs`);
  return outs();
}

const hex = (id: bigint): string => id.toString(16).padStart(16, '0');

/** Of each member, in the order of the service. */
function openConnections(): readonly number[] {
  return balancer.connections().flatMap((service) => service.members.map(({ open }) => open));
}
