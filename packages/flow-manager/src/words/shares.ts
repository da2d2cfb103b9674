import type { GroupContent } from '@ballast/openflow';
import { renderGroup } from '../services/render.ts';
import type { Names } from './names.ts';

/** A group as what it is for: which member has how many of a service's slots. Foreign groups as they are. */
export function sharesOfGroup(group: GroupContent, names: Names): string {
  const service = names.serviceOfGroup(group.groupId);
  if (service === undefined) return renderGroup(group);
  const slots = new Map<string, number>();
  for (const { actions } of group.buckets) {
    const chosen = actions.find((action) => action.type === 'set_field' && action.field === 'reg1');
    const member = chosen?.type === 'set_field' ? names.member(Number(chosen.value)) : 'nobody';
    slots.set(member, (slots.get(member) ?? 0) + 1);
  }
  const total = group.buckets.length;
  const shares = [...slots]
    .toSorted(([a, many], [b, few]) => few - many || (a < b ? -1 : 1))
    .map(([member, count]) => `${member} has ${count} (${((100 * count) / total).toFixed(1)} %)`);
  return total === 0 ? `${service}: nobody takes new connections` : `${service}, ${total} slots: ${shares.join(', ')}`;
}
