import { once } from 'node:events';
import net from 'node:net';
import { encode, type Message, packetOut } from '@ballast/openflow';
import { VirtualClock } from '@ballast/testkit';
import { describe, expect, test } from 'vitest';
import type { Datapath } from '../../src/index.ts';
import { onlySwitch, withController } from '../support/controllers.ts';
import { FakeSwitch } from '../support/fake-switch.ts';
import { until } from '../support/ovs.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('a peer that is no switch', () => {
  test.each([
    ['HTTP', text('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'channel-not-openflow'],
    ['TLS at a port without it', Uint8Array.of(0x16, 3, 1, 0, 200, 1, 0, 0), 'channel-not-openflow'],
    ['a first message that is no hello', Uint8Array.of(6, 5, 0, 8, 0, 0, 0, 1), 'channel-not-openflow'],
    ['a hello of 60 kB', Uint8Array.of(6, 0, 0xea, 0x60, 0, 0, 0, 1), 'channel-not-openflow'],
    ['a hello shorter than its header', Uint8Array.of(6, 0, 0, 4, 0, 0, 0, 1), 'channel-garbage'],
    ['a hello whose inside is broken', Uint8Array.of(6, 0, 0, 12, 0, 0, 0, 1, 0, 1, 0, 99), 'channel-garbage'],
    ['a switch of OpenFlow 1.0 alone', Uint8Array.of(1, 0, 0, 8, 0, 0, 0, 1), 'channel-version'],
  ])('%s is refused', async (_, bytes, code) => {
    await withController({}, async ({ controller, told }) => {
      const fake = await FakeSwitch.connect(controller.address.port, { mute: true });
      fake.socket.write(bytes);
      await fake.untilClosed();
      expect(told.codes).toEqual([code]);
      expect(controller.datapaths.size).toBe(0);
    });
  });

  test('who speaks another version is told so before the connection ends', async () => {
    await withController({}, async ({ controller, told }) => {
      const fake = await FakeSwitch.connect(controller.address.port, { mute: true });
      fake.socket.write(encode({ type: 'hello', versions: [1, 2], elements: [] }, 2, 9));
      const error = await fake.got('error');
      expect([error.errorType, error.code]).toEqual([0, 0]);
      await fake.untilClosed();
      expect(told.failures[0]?.error.message).toContain('Expected OpenFlow 1.3, 1.4 or 1.5');
      expect(told.failures[0]?.error.message).toContain('got 1.0, 1.1');
    });
  });
});

describe('time-outs, in virtual time', () => {
  test('a peer without a hello is let go after the handshake time-out', async () => {
    const clock = new VirtualClock();
    await withController({ clock, limits: { handshakeTimeout: 3000 } }, async ({ controller, told }) => {
      const fake = await FakeSwitch.connect(controller.address.port, { mute: true });
      await until(() => clock.sleepers > 0, 'the controller to wait');
      await clock.advance(2999);
      expect(fake.closed).toBe(false);
      await clock.advance(1);
      await fake.untilClosed();
      expect(told.codes).toEqual(['channel-no-hello']);
    });
  });

  test('a switch that says hello and no more is let go after the request time-out', async () => {
    const clock = new VirtualClock();
    await withController({ clock, limits: { requestTimeout: 700 } }, async ({ controller, told }) => {
      const fake = await FakeSwitch.connect(controller.address.port, { script: () => [] });
      await fake.got('features_request');
      await clock.advance(700);
      await fake.untilClosed();
      expect(told.codes).toEqual(['channel-timeout']);
      expect(told.failures[0]?.error.message).toMatch(/Expected an answer to its features from .* within 700 ms/);
    });
  });

  test('a silent switch is probed, and let go when it does not answer', async () => {
    const clock = new VirtualClock();
    let deaf = false;
    const limits = { probeInterval: 1000, probeTimeout: 500 };
    await withController({ clock, limits }, async ({ controller }) => {
      const script = (message: Message): [] | undefined => (deaf && message.type === 'echo_request' ? [] : undefined);
      const fake = await FakeSwitch.connect(controller.address.port, { script });
      const datapath = await onlySwitch(controller);
      // In the first interval it introduced itself: that was a sign of life.
      await clock.advance(1000);
      expect(fake.received.some(isEcho)).toBe(false);
      const { received } = datapath.stats;
      await clock.advance(1000);
      await until(() => datapath.stats.received > received, 'the answer to a probe');
      expect(fake.received.filter(isEcho)).toHaveLength(1);
      await clock.advance(500);
      expect(fake.closed).toBe(false);
      deaf = true;
      await clock.advance(2000);
      await fake.untilClosed();
      expect(controller.datapaths.size).toBe(0);
    });
  });

  const isEcho = (message: Message): boolean => message.type === 'echo_request';
});

