import type { GroupContent } from '@ballast/openflow';
import { memberIds } from './identity.ts';
import { type SlotTable, slotTable } from './maglev.ts';
import { type Placement, placementsByAddress, type VirtualService } from './model.ts';
import { sharesOf } from './shares.ts';
import { normalPlacement, normalService } from './validate.ts';

/** The slots of each service by name: what new connections are spread by. */
export type SlotTables = ReadonlyMap<string, SlotTable>;

export interface SlotTablesInput {
  readonly services: readonly VirtualService[];
  readonly placements: readonly Placement[];
  /** The tables in use, so that as few slots as possible change hands. */
  readonly previous?: ReadonlyMap<string, readonly (string | undefined)[]>;
}

/** The table of every service, to be made once for all switches: so a connection meets the same member on each. */
export function slotTables({ services, placements, previous }: SlotTablesInput): SlotTables {
  const placed = placementsByAddress(placements.map(normalPlacement));
  return new Map(
    services.map(normalService).map((service) => {
      const before = previous?.get(service.name);
      return [service.name, slotTable(sharesOf(service, placed), before === undefined ? {} : { previous: before })];
    }),
  );
}

/**
 * The table that a group holds, read back from a switch: a controller that takes over goes on from it, instead of
 * moving connections to a table of its own. Slots of members that the service has no more are `undefined`.
 */
export function slotsOfGroup(service: VirtualService, group: GroupContent): readonly (string | undefined)[] {
  const { name, members } = normalService(service);
  const keys = new Map([...memberIds(name, members)].map(([key, id]) => [id, key]));
  return group.buckets.map(({ actions }) => {
    for (const action of actions) {
      if (action.type === 'set_field' && action.field === 'reg1') return keys.get(action.value);
    }
    return undefined;
  });
}
