import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { encode, FrameReader, OFP13_VERSION, OFPT_ECHO_REPLY } from '@ballast/openflow';
import type { Load } from './load.ts';

const ECHOES = 500;
/** Packet-ins under way at once from the switch that floods: more than may wait for a turn. */
const FLOOD = 1024;

export interface EchoTimes {
  readonly p50: number;
  readonly p99: number;
}

/** Microseconds of a quiet switch's echo: alone, and while another switch sends packet-ins as fast as they are taken. */
export async function echoUnderFlood(
  load: Load,
  port: number,
): Promise<{ readonly alone: EchoTimes; readonly flooded: EchoTimes }> {
  const alone = await echoTimes(port);
  const flood = load.run({ port, switches: 1, window: FLOOD, seconds: 4 });
  await pause(2_500);
  const flooded = await echoTimes(port);
  await flood;
  return { alone, flooded };
}

async function echoTimes(port: number): Promise<EchoTimes> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  const frames = new FrameReader();
  let answered: () => void = () => undefined;
  socket.on('data', (chunk: Buffer) => {
    for (const frame of frames.push(chunk)) if (frame[1] === OFPT_ECHO_REPLY) answered();
  });
  await once(socket, 'connect');
  socket.write(encode({ type: 'hello', versions: [OFP13_VERSION], elements: [] }, OFP13_VERSION, 1));
  const times: number[] = [];
  const request = encode({ type: 'echo_request', data: new Uint8Array(8) }, OFP13_VERSION, 2);
  for (let sent = 0; sent < ECHOES; sent += 1) {
    await pause(1);
    const start = performance.now();
    const reply = new Promise<void>((resolve) => {
      answered = resolve;
    });
    socket.write(request);
    await reply;
    times.push((performance.now() - start) * 1_000);
  }
  socket.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(times[Math.floor(times.length * share)] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}
