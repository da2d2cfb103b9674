import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fabric, type Host, LINK_PORT, PROGRAMS, type Program, UPLINK_PORT, until } from '../src/index.ts';

describe.each([
  { name: 'in one switch', apart: false },
  { name: 'in switches of their own', apart: true },
])('three bridges $name', ({ apart }) => {
  const fabric = new Fabric({ bridges: ['br0', 'br1', 'br2'], apart, joined: true });
  let hosts: readonly Host[] = [];
  let members: readonly Program[] = [];

  beforeAll(async () => {
    await fabric.start();
    hosts = [
      await fabric.host('a', 11),
      await fabric.host('b', 12, { bridge: 'br1' }),
      await fabric.host('c', 13, { bridge: 'br2', port: 7 }),
    ];
    members = hosts.map((host) => fabric.program(host, PROGRAMS.member, host.name, '8080'));
    await Promise.all(members.map((member) => member.line()));
    for (const bridge of fabric.bridges) await fabric.ofctl(bridge, 'add-flow', 'actions=NORMAL');
  });
  afterAll(() => fabric.stop());

  it('pass between all hosts, and this machine', async () => {
    const [a, b, c] = hosts as [Host, Host, Host];
    for (const [from, to] of [
      [a, b.address],
      [b, c.address],
      [c, a.address6],
      [c, fabric.ownAddress],
    ] as const) {
      expect(await fabric.on(from, 'ping', '-c', '1', '-W', '2', to)).toContain('1 received');
    }
    expect(await Promise.all(hosts.map(({ address }) => greeting(address)))).toEqual(['a', 'b', 'c']);
  });

  it('number their ports as they were asked to', async () => {
    const [, b, c] = hosts as [Host, Host, Host];
    expect(await portsOf(fabric, 'br0')).toEqual({
      'v-a': 11,
      'v-uplink': UPLINK_PORT,
      'd-br1': LINK_PORT,
      'd-br2': LINK_PORT + 1,
    });
    expect(await portsOf(fabric, 'br2')).toEqual({ 'v-c': 7, 'u-br2': LINK_PORT });
    expect(fabric.at(b)).toEqual({ bridge: 'br1', dpid: 2n, port: 12 });
    expect(fabric.at(c)).toEqual({ bridge: 'br2', dpid: 3n, port: 7 });
    expect(fabric.links).toEqual([
      { dpid: 1n, to: 2n, port: 90 },
      { dpid: 1n, to: 3n, port: 91 },
      { dpid: 2n, to: 1n, port: 90 },
      { dpid: 2n, to: 3n, port: 90 },
      { dpid: 3n, to: 1n, port: 90 },
      { dpid: 3n, to: 2n, port: 90 },
    ]);
  });

  it('keep the connections of a host that moves from one to another', async () => {
    const [a, b] = hosts as [Host, Host];
    const held = fabric.program(a, PROGRAMS.hold, b.address, '8080', '5');
    expect(await held.line()).toBe('open');
    await fabric.move(b, 'br0', 20);
    await fabric.announce(b);
    expect(fabric.at(b)).toEqual({ bridge: 'br0', dpid: 1n, port: 20 });
    expect(await portsOf(fabric, 'br0')).toMatchObject({ 'v-b': 20 });
    expect(await portsOf(fabric, 'br1')).toEqual({ 'u-br1': LINK_PORT });
    const goal = JSON.parse(await held.ask('how')).replies + 50;
    await until(async () => JSON.parse(await held.ask('how')).replies >= goal, 'replies after the move');
    expect(JSON.parse(await held.end())).toMatchObject({ connections: 5, broken: [], hung: 0 });
  });

  it('are cut off from a host whose cable is cut, and find it again', async () => {
    const [, , c] = hosts as [Host, Host, Host];
    await fabric.cut(c);
    await expect(greeting(c.address, 300)).rejects.toThrow('no greeting');
    await fabric.cut(c, 'mended');
    await until(() => greeting(c.address).then(...settled), 'an answer of the host');
  });

  it('connect to a controller on this machine, and again when the switch has restarted', async () => {
    const hellos: Socket[] = [];
    const server = await listening(fabric.controlAddress, (socket) => {
      socket.once('data', (data) => {
        // Version 1.5 and message type hello.
        expect([...data.subarray(0, 2)]).toEqual([6, 0]);
        hellos.push(socket);
      });
    });
    const { port } = server.address() as { port: number };
    await fabric.connect([`tcp:${fabric.controlAddress}:${port}`]);
    await until(() => hellos.length >= 3, 'a hello from each bridge');
    const before = hellos.length;
    await fabric.restart('br1');
    expect(await fabric.ofctl('br1', 'dump-flows')).not.toContain('NORMAL');
    await until(() => hellos.length > before, 'another hello');
    await fabric.connect([]);
    for (const socket of hellos) socket.destroy();
    server.close();
    await once(server, 'close');
  });
});

it('two fabrics that are joined have networks of their own', async () => {
  const fabrics = [new Fabric({ joined: true }), new Fabric({ joined: true })];
  try {
    for (const fabric of fabrics) {
      await fabric.start();
      await fabric.ofctl('br0', 'add-flow', 'actions=NORMAL');
      const host = await fabric.host('a', 11);
      await fabric.program(host, PROGRAMS.member, fabric.network.cidr, '8080').line();
    }
    const addresses = fabrics.map(({ network }) => network.address(11));
    expect(new Set(addresses).size).toBe(2);
    expect(await Promise.all(addresses.map((address) => greeting(address)))).toEqual(
      fabrics.map(({ network }) => network.cidr),
    );
  } finally {
    for (const fabric of fabrics) await fabric.stop();
  }
});

it('refuses names that no interface can have, and what is not there', async () => {
  expect(() => new Fabric({ bridges: ['a-bridge-of-many-letters'] })).toThrow(
    'Expected a name of 1 to 12 characters a-z, 0-9 and -, got "a-bridge-of-many-letters".',
  );
  const fabric = new Fabric();
  await expect(fabric.host('Web', 1)).rejects.toThrow('got "Web"');
  await expect(fabric.host('web', 1, { bridge: 'br7' })).rejects.toThrow('Expected br7 to be a bridge');
  expect(() => fabric.ownAddress).toThrow('Expected a running fabric with the option `joined`.');
});

/** Interfaces of a bridge with their port numbers, by its own word. */
async function portsOf(fabric: Fabric, bridge: string): Promise<Readonly<Record<string, number>>> {
  const text = await fabric.ofctl(bridge, 'show');
  const found = [...text.matchAll(/^ (\d+)\(([^)]+)\): addr/gm)];
  return Object.fromEntries(found.map(([, port, name]) => [name, Number(port)]));
}

/** What a member says first. */
function greeting(address: string, patience = 5000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: 8080 });
    const timer = setTimeout(() => socket.destroy(new Error('no greeting')), patience);
    socket.on('error', reject).on('close', () => clearTimeout(timer));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(String(data).trim());
    });
  });
}

const settled = [() => true, () => false] as const;

async function listening(host: string, take: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    take(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return server;
}
