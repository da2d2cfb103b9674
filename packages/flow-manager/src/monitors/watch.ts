import type { Clock, Monitor } from '@ballast/core';
import { type Health, judge, type ProbeResult, unknownHealth } from './health.ts';

/** A member to be probed. */
export interface MonitorTarget {
  /** Its name among all targets, such as `shop 10.9.0.11|8080`. */
  readonly key: string;
  readonly address: string;
  readonly port: number;
  readonly monitor: Monitor;
}

/**
 * Probes a member once; ends soon after `signal` is aborted.
 * @throws {MonitorError} the probe cannot be made here
 */
export type Probe = (target: MonitorTarget, signal: AbortSignal) => Promise<ProbeResult>;

export interface HealthWatchOptions {
  readonly clock: Clock;
  readonly probe: Probe;
  /** A member is known for the first time, went down, or came back. Must not throw. */
  readonly onChange: (target: MonitorTarget, health: Health) => void;
  /** A probe could not be made. */
  readonly onProblem: (target: MonitorTarget, error: unknown) => void;
}

interface Watched {
  readonly target: MonitorTarget;
  readonly stop: AbortController;
  readonly done: Promise<void>;
  health: Health;
}

/** Probes members over and over, each on its own time. Level-triggered: it is told all targets, and keeps what stays. */
export class HealthWatch {
  readonly #options: HealthWatchOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #ending = new Set<Promise<void>>();

  constructor(options: HealthWatchOptions) {
    this.#options = options;
  }

  /** Watches these, and no others. A target whose monitor or address is another starts anew, with the health it had. */
  update(targets: readonly MonitorTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.key, target]));
    for (const key of this.#watched.keys()) if (!wanted.has(key)) this.#end(key);
    for (const target of targets) {
      const known = this.#watched.get(target.key);
      if (known !== undefined && isSame(known.target, target)) continue;
      this.#end(target.key);
      this.#start(target, known?.health ?? unknownHealth(this.#options.clock.now()));
    }
  }

  /** `undefined` for what is not watched. */
  health(key: string): Health | undefined {
    return this.#watched.get(key)?.health;
  }

  /** Ends all probes, and waits for them. */
  async stop(): Promise<void> {
    for (const key of this.#watched.keys()) this.#end(key);
    await Promise.all(this.#ending);
  }

  #start(target: MonitorTarget, health: Health): void {
    const stop = new AbortController();
    const watched: Watched = { target, stop, health, done: Promise.resolve().then(() => this.#run(watched)) };
    this.#watched.set(target.key, watched);
  }

  #end(key: string): void {
    const watched = this.#watched.get(key);
    if (watched === undefined) return;
    this.#watched.delete(key);
    watched.stop.abort();
    const ended = watched.done.finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  async #run(watched: Watched): Promise<void> {
    const { clock } = this.#options;
    const { signal } = watched.stop;
    while (!signal.aborted) {
      const begun = clock.now();
      await this.#once(watched);
      const rest = begun + watched.target.monitor.delay - clock.now();
      // From start to start, so that the detection window holds whatever a probe takes.
      await clock.sleep(Math.max(0, rest), signal).catch(() => undefined);
    }
  }

  async #once(watched: Watched): Promise<void> {
    const { target, stop } = watched;
    try {
      const result = await this.#inTime(target, stop.signal);
      if (stop.signal.aborted) return;
      const before = watched.health;
      watched.health = judge(before, result, target.monitor, this.#options.clock.now());
      if (watched.health.state !== before.state) this.#options.onChange(target, watched.health);
    } catch (error) {
      if (!stop.signal.aborted) this.#options.onProblem(target, error);
    }
  }

  /** The probe's result, or that it ran out of time. */
  async #inTime(target: MonitorTarget, stopped: AbortSignal): Promise<ProbeResult> {
    const { timeout } = target.monitor;
    const done = new AbortController();
    const late: ProbeResult = { ok: false, reason: `no answer within ${timeout} ms` };
    const timer = this.#options.clock.sleep(timeout, AbortSignal.any([stopped, done.signal])).then(
      () => late,
      () => late,
    );
    const ended = new AbortController();
    try {
      return await Promise.race([this.#options.probe(target, AbortSignal.any([stopped, ended.signal])), timer]);
    } finally {
      done.abort();
      ended.abort();
    }
  }
}

function isSame(a: MonitorTarget, b: MonitorTarget): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
