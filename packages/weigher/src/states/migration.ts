import {
  clamp,
  type GuestId,
  type History,
  type MigrationMode,
  type NodeName,
  type Ratio,
  type WeightPolicy,
} from '@ballast/core';
import type { ClusterLoad } from '../load/cluster.ts';

/** A guest that migrates now, or is about to. */
export interface MigratingGuest {
  readonly guest: GuestId;
  readonly mode: MigrationMode;
  readonly to: NodeName;
}

/** Rounds on its new node in which a guest's factor climbs back: its caches are cold, and its first samples read low. */
const RAMP_ROUNDS = 3;
const LEAST_FACTOR: Ratio = 0.001;

/**
 * The factor that a migration puts on a weight. It acts at once, with no damping and no step cap, and leaves the
 * steady weight as it is: a migration is an event that is known, not a load that is measured.
 */
export function migrationFactor(
  guest: GuestId,
  migrating: MigratingGuest | undefined,
  history: History,
  load: ClusterLoad,
  policy: WeightPolicy,
): Ratio {
  const factor = clamp(policy.migrationFactor, LEAST_FACTOR, 1);
  if (migrating !== undefined) return migrating.mode === 'live' ? factor : 1;
  const rounds = history.guests[guest]?.samples ?? RAMP_ROUNDS;
  if (rounds >= RAMP_ROUNDS || !arrived(guest, history, load)) return 1;
  return factor + (1 - factor) * (Math.max(0, rounds) / RAMP_ROUNDS);
}

/** Whether the guest came to its node by a migration of ours. */
function arrived(guest: GuestId, history: History, load: ClusterLoad): boolean {
  const last = history.moves.findLast((move) => move.guest === guest);
  return last?.outcome === 'done' && last.to === load.nodeOf(guest);
}
