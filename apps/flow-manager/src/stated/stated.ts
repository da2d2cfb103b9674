import type { FlowManagerConfig, PlacementConfig } from '@ballast/config';
import type { GuestId, Weight } from '@ballast/core';
import type { Lead } from '@ballast/flow-manager';

/**
 * What the configuration file said when it was last taken. What it no longer names goes; and its words about weights,
 * places and the role count when they are new, so that a restart does not undo what was said since.
 */
export interface Stated {
  readonly services: ReadonlyMap<string, StatedWeights>;
  readonly placements: ReadonlyMap<string, PlacementConfig>;
  readonly lead?: Lead;
}

/** Weights of the members that the file gives one. */
export type StatedWeights = ReadonlyMap<GuestId, Weight>;

export const NOTHING_STATED: Stated = { services: new Map(), placements: new Map() };

export function statedIn({ services, placements, role, generation }: FlowManagerConfig): Stated {
  return {
    services: new Map(
      services.map(({ name, members }) => [
        name,
        new Map(members.flatMap(({ guest, weight }) => (weight === undefined ? [] : [[guest, weight] as const]))),
      ]),
    ),
    placements: new Map(placements.map((placement) => [placement.address, placement])),
    lead: { role, generation },
  };
}
