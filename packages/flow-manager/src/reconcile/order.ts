import type { Action } from '@ballast/openflow';
import type { GroupRow } from './rows.ts';

/** Rows such that a group stands after the groups that its buckets use; else by number, so that the order is certain. */
export function byUse(rows: readonly GroupRow[]): readonly GroupRow[] {
  const byId = new Map(rows.toSorted((a, b) => a.groupId - b.groupId).map((row) => [row.groupId, row]));
  const ordered = new Set<GroupRow>();
  const visiting = new Set<GroupRow>();
  const visit = (row: GroupRow): void => {
    // A circle is the switch's to refuse: it names the row.
    if (ordered.has(row) || visiting.has(row)) return;
    visiting.add(row);
    for (const id of usedBy(row)) {
      const used = byId.get(id);
      if (used !== undefined) visit(used);
    }
    ordered.add(row);
  };
  for (const row of byId.values()) visit(row);
  return [...ordered];
}

function usedBy({ group }: GroupRow): readonly number[] {
  return group.buckets.flatMap(({ actions, watchGroup }) => [
    ...groupsIn(actions),
    ...(watchGroup === undefined ? [] : [watchGroup]),
  ]);
}

function groupsIn(actions: readonly Action[]): readonly number[] {
  return actions.flatMap((action) => {
    if (action.type === 'group') return [action.groupId];
    return 'actions' in action ? groupsIn(action.actions) : [];
  });
}
