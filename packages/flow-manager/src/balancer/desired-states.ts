import type { Instant, Milliseconds } from '@ballast/core';
import type { GroupContent } from '@ballast/openflow';
import type { DesiredState } from '../desired.ts';
import { placementsOf } from '../placement/places.ts';
import { carriedServices, type RegistryState } from '../registry/state.ts';
import { compileShared, stateOfSwitch } from '../services/compile.ts';
import { departuresAfter, type TimedDeparture } from '../services/departures.ts';
import { groupIds } from '../services/identity.ts';
import type { Departure, Placement, VirtualService } from '../services/model.ts';
import { slotsOfGroup, slotTables } from '../services/slots.ts';

type Slots = readonly (string | undefined)[];

/**
 * What switches are to have, made of what the registry says, each time with as little change as can be: tables go on
 * from those before.
 *
 * Tables that were made before any switch was looked at are provisional: the first switch that is found to carry some
 * has better ones, for its connections follow them.
 */
export class DesiredStates {
  #tables: ReadonlyMap<string, Slots> = new Map();
  #found: ReadonlyMap<number, GroupContent> = new Map();
  #provisional = true;
  #departures: readonly TimedDeparture[];
  #placements: readonly Placement[] = [];
  #state: RegistryState;
  #shared: DesiredState | undefined;

  constructor(state: RegistryState, departures: readonly TimedDeparture[]) {
    this.#state = state;
    this.#departures = departures;
  }

  /** Of the registry's state that they were made of. */
  get version(): number {
    return this.#state.version;
  }

  get departures(): readonly TimedDeparture[] {
    return this.#departures;
  }

  get placements(): readonly Placement[] {
    return this.#placements;
  }

  /** When the first of those who have left is to be forgotten. */
  get expires(): Instant | undefined {
    const times = this.#departures.map(({ until }) => until);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Somebody else may have led since: the next switches that are looked at decide. */
  forget(): void {
    this.#provisional = true;
    this.#tables = new Map();
    this.#found = new Map();
  }

  /** The groups that a switch was found to have; of two that differ, those that were found first. */
  adopt(groups: readonly GroupContent[]): void {
    if (!this.#provisional || groups.length === 0) return;
    this.#found = new Map([...groups.map((group) => [group.groupId, group] as const), ...this.#found]);
  }

  /**
   * Makes them anew. `attended`: a switch was looked at, so that the tables before are in use.
   * @throws {ServiceError} what the registry holds cannot be carried; the states before stay
   */
  update(
    state: RegistryState,
    given: { readonly now: Instant; readonly linger: Milliseconds; readonly attended: boolean },
  ): void {
    if (given.attended && state.version !== this.#state.version) this.#provisional = false;
    const services = carriedServices(state);
    const departures = departuresAfter(this.#departures, carriedServices(this.#state), services, given);
    const placements = placementsOf(state.places).filter(isUsedBy(services, departures));
    const previous = this.#previous(services);
    const tables = slotTables({ services, placements, previous });
    this.#shared = compileShared({ services, placements, tables, departures });
    this.#state = state;
    this.#departures = departures;
    this.#placements = placements;
    // A pool that is empty for a moment does not forget who had which slot.
    this.#tables = new Map(
      [...tables].map(([name, table]) => [name, table.length > 0 ? table : (previous.get(name) ?? [])]),
    );
  }

  /** `undefined` before the first update. */
  of(dpid: bigint): DesiredState | undefined {
    if (this.#shared === undefined) return undefined;
    return stateOfSwitch(this.#shared, { placements: this.#placements, dpid, links: this.#state.places.links });
  }

  #previous(services: readonly VirtualService[]): ReadonlyMap<string, Slots> {
    const ids = groupIds(services);
    return new Map(
      services.flatMap((service): readonly (readonly [string, Slots])[] => {
        const own = this.#provisional ? undefined : this.#tables.get(service.name);
        if (own !== undefined) return [[service.name, own]];
        const group = this.#found.get(ids.get(service.name) ?? -1);
        return group === undefined ? [] : [[service.name, slotsOfGroup(service, group)]];
      }),
    );
  }
}

/** Rows are for those that serve, and for those whose connections may be open. */
function isUsedBy(
  services: readonly VirtualService[],
  departures: readonly Departure[],
): (placement: Placement) => boolean {
  const used = new Set([...services.flatMap(({ members }) => members), ...departures].map(({ address }) => address));
  return ({ address }) => used.has(address);
}
