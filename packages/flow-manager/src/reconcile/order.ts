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

const uses = new WeakMap<GroupRow, readonly number[]>();

/** Looked for once: a row may be sent to many switches. */
function usedBy(row: GroupRow): readonly number[] {
  let ids = uses.get(row);
  if (ids === undefined) {
    ids = row.group.buckets.flatMap(({ actions, watchGroup }) => [
      ...groupsIn(actions),
      ...(watchGroup === undefined ? [] : [watchGroup]),
    ]);
    uses.set(row, ids);
  }
  return ids;
}

function groupsIn(actions: readonly Action[]): readonly number[] {
  return actions.flatMap((action) => {
    if (action.type === 'group') return [action.groupId];
    return 'actions' in action ? groupsIn(action.actions) : [];
  });
}
