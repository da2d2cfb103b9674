import type { Clock, Milliseconds } from '@ballast/core';
import { type Health, rampOf } from '../monitors/health.ts';
import { HealthWatch, type MonitorTarget, type Probe } from '../monitors/watch.ts';
import { putHealth } from '../registry/members.ts';
import type { Registry } from '../registry/registry.ts';
import type { RegistryState } from '../registry/state.ts';
import { endpointOf } from '../services/model.ts';

export interface MemberHealthOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly probe: Probe;
  readonly slowStart: Milliseconds;
  readonly changed: (target: MonitorTarget, health: Health) => void;
  readonly failed: (error: unknown) => void;
}

/** In how many steps a member that has come back grows to its full weight. */
const RAMP_STEPS = 10;

interface Watched extends MonitorTarget {
  readonly service: string;
  readonly guest: number;
}

/** Probes the members of services with a monitor, and tells the registry what comes of it. */
export class MemberHealth {
  readonly #options: MemberHealthOptions;
  readonly #watch: HealthWatch;
  readonly #ramps = new Map<string, AbortController>();
  #watched: ReadonlyMap<string, Watched> = new Map();

  constructor(options: MemberHealthOptions) {
    this.#options = options;
    const { clock, probe, failed } = options;
    this.#watch = new HealthWatch({
      clock,
      probe,
      onChange: (target, health) => this.#judged(target, health),
      onProblem: (_, error) => failed(error),
    });
  }

  /** Watches who is to be watched now. A service that has lost its monitor has its members up. */
  update(state: RegistryState): void {
    const before = this.#watched;
    this.#watched = new Map(watchedIn(state).map((target) => [target.key, target]));
    for (const [key, target] of before) {
      if (this.#watched.has(key)) continue;
      this.#endRamp(key);
      this.#put(target, { health: 'up', ramp: 1 });
    }
    this.#watch.update([...this.#watched.values()]);
  }

  async stop(): Promise<void> {
    for (const key of this.#ramps.keys()) this.#endRamp(key);
    await this.#watch.stop();
  }

  #judged(target: MonitorTarget, health: Health): void {
    const watched = this.#watched.get(target.key);
    if (watched === undefined) return;
    this.#options.changed(watched, health);
    this.#endRamp(target.key);
    if (health.state === 'down') this.#put(watched, { health: 'down', ramp: 1 });
    else void this.#grow(watched, health);
  }

  /** From the first part of its weight to all of it, step by step. */
  async #grow(watched: Watched, health: Health): Promise<void> {
    const { clock, slowStart } = this.#options;
    const ended = new AbortController();
    this.#ramps.set(watched.key, ended);
    for (;;) {
      const ramp = rampOf(health, clock.now(), slowStart);
      this.#put(watched, { health: 'up', ramp });
      if (ramp >= 1) break;
      await clock.sleep(slowStart / RAMP_STEPS, ended.signal).catch(() => undefined);
      if (ended.signal.aborted) return;
    }
    this.#ramps.delete(watched.key);
  }

  #endRamp(key: string): void {
    this.#ramps.get(key)?.abort();
    this.#ramps.delete(key);
  }

  /** The member may have left meanwhile: then there is nothing to be told. */
  #put({ service, guest, key }: Watched, health: { readonly health: 'up' | 'down'; readonly ramp: number }): void {
    this.#options.registry.change((state) => {
      const found = state.services.get(service);
      const member = found?.service.members.find((one) => one.guest === guest);
      if (found === undefined || member === undefined || keyOf(service, member) !== key) return state;
      if ((member.health ?? 'up') === health.health && (member.ramp ?? 1) === health.ramp) return state;
      return putHealth(state, service, guest, health);
    });
  }
}

function watchedIn({ services }: RegistryState): readonly Watched[] {
  return [...services.values()].flatMap(({ service, monitor }) =>
    monitor === undefined
      ? []
      : service.members.map((member) => ({
          key: keyOf(service.name, member),
          service: service.name,
          guest: member.guest,
          address: member.address,
          port: member.port,
          monitor,
        })),
  );
}

function keyOf(service: string, member: { readonly address: string; readonly port: number }): string {
  return `${service} ${endpointOf(member)}`;
}
