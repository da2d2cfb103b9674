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

const uses = new WeakMap<GroupRow, Set<number>>();

/** Looked for once: a row may be sent to many switches. */
function usedBy(row: GroupRow): ReadonlySet<number> {
  let ids = uses.get(row);
  if (ids === undefined) {
    ids = new Set();
    for (const { actions, watchGroup } of row.group.buckets) {
      gather(actions, ids);
      if (watchGroup !== undefined) ids.add(watchGroup);
    }
    uses.set(row, ids);
  }
  return ids;
}

function gather(actions: readonly Action[], ids: Set<number>): void {
  for (const action of actions) {
    if (action.type === 'group') ids.add(action.groupId);
    else if ('actions' in action) gather(action.actions, ids);
  }
}
