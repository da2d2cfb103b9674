import { existsSync } from 'node:fs';
import { type Config, loadConfig, warningsOf } from '@ballast/config';
import { BallastError, type Clock, describeError, NO_ORDERS, type Orders } from '@ballast/core';
import { type Look, lookOnce, Memory, systemClock } from '@ballast/operator';
import { type Wired, wire } from '@ballast/operator-app';
import { createLogger, type Logger } from '@ballast/telemetry';
import type { Io } from './io.ts';
import { type Place, takePlace } from './place.ts';

/** Where a configuration is looked for when none is named. */
const PLACES = ['ballast.yaml', '/etc/ballast/ballast.yaml'];

export interface Session {
  readonly config: Config;
  readonly wired: Wired;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly log: Logger;
  /** Why the history could not be read; undefined when it was. */
  readonly historyFault: string | undefined;
  /** What a person has ordered; nothing where it could not be read. */
  readonly orders: Orders;
  /** Whether this command may act; only where it asked to. */
  readonly place?: Place;
  /** One look at the cluster: it changes nothing. */
  readonly look: () => Promise<Look>;
}

export function configFile(named: string | undefined, env: Io['env']): string {
  const file = named ?? env['BALLAST_CONFIG'] ?? PLACES.find((place) => existsSync(place));
  if (file !== undefined) return file;
  throw new BallastError('config-not-found', `Expected a configuration file at ${PLACES.join(' or ')}, found none.`, {
    hint: 'Name one with --config FILE or in BALLAST_CONFIG.',
  });
}

/**
 * Loads the configuration, wires the drivers, runs `work` and closes everything again.
 * @param acts whether `work` migrates guests: then nobody else may write the history meanwhile
 */
export async function withSession<T>(
  file: string | undefined,
  io: Io,
  work: (session: Session) => Promise<T>,
  { acts = false }: { readonly acts?: boolean } = {},
): Promise<T> {
  const config = await loadConfig(configFile(file, io.env), io.env);
  const warn = (message: string): void => io.stderr.write(`Warning: ${message}\n`);
  for (const warning of warningsOf(config)) warn(warning);
  // A person reads the command's own output; the log is for those who ask for it.
  const log = createLogger({
    level: io.env['BALLAST_LOG'] === undefined ? 'error' : config.log.level,
    format: 'auto',
    destination: process.stderr,
  });
  const clock = systemClock;
  // Warnings of the wiring repeat those of the configuration.
  const wired = wire(withoutRounds(config), { clock, warn: (message) => log.warn(message) });
  let place: Place | undefined;
  try {
    place = acts ? await takePlace(config, wired, clock, log) : undefined;
    const memory = new Memory(place?.taken === true ? place.store : wired.store, log);
    const historyFault = await loadHistory(memory);
    if (historyFault !== undefined) warn(`Cool-downs are not known here: ${historyFault}`);
    const orders = await wired.orders.load().catch((error: unknown) => {
      if (historyFault === undefined) warn(`Orders are not known here: ${describeError(error)}`);
      return NO_ORDERS;
    });
    const look = (): Promise<Look> =>
      lookOnce({
        source: wired.cluster.source,
        settings: config,
        history: memory.history,
        orders,
        now: () => clock.now(),
      });
    return await work({
      config,
      wired,
      memory,
      clock,
      log,
      historyFault,
      orders,
      look,
      ...(place === undefined ? {} : { place }),
    });
  } finally {
    if (place?.taken === true) await place.leave();
    await wired.close();
  }
}

/** One look has no next round that anything could be put off to. */
function withoutRounds(config: Config): Config {
  return { ...config, cluster: { ...config.cluster, requestsPerRound: Number.POSITIVE_INFINITY } };
}

/** Cool-downs are in the operator's state; where it cannot be read, as from another machine, a dry run goes on without. */
async function loadHistory(memory: Memory): Promise<string | undefined> {
  try {
    await memory.load();
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}
