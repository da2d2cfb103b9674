import type { Clock, Milliseconds } from '@ballast/core';
import type { Controller, Settled } from '../controller/controller.ts';
import type { Registry } from '../registry/registry.ts';
import type { RegistryState } from '../registry/state.ts';
import type { DesiredStates } from './desired-states.ts';

export interface RolloutParts {
  readonly registry: Registry;
  readonly states: DesiredStates;
  readonly clock: Clock;
  readonly linger: Milliseconds;
  /** `undefined` until it listens. */
  readonly controller: () => Controller | undefined;
  /** Whether any switch was looked at. */
  readonly attended: () => boolean;
  /** The states are those of this registry state now. */
  readonly updated: (state: RegistryState) => void;
  /** What the registry holds cannot be carried. */
  readonly failed: (error: unknown) => void;
  /** A switch did not take it. */
  readonly refused: (settled: Extract<Settled, { error: unknown }>) => void;
}

/** Brings each change of the registry to all switches: those of one turn are compiled once. */
export class Rollout {
  readonly #parts: RolloutParts;
  #scheduled: Promise<void> | undefined;
  #pushed: Promise<readonly Settled[]> = Promise.resolve([]);
  #expiry = new AbortController();
  #stopped = false;

  constructor(parts: RolloutParts) {
    this.#parts = parts;
  }

  /** Soon; resolves when the push has begun. */
  schedule(): Promise<void> {
    this.#scheduled ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.#scheduled = undefined;
      if (this.#stopped) return;
      this.update();
      void this.push();
    });
    return this.#scheduled;
  }

  /** Compiles what the registry says now. */
  update(): void {
    const { registry, states, clock, linger, attended, updated, failed } = this.#parts;
    const { state } = registry;
    try {
      states.update(state, { now: clock.now(), linger, attended: attended() });
    } catch (error) {
      failed(error);
      return;
    }
    updated(state);
    this.#awaitExpiry();
  }

  /** To all switches: what differs from what they are known to have. */
  push(): Promise<readonly Settled[]> {
    const { controller, refused } = this.#parts;
    const pushed = controller()?.push() ?? Promise.resolve([]);
    this.#pushed = pushed.then((all) => {
      for (const one of all) if ('error' in one) refused(one);
      return all;
    });
    return this.#pushed;
  }

  /** Resolves when nothing is scheduled, and what was pushed is settled. */
  async settled(): Promise<void> {
    do {
      await this.#scheduled;
      await this.#pushed;
    } while (this.#scheduled !== undefined);
  }

  stop(): void {
    this.#stopped = true;
    this.#expiry.abort();
  }

  /** Departed members are forgotten in time, not with the next change. */
  #awaitExpiry(): void {
    const { clock, states } = this.#parts;
    this.#expiry.abort();
    const expiry = new AbortController();
    this.#expiry = expiry;
    if (states.expires === undefined) return;
    clock.sleep(Math.max(0, states.expires - clock.now()), expiry.signal).then(
      () => void this.schedule(),
      () => undefined,
    );
  }
}
