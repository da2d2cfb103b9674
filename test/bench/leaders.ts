// npm run bench:leaders -- --rounds 200: three operators in processes of their own over a real Redis and a simulated
// cluster, while the one that leads is killed or stopped, and Redis is killed or walled off. Takes root.
import { parseArgs } from 'node:util';
import { type Milliseconds, seededRandom } from '@ballast/core';
import { startSimulator } from '@ballast/pve-simulator';
import { Watch } from '../e2e/faults/watch.ts';
import { inRedis, OperatorProcess, writeOperatorsConfig } from '../e2e/operators.ts';
import { calmShop, heat } from './leaders/heated-shop.ts';
import { WalledRedis } from './leaders/walled-redis.ts';

const LEASE: Milliseconds = 3_000;
/** Beside the lease itself. */
const TAKE_OVER: Milliseconds = 2_000;
const HEAT_EVERY: Milliseconds = 8_000;
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const random = seededRandom(Number(values.seed));
const simulator = await startSimulator({ world: calmShop(Date.now()), speed: 1 });
const redis = new WalledRedis();
await redis.start();
const more = 'budgets: { perHour: 1000 }';
const { file, remove } = await writeOperatorsConfig({ simulator, state: () => inRedis(redis.url, LEASE), more });
const watch = new Watch(simulator);
const operators = [1, 2, 3].map(() => new OperatorProcess(file));
const gone: OperatorProcess[] = [];
const problems: string[] = [];
const times = new Map<string, Milliseconds[]>();

const watching = setInterval(() => watch.look(), 50);
const heating = setInterval(() => heat(simulator, random, new Set(watch.asked.map(({ guest }) => guest))), HEAT_EVERY);
try {
  await led('the start', 60_000);
  for (let i = 0; rounds() < Number(values.rounds); i++) {
    await pause(3_000 + 4_000 * random());
    await disturb(i);
    process.stderr.write(`${rounds()} rounds, ${watch.asked.length} migrations asked for\n`);
  }
  await pause(10_000);
} finally {
  clearInterval(watching);
  clearInterval(heating);
  for (const operator of operators) await operator.kill();
}
conclude();
await redis.stop();
await simulator.stop();
await remove();

/** Lets one thing go wrong, each kind in turn, and waits until an operator leads again. */
async function disturb(turn: number): Promise<void> {
  const leader = operators.find(({ leads }) => leads);
  if (leader === undefined) return void problems.push('no operator leads, and nothing had happened');
  if (turn % 4 === 0) {
    await leader.kill();
    gone.push(leader);
    operators.splice(operators.indexOf(leader), 1, new OperatorProcess(file));
    await led('kill -9 of the leader', LEASE + TAKE_OVER);
  } else if (turn % 4 === 1) {
    leader.signal('SIGSTOP');
    await led('SIGSTOP of the leader', LEASE + TAKE_OVER, leader);
    leader.signal('SIGCONT');
  } else if (turn % 4 === 2) {
    await redis.kill();
    await pause(200 + 6_000 * random());
    await redis.begin();
    await led('Redis was killed, from its start on', LEASE + TAKE_OVER);
  } else {
    redis.block();
    await pause(1_000 + 7_000 * random());
    redis.unblock();
    await led('Redis was walled off, from the end on', LEASE + TAKE_OVER);
  }
}

/** Waits until an operator leads, another than `stopped`, and notes how long it took. */
async function led(after: string, bound: Milliseconds, stopped?: OperatorProcess): Promise<void> {
  const began = performance.now();
  const leads = (): boolean => operators.some((operator) => operator !== stopped && operator.leads);
  while (!leads() && performance.now() - began < 60_000) await pause(10);
  const took = performance.now() - began;
  times.set(after, [...(times.get(after) ?? []), took]);
  if (took > bound) problems.push(`nobody led for ${Math.round(took)} ms after ${after}`);
}

/** Rounds of operators that led, to their end. */
function rounds(): number {
  const ended = ({ logged }: OperatorProcess): number =>
    logged.filter(({ round, code }) => typeof round === 'string' && code === undefined).length;
  return [...operators, ...gone].reduce((sum, operator) => sum + ended(operator), 0);
}

function conclude(): void {
  const { history } = JSON.parse(redis.read('ballast:{shop}:history') || '{}') as {
    history?: { moves: { guest: number }[] };
  };
  const recorded = new Map<number, number>();
  for (const { guest } of history?.moves ?? []) recorded.set(guest, (recorded.get(guest) ?? 0) + 1);
  const asked = new Map<number, number>();
  for (const { guest, status } of watch.asked) if (status === 200) asked.set(guest, (asked.get(guest) ?? 0) + 1);
  const unwritten = [...asked].filter(([guest, count]) => count > (recorded.get(guest) ?? 0));
  // One that takes the lead again before its lease has ended goes on under the same token.
  const tokens = [...operators, ...gone].flatMap((operator) => [...new Set(operator.terms)]);
  const shared = tokens.length - new Set(tokens).size;
  const rows: readonly (readonly [string, string | number])[] = [
    ['rounds that led to something written', rounds()],
    ['tokens that operators led under', tokens.length],
    ['tokens that two operators had', shared],
    ['migrations asked for', watch.asked.length],
    ['guests asked for twice', watch.asked.length - new Set(watch.asked.map(({ guest }) => guest)).size],
    ['migrations without an intent in Redis', unwritten.length],
    ...[...times].map(([after, all]) => [`longest without a leader: ${after} (${all.length})`, longest(all)] as const),
  ];
  for (const [what, figure] of rows) process.stdout.write(`${what.padEnd(76)} ${figure}\n`);
  for (const problem of [...watch.broken, ...problems]) process.stdout.write(`BROKEN: ${problem}\n`);
  const twice = watch.asked.length !== new Set(watch.asked.map(({ guest }) => guest)).size;
  process.exitCode = watch.broken.length + problems.length + unwritten.length + shared === 0 && !twice ? 0 : 1;
}

function longest(all: readonly Milliseconds[]): string {
  return `${Math.round(Math.max(...all))} ms`;
}

function pause(duration: Milliseconds): Promise<void> {
  return new Promise((done) => setTimeout(done, duration));
}
