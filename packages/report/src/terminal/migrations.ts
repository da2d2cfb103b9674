import type { ClusterSnapshot, GuestId, History } from '@ballast/core';

/** Tasks of Proxmox VE that move a guest, or ask the HA manager to. */
const MOVES: ReadonlySet<string> = new Set(['qmigrate', 'vzmigrate', 'hamigrate']);

/** What migrates now, a sentence for each guest: what Ballast began or adopted, and what others began. */
export function migrationNotes(
  { tasks, guests }: ClusterSnapshot,
  { moves }: Pick<History, 'moves'>,
): readonly string[] {
  const moving = new Map(
    tasks.flatMap(({ type, guest, node }): readonly (readonly [GuestId, string])[] =>
      MOVES.has(type) && guest !== undefined ? [[guest, node]] : [],
    ),
  );
  return [...moving].map(([id, node]) => {
    const name = guests.find((guest) => guest.id === id)?.name ?? `guest ${id}`;
    const own = moves.find(({ guest, outcome }) => guest === id && outcome === 'running');
    if (own === undefined) return `${name} is migrated away from ${node} by somebody else: it counts in the budgets.`;
    return `${name} is on its way from ${own.from} to ${own.to}: Ballast's own, begun or adopted, and followed by an operator that runs.`;
  });
}
