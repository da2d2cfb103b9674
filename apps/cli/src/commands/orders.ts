import {
  BallastError,
  describeError,
  logOrder,
  type MigrationTask,
  type Milliseconds,
  type NodeDrain,
  nearestNames,
  type Order,
  type OrderRecord,
  type Orders,
  type Pause,
} from '@ballast/core';
import { orderNotes } from '@ballast/report';
import type { Io } from '../io.ts';
import type { Session } from '../session.ts';
import { typist } from '../typist.ts';

export interface PauseOptions {
  readonly reason?: string;
  readonly for?: Milliseconds;
  readonly weights?: true;
  readonly abort?: true;
}

/** Nothing is migrated from here on; with `abort`, what runs is stopped as well. */
export async function pause(session: Session, io: Io, options: PauseOptions): Promise<number> {
  const { clock, wired } = session;
  const orders = await wired.orders.load();
  const made: Pause = {
    ...anOrder(clock.now(), options.reason),
    weights: options.weights === true,
    ...(options.abort === true ? { abort: true } : {}),
    ...(options.for === undefined ? {} : { until: clock.now() + options.for }),
  };
  const { since: at, weights: _, abort: __, ...rest } = made;
  await keep(session, io, { ...orders, pause: made }, { at, kind: 'pause', ...rest });
  if (options.abort) return abortAll(session, io);
  const running = await ownTasks(session);
  if (running.length > 0) {
    io.stdout.write(`${running.length} of Ballast's migrations still run; \`ballast pause --abort\` stops them.\n`);
  }
  return 0;
}

export async function resume(session: Session, io: Io): Promise<number> {
  const { pause: before, ...rest } = await session.wired.orders.load();
  if (before === undefined) {
    io.stdout.write('There was no pause to end.\n');
    return 0;
  }
  await keep(session, io, rest, { at: session.clock.now(), by: typist(), kind: 'resume' });
  io.stdout.write('The pause has ended: the operator acts again from its next round on.\n');
  return 0;
}

/** The nodes are emptied, and take no guests until {@link undrain}. */
export async function drain(
  session: Session,
  io: Io,
  nodes: readonly string[],
  { reason }: { readonly reason?: string },
): Promise<number> {
  const { clock, config, wired } = session;
  const known = (await wired.cluster.source.observe()).nodes.map(({ name }) => name);
  for (const name of nodes) if (!known.includes(name)) throw unknown(name, known, 'a node of the cluster');
  const orders = await wired.orders.load();
  const others = orders.drains.filter(({ node }) => !nodes.includes(node));
  const made = nodes.map((node): NodeDrain => ({ node, ...anOrder(clock.now(), reason) }));
  if (others.length + made.length === known.length) {
    throw new BallastError(
      'drain-all',
      `Expected a node to be left that takes guests, got a drain of all ${known.length}.`,
      {
        hint: '`ballast undrain NODE` gives one back first.',
      },
    );
  }
  const { since: at, ...order } = anOrder(clock.now(), reason);
  await keep(session, io, { ...orders, drains: [...others, ...made] }, { at, kind: 'drain', nodes, ...order });
  const next =
    config.mode === 'auto'
      ? 'The operator moves its guests from its next round on; `ballast plan` shows where to.'
      : `The mode is ${config.mode}: \`ballast rebalance\` moves the guests.`;
  io.stdout.write(`${next}\n`);
  return 0;
}

/** The nodes take guests again. */
export async function undrain(session: Session, io: Io, nodes: readonly string[]): Promise<number> {
  const orders = await session.wired.orders.load();
  const drained = orders.drains.map(({ node }) => node);
  for (const name of nodes)
    if (!drained.includes(name)) throw unknown(name, drained, 'a node that is drained by order');
  const drains = orders.drains.filter(({ node }) => !nodes.includes(node));
  const record = { at: session.clock.now(), by: typist(), kind: 'undrain', nodes } as const;
  await keep(session, io, { ...orders, drains }, record);
  io.stdout.write(`${nodes.join(', ')} ${nodes.length === 1 ? 'takes' : 'take'} guests again.\n`);
  return 0;
}

/** Saves orders, with the one that was just given in their log. */
async function keep({ wired, clock }: Session, io: Io, orders: Orders, record: OrderRecord): Promise<void> {
  await wired.orders.save(logOrder(orders, record));
  for (const note of orderNotes(orders, clock.now())) io.stdout.write(`${note}\n`);
}

async function abortAll(session: Session, io: Io): Promise<number> {
  const running = await ownTasks(session);
  const { wired, clock } = session;
  if (running.length > 0) {
    const guests = running.map(({ guest }) => guest);
    const record = { at: clock.now(), by: typist(), kind: 'abort', guests } as const;
    await wired.orders.save(logOrder(await wired.orders.load(), record));
  }
  // One that cannot be stopped does not keep the others from it.
  const asked = await Promise.allSettled(running.map((task) => wired.cluster.migrator.abort(task)));
  for (const [index, { guest, node }] of running.entries()) {
    const { status, ...rest } = asked[index] ?? { status: 'fulfilled' };
    if (status === 'fulfilled') {
      io.stdout.write(`Asked Proxmox VE to stop the migration of guest ${guest} from ${node}.\n`);
    } else {
      const why = describeError('reason' in rest ? rest.reason : undefined);
      io.stderr.write(`The migration of guest ${guest} from ${node} was not stopped: ${why}\n`);
    }
  }
  if (asked.some(({ status }) => status === 'rejected')) return 1;
  if (running.length === 0) io.stdout.write("None of Ballast's migrations runs.\n");
  return 0;
}

/** Migrations that run under the token or user of the configuration. */
async function ownTasks({ wired }: Session): Promise<readonly MigrationTask[]> {
  const { source, migrator } = wired.cluster;
  const { tasks } = await source.observe();
  return (await migrator.find(tasks)).map(({ task }) => task);
}

function anOrder(since: number, reason: string | undefined): Order {
  return { since, by: typist(), ...(reason === undefined ? {} : { reason }) };
}

function unknown(name: string, known: readonly string[], expected: string): BallastError {
  const near = nearestNames(name, known);
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : `There ${known.length === 1 ? 'is one' : `are ${known.length}`}.`;
  return new BallastError('node-unknown', `Expected ${expected}, got ${name}.`, { hint });
}
