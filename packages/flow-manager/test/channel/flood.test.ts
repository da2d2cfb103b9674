import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { flowMod, type PacketIn } from '@ballast/openflow';
import { expect, test } from 'vitest';
import type { Datapath } from '../../src/index.ts';
import { onlySwitch, withController } from '../support/controllers.ts';
import { FakeSwitch } from '../support/fake-switch.ts';
import { until } from '../support/ovs.ts';

const frame = (data: number): PacketIn => {
  const base = { type: 'packet_in', bufferId: 0xffffffff, totalLen: 60, reason: 0, tableId: 0, cookie: 0n } as const;
  return { ...base, match: [{ field: 'in_port', value: 1 }], data: Uint8Array.of(data >> 16, data >> 8, data) };
};
const numberOf = ({ data }: PacketIn): number => ((data[0] ?? 0) << 16) | ((data[1] ?? 0) << 8) | (data[2] ?? 0);

/** What the controller hands out of one switch in one turn of the event loop, at most. */
const TURN_SHARE = 128;
/** A request and its answer pass the sockets of one event loop here: a turn for each way in, and one for chance. */
const TURNS = 3;

test('a switch that floods packet-ins leaves others their echo, their turn and their flow-mods', async () => {
  const handled = new Map<bigint, number>();
  const packetIn = ({ id }: Datapath): void => {
    handled.set(id, (handled.get(id) ?? 0) + 1);
    busyFor(0.02);
  };
  /** Packet-ins of the flooder that were handled before something else was done, whatever the machine did meanwhile. */
  const floodedDuring = async (work: () => Promise<unknown>): Promise<number> => {
    const before = handled.get(1n) ?? 0;
    await work();
    return (handled.get(1n) ?? 0) - before;
  };
  await withController({ hooks: { packetIn } }, async ({ controller }) => {
    const { port } = controller.address;
    const flooder = await FakeSwitch.connect(port, { id: 1n });
    const calm = await FakeSwitch.connect(port, { id: 2n });
    await FakeSwitch.connect(port, { id: 3n });
    await until(() => controller.datapaths.size === 3, 'the switches');
    const stop = flood(flooder);
    await until(() => (handled.get(1n) ?? 0) > 2000, 'the flood to be under way');
    const echoes: number[] = [];
    for (let i = 0; i < 40; i += 1) echoes.push(await floodedDuring(() => echo(calm, i)));
    // Taken in one go, a socket's buffer would bring thousands of them.
    expect(median(echoes)).toBeLessThanOrEqual(TURNS * TURN_SHARE);
    const writes: number[] = [];
    const flowMods = Array.from({ length: 100 }, (_, priority) => flowMod({ priority }));
    for (let i = 0; i < 10; i += 1) {
      writes.push(await floodedDuring(async () => controller.datapaths.get(3n)?.write(flowMods)));
    }
    expect(median(writes)).toBeLessThanOrEqual(TURNS * TURN_SHARE);
    const before = handled.get(2n) ?? 0;
    for (let i = 0; i < 20; i += 1) calm.send(frame(i));
    await until(() => (handled.get(2n) ?? 0) === before + 20, 'packet-ins of the calm switch');
    stop();
    expect(handled.get(1n)).toBeGreaterThan(2000 + 40 * TURN_SHARE);
  });
});

test('while nothing can be written, the oldest packet-ins give way, and no flow-mod does', async () => {
  const seen: number[] = [];
  const hooks = {
    packetIn: (datapath: Datapath, packet: PacketIn): void => {
      seen.push(numberOf(packet));
      datapath.packetOut({ data: new Uint8Array(60_000) });
    },
  };
  const limits = { backlog: 100, blockAt: 65_536 };
  await withController({ hooks, limits }, async ({ controller }) => {
    const fake = await FakeSwitch.connect(controller.address.port);
    const datapath = await onlySwitch(controller);
    fake.socket.pause();
    let sent = 0;
    await until(() => {
      for (let i = 0; i < 50; i += 1) fake.send(frame(sent++));
      return datapath.stats.droppedPacketIns > 500;
    }, 'the backlog to overflow');
    const handed = seen.length;
    const mods = Array.from({ length: 300 }, (_, i) => flowMod({ priority: i }));
    const written = datapath.write(mods);
    await until(() => datapath.stats.received >= sent, 'all to be read');
    expect(seen.length).toBe(handed);
    // Echo requests are read and answered all the same; the answer waits with the rest.
    fake.send({ type: 'echo_request', data: new Uint8Array(0) });
    await until(() => datapath.stats.echoes === 1, 'the echo to be answered');
    fake.socket.resume();
    await written;
    await until(() => seen.length === handed + 100, 'what waited to be handed out');
    expect(fake.received.filter(({ type }) => type === 'flow_mod')).toHaveLength(300);
    expect(seen.slice(-100)).toEqual(Array.from({ length: 100 }, (_, i) => sent - 100 + i));
    expect(datapath.stats.droppedPacketIns).toBe(sent - handed - 100);
  });
});

test('a switch that never reads is let go before memory fills', async () => {
  const reasons: string[] = [];
  const disconnected = (_: Datapath, reason: { readonly code: string }): void => void reasons.push(reason.code);
  const limits = { maxUnwritten: 8 * 1024 * 1024 };
  await withController({ hooks: { disconnected }, limits }, async ({ controller }) => {
    const fake = await FakeSwitch.connect(controller.address.port);
    const datapath = await onlySwitch(controller);
    fake.socket.pause();
    await until(() => {
      for (let i = 0; i < 100; i += 1) datapath.packetOut({ data: new Uint8Array(50_000) });
      return !datapath.connected;
    }, 'the connection to end');
    expect(reasons).toEqual(['channel-slow-reader']);
    // Nothing is gathered for who is gone.
    datapath.packetOut({ data: new Uint8Array(50_000) });
    expect(controller.datapaths.size).toBe(0);
  });
});

test('what a handler throws is told, and the next packet-in is handled', async () => {
  let count = 0;
  const packetIn = (): void => {
    count += 1;
    if (count === 1) throw new Error('broken handler');
  };
  await withController({ hooks: { packetIn } }, async ({ controller, told }) => {
    const fake = await FakeSwitch.connect(controller.address.port);
    await onlySwitch(controller);
    fake.send(frame(1));
    fake.send(frame(2));
    await until(() => count === 2, 'both packet-ins');
    expect(told.failures.map(({ error }) => error.message)).toEqual(['broken handler']);
  });
});

/** Has another process write packet-ins as fast as they are taken. Returns what ends it. */
function flood(fake: FakeSwitch): () => void {
  const chunk = Buffer.concat(Array.from({ length: 1000 }, (_, i) => fake.bytes(frame(i))));
  const child = fork(fileURLToPath(new URL('../support/flooder.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  child.send(chunk.toString('hex'), fake.socket);
  return () => child.kill();
}

async function echo(fake: FakeSwitch, xid: number): Promise<void> {
  fake.send({ type: 'echo_request', data: new Uint8Array(8) }, 1000 + xid);
  const answered = (): boolean => fake.received.at(-1)?.xid === 1000 + xid;
  while (!answered()) await new Promise((resolve) => setImmediate(resolve));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function busyFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
