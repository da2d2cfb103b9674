import type { FlowManagerConfig } from '@ballast/config';
import type { Clock } from '@ballast/core';
import type { Balancer, Lead, Registry, RegistryState, Settled } from '@ballast/flow-manager';
import type { DocumentStore } from '@ballast/store';
import type { FlowManagerMetrics, Logger } from '@ballast/telemetry';
import { readingOf } from './reading.ts';
import { type RestApi, startRest } from './rest.ts';
import type { Kept } from './state/document.ts';
import { Saver } from './state/saver.ts';
import { type Stated, statedIn } from './stated/stated.ts';
import { leadToTake, takeFile } from './stated/take.ts';
import { waitingForRestart } from './stated/waiting.ts';
import { VERSION } from './version.ts';

export interface RunningFlowManager {
  /** Where the REST API, /metrics and /healthz are served. */
  readonly url: string;
  /** Where switches connect to. */
  readonly switches: { readonly host: string; readonly port: number };
  readonly balancer: Balancer;
  readonly registry: Registry;
  /**
   * Takes what another configuration says of services, places, the role and the log; the rest waits for a restart.
   * @throws {BallastError} it cannot be taken, and nothing of it was
   */
  reload(config: FlowManagerConfig): Promise<void>;
  /** Ends the REST API and all connections, and saves the state. Switches go on with what they carry. */
  stop(): Promise<void>;
}

export interface FlowManagerParts {
  readonly config: FlowManagerConfig;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: FlowManagerMetrics;
  readonly memory: DocumentStore<Kept>;
  readonly registry: Registry;
  /** Running. */
  readonly balancer: Balancer;
}

/** Switches, REST API and memory as one. */
export class FlowManager implements RunningFlowManager {
  readonly balancer: Balancer;
  readonly registry: Registry;
  readonly #parts: FlowManagerParts;
  readonly #saver: Saver;
  #stated: Stated;
  /** What was saved last, or is being saved. */
  #newest: RegistryState | undefined;
  #rest: RestApi | undefined;
  #forget: () => void = () => undefined;

  constructor(parts: FlowManagerParts) {
    const { config, clock, memory, registry, balancer, metrics, log } = parts;
    this.#parts = parts;
    this.registry = registry;
    this.balancer = balancer;
    this.#stated = statedIn(config);
    let failing = false;
    this.#saver = new Saver({
      clock,
      save: () => memory.save(this.#kept()),
      tried: (error) => {
        metrics.recordSave(error === undefined);
        // Once: it is tried again every few seconds.
        if (error !== undefined && !failing) log.error({ err: error }, 'the state cannot be saved; traffic goes on');
        if (error === undefined && failing) log.info('the state is saved again');
        failing = error !== undefined;
      },
    });
  }

  /** Opens the REST API; where that fails the switches are left. */
  async start(): Promise<void> {
    const { config, log, metrics } = this.#parts;
    try {
      this.#rest = await startRest(config.rest, metrics, {
        registry: this.registry,
        switches: () => this.balancer.switches(),
        flows: (id) => this.balancer.flows(id),
        connections: () => this.balancer.connections(),
        leading: { current: () => this.#lead(), take: (lead) => this.#take(lead) },
        kept: () => this.#saved(),
        unhealthy: () => this.#saver.problem(),
        metrics: {
          contentType: metrics.contentType,
          metrics: () => metrics.render(readingOf(this.registry.state, this.balancer)),
        },
        failed: (error) => log.error({ err: error }, 'a request failed'),
      });
    } catch (error) {
      await this.balancer.stop();
      throw error;
    }
    this.#forget = this.registry.onChange(() => this.#saver.note());
    // What changed before there was anybody to hear it, and what the file says.
    this.#saver.note();
    const { host, port } = this.balancer.address;
    const services = this.registry.state.services.size;
    log.info(
      { version: VERSION, url: this.url, switches: `${host}:${port}`, role: this.balancer.role, services },
      'flow manager started',
    );
  }

  get url(): string {
    return this.#rest?.url ?? '';
  }

  get switches(): { readonly host: string; readonly port: number } {
    return this.balancer.address;
  }

  async reload(config: FlowManagerConfig): Promise<void> {
    const { log } = this.#parts;
    const before = this.#stated;
    const { version } = this.registry.state;
    this.registry.change((state) => takeFile(state, config, before));
    this.#stated = statedIn(config);
    this.#saver.note();
    log.level = config.log.level;
    const lead = leadToTake(config, before, this.#lead());
    if (lead.role !== this.balancer.role || lead.generation !== this.balancer.generation) await this.#take(lead);
    const waiting = waitingForRestart(this.#parts.config, config);
    if (waiting.length > 0) log.warn({ options: waiting }, 'changed options that take effect at the next start');
    log.info({ file: config.source, changes: this.registry.state.version - version }, 'configuration reloaded');
  }

  async stop(): Promise<void> {
    const { log } = this.#parts;
    log.info('flow manager stops; switches go on with what they carry');
    await this.#rest?.close();
    await this.balancer.stop();
    this.#forget();
    await this.#saver.stop();
    log.info('flow manager stopped');
  }

  #lead(): Lead {
    return { role: this.balancer.role, generation: this.balancer.generation };
  }

  async #take(lead: Lead): Promise<readonly Settled[]> {
    try {
      return await this.balancer.lead(lead);
    } finally {
      this.#saver.note();
    }
  }

  /** Resolves when what was told is on disk: of what changes nothing for switches the registry tells nobody. */
  #saved(): Promise<void> {
    if (this.registry.state !== this.#newest) this.#saver.note();
    return this.#saver.kept();
  }

  #kept(): Kept {
    const { state } = this.registry;
    this.#newest = state;
    return { state, departures: this.balancer.departures(), lead: this.#lead(), stated: this.#stated };
  }
}
