import { type GroupContent, type Match, match, OFPGT_SELECT } from '@ballast/openflow';
import { familyOf } from './address.ts';
import { TABLE } from './identity.ts';
import type { SlotTable } from './maglev.ts';
import type { VirtualService } from './model.ts';
import { resubmit } from './rows/parts.ts';

/**
 * One bucket of weight 1 for each slot. Open vSwitch rounds weights under dp_hash to a power of two of hash values and
 * applies those of `hash` out of proportion; over 256 buckets that weigh the same, both methods give each bucket its
 * 1/256. Where a client is to stay with its member, the source address alone chooses.
 */
export function groupOf(
  service: VirtualService,
  groupId: number,
  table: SlotTable,
  ids: ReadonlyMap<string, number>,
): GroupContent {
  const bySource = isBySource(service);
  const fields = bySource ? sourceField(service.vip.address) : [];
  return {
    groupType: OFPGT_SELECT,
    groupId,
    selection: { method: bySource ? 'hash' : 'dp_hash', param: 0n, fields },
    buckets: table.map((key, bucketId) => ({
      bucketId,
      weight: 1,
      actions: [{ type: 'set_field', field: 'reg1', value: ids.get(key) ?? 0 }, resubmit(TABLE.member)],
    })),
  };
}

/** Whether the source address alone chooses the member. */
export function isBySource({ algorithm, persistence }: VirtualService): boolean {
  return algorithm === 'source-ip' || persistence !== undefined;
}

/** Every bit of the source counts. */
function sourceField(vip: string): Match {
  return familyOf(vip) === 4
    ? match({ ipv4_src: '255.255.255.255' })
    : match({ ipv6_src: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' });
}
