import type { RyuServiceOptions } from '@ballast/targets';
import { CONFORMANCE_POOLS } from '@ballast/testkit/conformance';
import type { Ovs } from '../../../flow-manager/test/support/ovs.ts';

/** The group of each of the suite's pools. */
const GROUP: Readonly<Record<string, number>> = { shop: 50, pay: 60 };

/** What the suite's services say of themselves: every bucket is known by its port, which has the guest's number. */
export const SERVICE_OPTIONS: Readonly<Record<string, RyuServiceOptions>> = Object.fromEntries(
  Object.entries(CONFORMANCE_POOLS).map(([name, guests]) => [
    name,
    { group: GROUP[name] ?? 0, buckets: Object.fromEntries(guests.map((guest) => [`guest-${guest}`, guest])) },
  ]),
);

/** Makes the groups of the suite's pools as an application of Ryu would: one bucket a guest, all of weight 1. */
export async function addGroups(ovs: Ovs, bridge: string): Promise<void> {
  for (const [name, guests] of Object.entries(CONFORMANCE_POOLS)) {
    const buckets = guests.map((guest) => `bucket=weight:1,set_field:10.0.0.${guest}->ip_dst,output:${guest}`);
    await ovs.ofctl(bridge, 'add-group', [`group_id=${GROUP[name]},type=select`, ...buckets].join(','));
  }
}

/** The weights of a group, as Open vSwitch itself tells them: none where it is 1. */
export async function weightsOf(ovs: Ovs, bridge: string, group: number): Promise<readonly number[]> {
  const line = (await ovs.groups(bridge)).find((text) => text.includes(`group_id=${group},`)) ?? '';
  return line
    .split('bucket=')
    .slice(1)
    .map((bucket) => Number(/weight:(\d+)/.exec(bucket)?.[1] ?? 1));
}
