// Ballast's controller with one service of least connections, in a process of its own, so that a benchmark measures it
// alone.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Balancer, putPlace, putService, Registry, startBalancer } from '@ballast/flow-manager';

/** Where the load sends its packets to. */
export const VIP = { address: '10.9.0.100', port: 80 };
const WEIGHTS = [0.1, 0.2, 0.3, 0.4];

/** What the process says of itself when asked. */
export interface Sample {
  readonly rss: number;
  readonly heapUsed: number;
  /** Packet-ins that gave way to newer ones. */
  readonly dropped: number;
  readonly answered: number;
}

export interface BalancerProcess {
  readonly port: number;
  readonly pid: number;
  /** `collected`: garbage is collected first. */
  sample(collected?: boolean): Promise<Sample>;
  stop(): Promise<void>;
}

export async function startBalancerProcess(): Promise<BalancerProcess> {
  const child = fork(fileURLToPath(import.meta.url), ['--child'], { execArgv: process.execArgv });
  const ended = once(child, 'exit');
  const port = await answerOf<number>(child, ended);
  return {
    port,
    pid: child.pid ?? 0,
    sample: (collected = false) => {
      child.send({ collected });
      return answerOf<Sample>(child, ended);
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}

async function answerOf<T>(child: ChildProcess, ended: Promise<unknown[]>): Promise<T> {
  const message = once(child, 'message');
  const [answer] = await Promise.race([message, ended.then(([code]) => Promise.reject(endedWith(code)))]);
  return answer as T;
}

function endedWith(code: unknown): Error {
  return new Error(`The controller ended with ${String(code)}.`);
}

/** One service at the VIP; its members are behind the first switch. */
async function serve(): Promise<Balancer> {
  const registry = new Registry();
  const members = WEIGHTS.map((weight, n) => ({ guest: 101 + n, address: `10.9.0.${11 + n}`, port: 8080, weight }));
  registry.change((state) =>
    putService(state, { name: 'bench', vip: VIP, protocol: 'tcp', algorithm: 'least-connections', members }),
  );
  for (const [n, { address }] of members.entries()) {
    const at = { dpid: 1n, port: n + 1 };
    registry.change((state) => putPlace(state, { type: 'told', address, mac: `02:00:00:00:00:0${n + 1}`, at }));
  }
  return startBalancer({
    listen: { host: '127.0.0.1', port: 0 },
    registry,
    clock: {
      now: () => Date.now(),
      sleep: (duration, signal) => pause(duration, undefined, signal === undefined ? {} : { signal }),
    },
  });
}

if (process.argv[2] === '--child') {
  const balancer = await serve();
  process.on('message', ({ collected }: { readonly collected: boolean }) => {
    if (collected) globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    const channels = balancer.switches().map(({ channel }) => channel);
    const dropped = channels.reduce((sum, { droppedPacketIns }) => sum + droppedPacketIns, 0);
    const answered = channels.reduce((sum, { packetIns }) => sum + packetIns, 0);
    process.send?.({ rss, heapUsed, dropped, answered } satisfies Sample);
  });
  process.once('disconnect', () => process.exit());
  process.send?.(balancer.address.port);
}
