import { DEFAULTS } from '@ballast/config';
import { type Milliseconds, type Service, seededRandom } from '@ballast/core';
import { Operator, type OperatorParts, type OperatorSettings, Ticker } from '@ballast/operator';
import { type Acting, Terms } from '@ballast/operator-app';
import { connectProxmox } from '@ballast/proxmox';
import { DEFAULT_TOKEN } from '@ballast/pve-simulator';
import type { Logger } from '@ballast/telemetry';
import type { Agenda } from '../engine/agenda.ts';
import { Process } from '../engine/process.ts';
import { MINUTE, SECOND } from '../scenario/scenario.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Balancer } from './balancer.ts';
import type { Calls } from './calls.ts';
import type { Disk } from './disk.ts';
import { logTo, type TraceLine } from './log.ts';
import type { Network } from './network.ts';
import { historyStore, leaseStore, orderStore, type StoreParts } from './stores.ts';

const ROUND: Milliseconds = 40 * SECOND;
/** The lease of operators that share a store. */
export const LEASE: Milliseconds = 30 * SECOND;
/** The rest of a guest that moved: short, so that it can end within a run. */
export const REST: Milliseconds = 4 * MINUTE;

export interface HostParts {
  readonly scenario: Scenario;
  readonly agenda: Agenda;
  readonly disk: Disk;
  readonly calls: Calls;
  readonly network: Network;
  readonly balancer: Balancer;
  readonly trace: (line: TraceLine) => void;
  /** A step has changed its state. */
  readonly changed: () => void;
}

/** A machine that runs an operator: one process after another. */
export class Host {
  readonly #parts: HostParts;
  readonly #index: number;
  #lives = 0;
  #process: Process | undefined;
  #acting: Acting | undefined;

  constructor(index: number, parts: HostParts) {
    this.#index = index;
    this.#parts = parts;
  }

  get process(): Process | undefined {
    return this.#process;
  }

  /** The operator that acts in its process; none while another machine's leads. */
  get operator(): Operator | undefined {
    return this.#process?.alive === true ? this.#acting?.operator : undefined;
  }

  /** Starts the operator anew, as the service does. */
  start(): void {
    const { agenda, trace, scenario } = this.#parts;
    const skew = this.#process?.skew ?? 0;
    const process = new Process(`${'ab'[this.#index]}${++this.#lives}`, this.#index, agenda, skew);
    this.#process = process;
    trace(() => `${process.name} starts`);
    const parts = this.#wire(process);
    const ticker = new Ticker(
      '* * * * *',
      () => acting.round(),
      () => trace(() => `${process.name} skips a round`),
    );
    const acting = scenario.operators === 1 ? lone(new Operator(parts)) : this.#terms(process, parts, ticker);
    this.#acting = acting;
    const beat = (): void => {
      ticker.tick();
      process.later(ROUND, beat);
    };
    process.later(this.#index * 7 * SECOND, beat);
  }

  kill(): void {
    this.#process?.kill();
  }

  #terms(process: Process, parts: OperatorParts, ticker: Ticker): Acting {
    const kept = this.#kept(process);
    const terms = new Terms({
      shared: { lease: leaseStore(kept), historyUnder: (token) => historyStore(kept, token) },
      duration: LEASE,
      clock: process.clock,
      log: parts.log,
      operatorOf: (token, leads) => new Operator({ ...parts, store: historyStore(kept, token), leads }),
      changed: (token) => {
        if (token !== undefined) ticker.tick();
      },
      holder: process.name,
      steady: process.steady,
      wait: 8 * SECOND,
    });
    terms.start();
    return terms;
  }

  #wire(process: Process): OperatorParts {
    const { scenario, network, balancer, trace } = this.#parts;
    const kept = this.#kept(process);
    const log: Logger = logTo((line) => trace(() => `${process.name} ${line()}`));
    const cluster = connectProxmox({
      cluster: 'lab',
      endpoints: ['pve1', 'pve2'],
      auth: { kind: 'token', id: DEFAULT_TOKEN.id, secret: DEFAULT_TOKEN.secret },
      timeout: DEFAULTS.cluster.timeout,
      retries: DEFAULTS.cluster.retries,
      requestsPerRound: DEFAULTS.cluster.requestsPerRound,
      pollInterval: 5 * SECOND,
      clock: process.clock,
      random: seededRandom(scenario.seed * 31 + this.#index),
      warn: (message) => log.warn(message),
      transport: network.transport(process),
    });
    return {
      settings: settingsOf(scenario),
      source: cluster.source,
      migrator: cluster.migrator,
      targets: [balancer.target(process)],
      store: historyStore(kept),
      orders: orderStore(kept),
      clock: process.clock,
      log,
      onProgress: () => this.#parts.changed(),
    };
  }

  #kept(process: Process): StoreParts {
    const { disk, agenda, calls } = this.#parts;
    return { process, disk, agenda, calls };
  }
}

function settingsOf({ concurrent, perHour, whileMigrating }: Scenario): OperatorSettings {
  const { balance, weights, budgets } = DEFAULTS;
  const service: Service = {
    name: 'shop',
    protocol: 'http',
    algorithm: 'weighted',
    routes: [],
    pool: { members: { tags: ['web'], pools: [], guests: [] }, port: 80 },
    carriers: [{ target: 'edge', options: {} }],
    whileMigrating,
    trafficShare: 0,
  };
  return {
    mode: 'auto',
    balance: { ...balance, sustain: 1, coolDown: REST, coolDownMax: 30 * MINUTE, containers: true },
    weights,
    budgets: { ...budgets, concurrent, concurrentPerNode: 1, perHour },
    services: [service],
    rules: [],
  };
}

/** Nobody else can lead. */
function lone(operator: Operator): Acting {
  return { operator, round: () => operator.round(), stop: (grace) => operator.stop(grace) };
}
