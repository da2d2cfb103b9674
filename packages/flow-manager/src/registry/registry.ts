import { EMPTY_REGISTRY, type RegistryState } from './state.ts';

/** Told of each new version, with the one before. Called in the turn of the change; must not wait. */
export type RegistryListener = (state: RegistryState, before: RegistryState) => void;

export interface RegistryOptions {
  /** What it starts with, such as what was kept from before a restart. */
  readonly initial?: RegistryState;
  /** Told what a listener threw: the change holds all the same, and the other listeners hear of it. */
  readonly failed?: (error: unknown) => void;
}

/** Holds the newest {@link RegistryState}. Changes are functions of it, so each is made whole or not at all. */
export class Registry {
  readonly #listeners = new Set<RegistryListener>();
  readonly #failed: (error: unknown) => void;
  #state: RegistryState;

  constructor({ initial = EMPTY_REGISTRY, failed = () => undefined }: RegistryOptions = {}) {
    this.#state = initial;
    this.#failed = failed;
  }

  get state(): RegistryState {
    return this.#state;
  }

  /** Makes a change and returns the new state. What `change` throws is thrown on, and nothing is changed. */
  change(change: (state: RegistryState) => RegistryState): RegistryState {
    const before = this.#state;
    const state = change(before);
    this.#state = state;
    if (state.version === before.version) return state;
    for (const listener of this.#listeners) {
      try {
        listener(state, before);
      } catch (error) {
        this.#failed(error);
      }
    }
    return state;
  }

  /** Calls the listener after each change; returns what ends it. */
  onChange(listener: RegistryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
