import type { Config } from '@ballast/config';
import { BallastError, type Clock, type Milliseconds, type RoundReport, type StepReport } from '@ballast/core';
import { Operator, type OperatorParts, type SkippedTick, systemClock, Ticker } from '@ballast/operator';
import { createLogger, createMetrics, type Logger, type Metrics } from '@ballast/telemetry';
import { Alone } from './alone.ts';
import { Health } from './health.ts';
import { httpServer } from './http.ts';
import { WorkerPlanner } from './planning/worker-planner.ts';
import type { Shared } from './shared.ts';
import { type Acting, Terms } from './terms.ts';
import { VERSION } from './version.ts';
import { type Wired, wire } from './wire.ts';

export interface ServiceOptions {
  readonly log?: Logger;
  readonly clock?: Clock;
  /** Drivers other than those the configuration names; a simulation brings its own. */
  readonly wired?: (metrics: Metrics) => Wired;
  readonly onReport?: (report: RoundReport) => void;
  readonly onProgress?: (step: StepReport) => void;
}

export interface RunningOperator {
  /** Where /metrics, /healthz and /readyz are served. */
  readonly url: string;
  /** None while another program leads. */
  readonly operator: Operator | undefined;
  /** Finishes or abandons the round, within the configured grace; closes everything. */
  stop(): Promise<void>;
}

/** Starts the long-running service: the schedule of rounds, the lease where there is one, and the listening port. */
export async function startOperator(config: Config, options: ServiceOptions = {}): Promise<RunningOperator> {
  const log = options.log ?? createLogger({ level: config.log.level, format: config.log.format });
  const clock = options.clock ?? systemClock;
  const metrics = createMetrics({ version: VERSION });
  metrics.setMode(config.mode);
  const warn = (message: string): void => log.warn(message);
  const onRequest: Metrics['recordRequest'] = (event) => metrics.recordRequest(event);
  const onPutOff: Metrics['recordPutOff'] = (guests) => metrics.recordPutOff(guests);
  const fence = new Fence();
  const fencing = config.state.redis === undefined ? {} : { fencing: () => fence.token };
  const wired = options.wired?.(metrics) ?? wire(config, { clock, warn, onRequest, onPutOff, ...fencing });
  const planner = new WorkerPlanner({ warn });
  const health = new Health(clock);
  const server = httpServer({
    metrics: () => metrics.render(),
    contentType: metrics.contentType,
    unready: () => health.unready(),
    unhealthy: () => health.unhealthy(),
    ...(config.listen.token === undefined ? {} : { token: config.listen.token }),
  });
  const url = await listen(server, config).catch(async (error: unknown) => {
    await wired.close();
    throw error;
  });
  const parts: OperatorParts = {
    settings: config,
    source: wired.cluster.source,
    migrator: wired.cluster.migrator,
    targets: wired.targets,
    store: wired.store,
    orders: wired.orders,
    planner: planner.plan,
    clock,
    log,
    metrics,
    onReport: (report) => {
      health.record(report);
      options.onReport?.(report);
    },
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  };
  const beginning: Beginning = { parts, fence, health, metrics, acts: () => ticker.tick() };
  const { redis } = config.state;
  const acting: Acting =
    wired.shared === undefined || redis === undefined
      ? await beginAlone(wired, beginning)
      : beginTerms(wired.shared, redis.lease, beginning);
  const ticker: Ticker = new Ticker(
    config.schedule,
    () => acting.round(),
    (why) => {
      metrics.recordSkipped();
      log.warn(`a round is skipped: ${SKIPPED[why]}`);
    },
  );
  log.info({ version: VERSION, mode: config.mode, schedule: config.schedule, url }, 'operator started');
  ticker.start();
  // The first round at once: nobody wants to wait for a schedule to learn that a token is wrong.
  if (acting.operator !== undefined) ticker.tick();
  return {
    url,
    get operator() {
      return acting.operator;
    },
    stop: () => stop({ ticker, acting, server, wired, planner, log, grace: config.grace }),
  };
}

const SKIPPED: Readonly<Record<SkippedTick, string>> = {
  busy: 'the one before it has not ended',
  missed: 'this program was held up when it was due',
};

/** The newest token that this program has led under. */
class Fence {
  token = 0n;
}

interface Beginning {
  readonly parts: OperatorParts;
  readonly fence: Fence;
  readonly health: Health;
  readonly metrics: Metrics;
  /** Called when a term begins, or a wait ends. */
  readonly acts: () => void;
}

/** An operator that is alone; it may have to wait until another program has ended. */
async function beginAlone({ hold }: Wired, { parts, health, metrics, acts }: Beginning): Promise<Acting> {
  const alone = await Alone.begin({
    hold: hold && (() => hold('ballast-operator')),
    clock: parts.clock,
    log: parts.log,
    operatorOf: () => new Operator(parts),
    began: () => {
      metrics.setLeader(true);
      health.lead();
      acts();
    },
  });
  metrics.setLeader(alone.operator !== undefined);
  if (alone.operator === undefined) health.standBy();
  return alone;
}

/** An operator that waits for its turn to lead. */
function beginTerms(shared: Shared, duration: Milliseconds, beginning: Beginning): Acting {
  const { parts, fence, health, metrics, acts } = beginning;
  metrics.setLeader(false);
  health.standBy();
  const terms = new Terms({
    shared,
    duration,
    clock: parts.clock,
    log: parts.log,
    operatorOf: (token, isLeading) => new Operator({ ...parts, store: shared.historyUnder(token), leads: isLeading }),
    changed: (token) => {
      metrics.setLeader(token !== undefined);
      if (token === undefined) return health.standBy();
      fence.token = token;
      health.lead();
      acts();
    },
  });
  terms.start();
  return terms;
}

async function listen(server: ReturnType<typeof httpServer>, config: Config): Promise<string> {
  const { host, port } = config.listen;
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new BallastError('listen-failed', `Expected to listen on ${host}:${port}, got ${why}.`, {
      cause,
      hint: 'Choose a free port in `listen`, or stop the program that holds it.',
    });
  }
}

async function stop(parts: {
  readonly ticker: Ticker;
  readonly acting: Acting;
  readonly server: ReturnType<typeof httpServer>;
  readonly wired: Wired;
  readonly planner: WorkerPlanner;
  readonly log: Logger;
  readonly grace: number;
}): Promise<void> {
  const { ticker, acting, server, wired, planner, log, grace } = parts;
  log.info('operator stops');
  try {
    await Promise.all([ticker.stop(), acting.stop(grace)]);
  } finally {
    // Also where the history cannot be saved: what stays open would keep the program from ending.
    await server.close();
    await wired.close();
    await planner.close();
  }
  log.info('operator stopped');
}
