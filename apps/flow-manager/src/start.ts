import type { FlowManagerConfig } from '@ballast/config';
import type { Clock } from '@ballast/core';
import { type BalancerOptions, Registry, startBalancer } from '@ballast/flow-manager';
import { systemClock } from '@ballast/machine';
import { type DocumentStore, documentStore } from '@ballast/store';
import { createFlowManagerMetrics, createLogger, type Logger } from '@ballast/telemetry';
import { tellEvents } from './events.ts';
import { FlowManager, type RunningFlowManager } from './running.ts';
import { type Kept, STATE } from './state/document.ts';
import { leadToTake, takeFile } from './stated/take.ts';
import { VERSION } from './version.ts';

export interface FlowManagerOptions {
  readonly log?: Logger;
  readonly clock?: Clock;
  /** Of members with a monitor; the real probes where it is left out. */
  readonly probe?: NonNullable<BalancerOptions['probe']>;
}

/**
 * Starts the flow manager: what was remembered and what the file says, on all switches that connect.
 * @throws {StoreError} what was remembered cannot be read, or a newer Ballast wrote it
 * @throws {BallastError} `config-conflict`, `listen-failed`
 * @throws {ChannelError} `channel-listen`, `channel-tls`
 */
export async function startFlowManager(
  config: FlowManagerConfig,
  options: FlowManagerOptions = {},
): Promise<RunningFlowManager> {
  const log = options.log ?? createLogger({ level: config.log.level, format: config.log.format });
  const clock = options.clock ?? systemClock;
  const metrics = createFlowManagerMetrics({ version: VERSION });
  const memory = memoryOf(config, log);
  const found = await memory.load();
  const registry = new Registry({
    initial: takeFile(found.state, config, found.stated),
    failed: (error) => log.error({ err: error }, 'not all parts heard of a change'),
  });
  const balancer = await startBalancer({
    ...balancerOptions(config),
    registry,
    clock,
    lead: leadToTake(config, found.stated, found.lead),
    departures: found.departures,
    events: tellEvents(log, metrics),
    ...(options.probe !== undefined && { probe: options.probe }),
  });
  const running = new FlowManager({ config, log, clock, metrics, memory, registry, balancer });
  await running.start();
  return running;
}

function memoryOf({ state }: FlowManagerConfig, log: Logger): DocumentStore<Kept> {
  return documentStore(STATE, {
    directory: state.directory,
    onProblem: (problem) => log.warn({ err: problem }, 'what was remembered is lost'),
  });
}

function balancerOptions(
  config: FlowManagerConfig,
): Pick<BalancerOptions, 'listen' | 'tls' | 'linger' | 'slowStart' | 'recheckInterval' | 'guestPorts'> {
  const { listen, tls, linger, slowStart, recheck, guestPorts } = config;
  return {
    listen: { host: listen.host, port: listen.port },
    ...(tls !== undefined && { tls }),
    linger,
    slowStart,
    recheckInterval: recheck,
    guestPorts,
  };
}