describe('bytes of a switch that go wrong later', () => {
  test('half frames, one byte at a time, are whole messages in the end', async () => {
    await withController({}, async ({ controller }) => {
      const fake = await FakeSwitch.connect(controller.address.port, { mute: true });
      const hello = fake.bytes({ type: 'hello', versions: [6], elements: [] });
      for (const byte of hello) {
        fake.socket.write(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      const datapath = await onlySwitch(controller);
      expect(datapath.version).toBe(6);
      for (const byte of fake.bytes({ type: 'echo_request', data: text('halves') }, 77)) {
        fake.socket.write(Uint8Array.of(byte));
      }
      const reply = await fake.got('echo_reply');
      expect([reply.xid, Buffer.from(reply.data).toString()]).toEqual([77, 'halves']);
    });
  });

  test('a length below a header ends the connection', async () => {
    const reasons: string[] = [];
    const disconnected = (_: Datapath, reason: { code: string }): void => void reasons.push(reason.code);
    await withController({ hooks: { disconnected } }, async ({ controller }) => {
      const fake = await FakeSwitch.connect(controller.address.port);
      await onlySwitch(controller);
      fake.socket.write(Uint8Array.of(6, 10, 0, 7, 0, 0, 0, 1));
      await fake.untilClosed();
      expect(reasons).toEqual(['channel-garbage']);
    });
  });

  test('a message whose inside is broken is counted and left out; the connection lives', async () => {
    await withController({}, async ({ controller }) => {
      const fake = await FakeSwitch.connect(controller.address.port);
      const datapath = await onlySwitch(controller);
      // A packet-in that ends inside its match, a type that nobody knows, and random bytes in a frame.
      fake.socket.write(Uint8Array.of(6, 10, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
      fake.socket.write(Uint8Array.of(6, 250, 0, 12, 0, 0, 0, 0, 1, 2, 3, 4));
      fake.socket.write(Uint8Array.of(9, 19, 0, 16, 0, 0, 0, 3, 255, 255, 255, 1, 2, 3, 4, 5));
      fake.send({ type: 'echo_request', data: text('alive') });
      await fake.got('echo_reply');
      expect(datapath.stats.malformed).toBe(2);
      expect(datapath.connected).toBe(true);
    });
  });

  test('an answer without end is cut off at its bound', async () => {
    const limits = { maxParts: 10 };
    await withController({ limits }, async ({ controller }) => {
      const part = { type: 'multipart_reply', flags: 1, answer: { kind: 'flow', entries: [] } } as const;
      const endless = (message: Message): (typeof part)[] | undefined =>
        message.type === 'multipart_request' && message.query.kind === 'flow' ? Array(11).fill(part) : undefined;
      await FakeSwitch.connect(controller.address.port, { script: endless });
      const datapath = await onlySwitch(controller);
      await expect(datapath.read()).rejects.toMatchObject({ code: 'channel-too-large' });
      expect(datapath.connected).toBe(true);
    });
  });

  test('an answer to nothing, and an error to nothing, do no harm', async () => {
    await withController({}, async ({ controller, told }) => {
      const fake = await FakeSwitch.connect(controller.address.port);
      const datapath = await onlySwitch(controller);
      fake.send({ type: 'barrier_reply' }, 0xdead);
      fake.send({ type: 'error', errorType: 5, code: 1, data: new Uint8Array(0) }, 0xbeef);
      await until(() => told.failures.length === 1, 'the error to be told');
      expect(told.failures[0]?.error.message).toBe('The switch refused a message: FLOW_MOD_FAILED, TABLE_FULL.');
      expect(datapath.stats.strayErrors).toBe(1);
      expect(datapath.connected).toBe(true);
    });
  });

  test('requests under way are rejected when the switch goes', async () => {
    await withController({}, async ({ controller }) => {
      const silent = (message: Message): [] | undefined => (message.type === 'barrier_request' ? [] : undefined);
      const fake = await FakeSwitch.connect(controller.address.port, { script: silent });
      const datapath = await onlySwitch(controller);
      const waiting = datapath.write([packetOut({})]);
      await fake.got('barrier_request');
      fake.end();
      await expect(waiting).rejects.toMatchObject({ code: 'channel-lost' });
      await expect(datapath.write([])).rejects.toMatchObject({ code: 'channel-lost' });
    });
  });
});

test('a port that is taken is a typed error', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  await expect(withController({ listen: { host: '127.0.0.1', port } }, async () => undefined)).rejects.toMatchObject({
    code: 'channel-listen',
    message: `Switches cannot be awaited at 127.0.0.1:${port}: another program listens there.`,
  });
  server.close();
});
