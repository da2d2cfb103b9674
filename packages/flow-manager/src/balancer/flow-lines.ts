import type { FlowEntry } from '@ballast/openflow';
import type { Present } from '../reconcile/present.ts';
import { isOfService, purposeOf, TABLE } from '../services/identity.ts';
import { renderFlow, renderGroup } from '../services/render.ts';
import type { FlowLine, FlowsOfSwitch } from './options.ts';

/** What a switch carries, in words; rows by table and priority. `services` are the names to know them by. */
export function linesOf(present: Present, services: readonly string[]): FlowsOfSwitch {
  const flows = present.flows
    .toSorted((a, b) => a.tableId - b.tableId || b.priority - a.priority)
    .map((entry) => lineOf(entry, services));
  return { flows, groups: present.groups.map((group) => ({ id: group.groupId, text: renderGroup(group) })) };
}

function lineOf(entry: FlowEntry, services: readonly string[]): FlowLine {
  const { tableId: table, priority, cookie, statistics } = entry;
  const { packetCount, byteCount } = statistics;
  const service = services.find((name) => isOfService(cookie, name));
  return {
    table,
    tableName: Object.entries(TABLE).find(([, number]) => number === table)?.[0] ?? 'other',
    priority,
    purpose: purposeOf(cookie) ?? 'foreign',
    ...(service !== undefined && { service }),
    text: renderFlow({ ...entry, table }, services),
    ...(packetCount !== undefined && { packets: Number(packetCount) }),
    ...(byteCount !== undefined && { bytes: Number(byteCount) }),
  };
}
