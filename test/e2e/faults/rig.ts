import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Config, parseConfig } from '@ballast/config';
import type { HistoryStore, Milliseconds, RoundReport, WeightTarget } from '@ballast/core';
import { Operator, Ticker } from '@ballast/operator';
import { type Wired, wire } from '@ballast/operator-app';
import { connectProxmox, type ProxmoxCluster } from '@ballast/proxmox';
import {
  DEFAULT_TOKEN,
  DEFAULT_USER,
  makeCertificate,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@ballast/pve-simulator';
import { createLogger, createMetrics, type Metrics } from '@ballast/telemetry';
import { LineSink, VirtualClock } from '@ballast/testkit';
import { Watch } from './watch.ts';
import { BALLAST, hotShop } from './world.ts';

export const SECOND: Milliseconds = 1000;
export const MINUTE: Milliseconds = 60 * SECOND;
const ROUND: Milliseconds = 30 * SECOND;
const IDLE: Milliseconds = 10 * SECOND;
/** Turns of the event loop without news after which nothing is under way. */
const CALM = 4;
/** Real time after which a request that nobody answers is a mistake of this rig. */
const STUCK: Milliseconds = 5000;
const SHOP = hotShop();
const TLS = makeCertificate(['localhost', '127.0.0.1']);

/** An operator in one life: its process could be killed at any moment. */
export interface Life {
  readonly operator: Operator;
  readonly metrics: Metrics;
  readonly reports: RoundReport[];
  /** JSON lines. */
  readonly logged: string[];
  readonly ticker: Ticker;
  readonly wired: Wired;
  /** Nothing that it does reaches the disk any more. */
  dead: boolean;
}

export interface RigOptions {
  readonly simulator?: Partial<SimulatorOptions>;
  /** Signs in with a password in place of the token. */
  readonly ticket?: boolean;
  /** Lines added to the configuration. */
  readonly config?: string;
  readonly targets?: readonly WeightTarget[];
}

/** The operator as its service wires it, in `auto`, and a simulated cluster over HTTPS: both on one virtual time. */
export class Rig {
  readonly simulator: Simulator;
  readonly watch: Watch;
  readonly clock: VirtualClock;
  /** Somebody else at work on the cluster, as root. */
  readonly somebody: ProxmoxCluster;
  readonly #options: RigOptions;
  readonly #directory: string;
  readonly #lives: Life[] = [];
  #writes = 0;
  #states = 0;
  #round = 0;

  static async start(options: RigOptions = {}): Promise<Rig> {
    let rig: Rig | undefined;
    const clock = new VirtualClock(SHOP.now, () => rig?.quiet() ?? Promise.resolve());
    const simulator = await startSimulator({
      world: SHOP,
      speed: 0,
      strict: true,
      entryPoints: 2,
      clock,
      users: [DEFAULT_USER, BALLAST],
      tls: await TLS,
      ...options.simulator,
    });
    const directory = await mkdtemp(path.join(os.tmpdir(), 'faults-'));
    rig = new Rig(simulator, clock, directory, options);
    rig.live();
    return rig;
  }

  private constructor(simulator: Simulator, clock: VirtualClock, directory: string, options: RigOptions) {
    this.simulator = simulator;
    this.clock = clock;
    this.#directory = directory;
    this.#options = options;
    this.watch = new Watch(simulator);
    this.somebody = connectProxmox({
      cluster: 'shop',
      endpoints: simulator.urls,
      auth: { kind: 'ticket', username: DEFAULT_USER.name, password: DEFAULT_USER.password },
      tls: { fingerprints: [simulator.fingerprint] },
      clock,
      random: () => 0.5,
      warn: () => undefined,
    });
  }

  /** The newest operator. */
  get life(): Life {
    const life = this.#lives.at(-1);
    if (life === undefined) throw new Error('no operator runs');
    return life;
  }

  /** Starts an operator, over the same state or over none. */
  live({ lost = false }: { readonly lost?: boolean } = {}): Life {
    if (lost) this.#states += 1;
    const config = this.#config();
    const sink = new LineSink();
    const log = createLogger({ level: 'info', format: 'json', destination: sink });
    const { clock } = this;
    const wired = wire(config, { clock, warn: (message) => log.warn(message) });
    const metrics = createMetrics({ version: 'test' });
    const reports: RoundReport[] = [];
    const life = { metrics, reports, logged: sink.lines, wired, dead: false };
    const operator = new Operator({
      settings: config,
      source: wired.cluster.source,
      migrator: wired.cluster.migrator,
      targets: this.#options.targets ?? wired.targets,
      store: this.#counted(wired.store, life),
      clock,
      log,
      metrics,
      onReport: (report) => reports.push(report),
    });
    const ticker = new Ticker(
      config.schedule,
      () => operator.round(),
      () => undefined,
    );
    const whole = Object.assign(life, { operator, ticker });
    this.#lives.push(whole);
    // Its first round begins at once.
    this.#round = 0;
    return whole;
  }

  /** Cuts the newest operator off in the middle of what it does, as `kill -9` would: from the cluster, and from its disk. */
  kill(): void {
    this.life.dead = true;
    void this.life.wired.close();
  }

  /**
   * Lets time pass, a round every half minute, until `until` is so; the watch looks at each second.
   * @param between is called after the cluster has moved on and before the operator does
   */
  async pass(most: Milliseconds, until: () => boolean = () => false, between?: () => void): Promise<boolean> {
    for (let passed = 0; passed < most; ) {
      if (until()) return true;
      if (this.clock.now() >= this.#round) {
        this.#round = this.clock.now() + ROUND;
        this.life.ticker.tick();
        await this.quiet();
      }
      // Nobody waits for anything, and nothing migrates: until the next round nothing can happen.
      const idle = this.clock.sleepers === 0 && this.simulator.world.migrations.length === 0;
      const step = idle ? Math.min(IDLE, this.#round - this.clock.now(), most - passed) : SECOND;
      this.simulator.advance(step);
      between?.();
      this.watch.look();
      await this.clock.advance(step);
      this.watch.look();
      passed += step;
    }
    return until();
  }

  /** Lets time pass until `work` has ended. */
  async through<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    work.then(
      () => (ended = true),
      () => (ended = true),
    );
    await this.quiet();
    await this.pass(MINUTE, () => ended);
    return work;
  }

  /** Waits until nothing is under way but what waits for time to pass. */
  async quiet(): Promise<void> {
    const began = performance.now();
    for (let calm = 0; calm < CALM; ) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const { held } = this.simulator;
      const pending = this.somebody.pending + this.#lives.reduce((sum, { wired }) => sum + wired.cluster.pending, 0);
      calm = this.#writes === 0 && pending === held ? calm + 1 : 0;
      // A client that hangs up is noticed by the server a little later.
      if (calm === 0 && held > 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (performance.now() - began > STUCK) throw new Error(`${pending} requests are pending, ${held} are held`);
    }
  }

  async stop(): Promise<void> {
    for (const { wired, ticker } of this.#lives) {
      await wired.close();
      await ticker.stop();
    }
    await this.somebody.close();
    await this.simulator.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Writes to disk are under way in real time, as requests are. */
  #counted(store: HistoryStore, life: Pick<Life, 'dead'>): HistoryStore {
    const counted = async <T>(work: Promise<T>): Promise<T> => {
      this.#writes += 1;
      try {
        return await work;
      } finally {
        this.#writes -= 1;
      }
    };
    return {
      load: () => counted(store.load()),
      save: (history) => (life.dead ? new Promise(() => undefined) : counted(store.save(history))),
    };
  }

  #config(): Config {
    const { urls, fingerprint } = this.simulator;
    const auth = this.#options.ticket
      ? `{ username: ${BALLAST.name}, password: "\${env:SECRET}" }`
      : `{ token: ${DEFAULT_TOKEN.id}, secret: "\${env:SECRET}" }`;
    const text = `
cluster:
  name: shop
  endpoints: [${urls.join(', ')}]
  auth: ${auth}
  tls: { fingerprint: "${fingerprint}" }
mode: auto
state: { directory: ${path.join(this.#directory, String(this.#states))} }
${this.#options.config ?? ''}
`;
    const secret = this.#options.ticket ? BALLAST.password : DEFAULT_TOKEN.secret;
    return parseConfig(text, { file: 'faults.yaml', env: { SECRET: secret }, readSecret: () => '' });
  }
}
