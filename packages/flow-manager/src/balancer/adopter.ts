import type { Datapath } from '../datapath/datapath.ts';
import { putPlace } from '../registry/members.ts';
import type { Registry } from '../registry/registry.ts';
import { hasServices, placesIn } from './adoption.ts';
import type { DesiredStates } from './desired-states.ts';

/**
 * Looks at what switches carry before anything is written to them: the tables and ways that somebody, or this flow
 * manager before a restart, has put there. Who takes over goes on from them.
 */
export class Adopter {
  readonly #registry: Registry;
  readonly #states: DesiredStates;
  /** Those that were looked at, and whether they carry services. */
  #seen = new Map<Datapath, { readonly carriesServices: boolean }>();
  /** Whether the registry was told of any service. */
  #told = false;

  constructor(registry: Registry, states: DesiredStates) {
    this.#registry = registry;
    this.#states = states;
  }

  /** Whether any switch was looked at that is still connected. */
  get attended(): boolean {
    return this.#seen.size > 0;
  }

  /** What was seen counts no more: somebody else may have led since. */
  begin(): void {
    this.#seen = new Map();
    this.#states.forget();
  }

  forget(datapath: Datapath): void {
    this.#seen.delete(datapath);
  }

  /**
   * Whether a switch may be brought to what is wanted: it was looked at, and it carries nothing that a flow manager
   * which has not been told of any service yet would have to remove.
   */
  mayWrite(datapath: Datapath): boolean {
    const seen = this.#seen.get(datapath);
    this.#told ||= this.#registry.state.services.size > 0;
    return seen !== undefined && (this.#told || !seen.carriesServices);
  }

  /** @throws {ChannelError} */
  async adopt(datapath: Datapath): Promise<void> {
    const present = await datapath.read();
    if (!datapath.connected) return;
    this.#states.adopt(present.groups);
    this.#seen.set(datapath, { carriesServices: hasServices(present) });
    for (const event of placesIn(present, datapath.id, this.#registry.state.places.links)) {
      this.#registry.change((state) => putPlace(state, event));
    }
  }
}
