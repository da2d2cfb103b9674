import type { FlowEntry } from '@ballast/openflow';
import type { Present } from '../reconcile/present.ts';
import { purposeOf, TABLE } from '../services/identity.ts';
import type { VirtualService } from '../services/model.ts';
import { deedsOf } from '../words/deeds.ts';
import { type Names, namesOf } from '../words/names.ts';
import { packetsOf } from '../words/packets.ts';
import { sharesOfGroup } from '../words/shares.ts';
import type { FlowLine, FlowsOfSwitch } from './options.ts';

/** What a switch carries, in words; rows by table and priority. `services` are those to know them by. */
export function linesOf(present: Present, services: readonly VirtualService[]): FlowsOfSwitch {
  const names = namesOf(services);
  const flows = present.flows
    .toSorted((a, b) => a.tableId - b.tableId || b.priority - a.priority)
    .map((entry) => lineOf(entry, names));
  return { flows, groups: present.groups.map((group) => ({ id: group.groupId, text: sharesOfGroup(group, names) })) };
}

function lineOf(entry: FlowEntry, names: Names): FlowLine {
  const { tableId: table, priority, cookie, match, instructions, statistics } = entry;
  const { packetCount, byteCount } = statistics;
  const service = names.service(cookie);
  return {
    table,
    tableName: Object.entries(TABLE).find(([, number]) => number === table)?.[0] ?? 'other',
    priority,
    purpose: purposeOf(cookie) ?? 'foreign',
    ...(service !== undefined && { service }),
    text: `${packetsOf(match, names)}: ${deedsOf(instructions, names)}`,
    ...(packetCount !== undefined && { packets: Number(packetCount) }),
    ...(byteCount !== undefined && { bytes: Number(byteCount) }),
  };
}
