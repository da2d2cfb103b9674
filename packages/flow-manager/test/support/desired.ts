import type { Action, GroupContent } from '@ballast/openflow';
import { match, OFPCML_NO_BUFFER, OFPGT_SELECT, OFPP_CONTROLLER, OFPP_IN_PORT, OFPP_NORMAL } from '@ballast/openflow';
import { COOKIE_MARK, type DesiredFlow, type DesiredState, GROUP_MARK } from '../../src/index.ts';

export const GROUP: number = GROUP_MARK + 1;

/** A flow of table 0 that lets packets go their normal way, but for what `given` says. */
export function flow(given: Partial<DesiredFlow> = {}): DesiredFlow {
  const normal = { type: 'apply_actions', actions: [{ type: 'output', port: OFPP_NORMAL, maxLen: 0 }] } as const;
  return { table: 0, priority: 0, cookie: COOKIE_MARK | 1n, match: [], instructions: [normal], ...given };
}

export function apply(...actions: readonly Action[]): DesiredFlow['instructions'] {
  return [{ type: 'apply_actions', actions }];
}

/** A SELECT group of one bucket per address: connection tracking with a translation to it. */
export function group(addresses: readonly string[], given: Partial<GroupContent> = {}): GroupContent {
  return {
    groupType: OFPGT_SELECT,
    groupId: GROUP,
    buckets: addresses.map((address) => ({ weight: 1, actions: [commitTo(address)] })),
    selection: { method: 'dp_hash', param: 0n, fields: [] },
    ...given,
  };
}

/** ct(commit,zone=1,table=3,nat(dst=ADDRESS:8080)). */
export function commitTo(address: string): Action {
  const nat = { type: 'nat', flags: 2, ipv4Min: address, protoMin: 8080 } as const;
  return { type: 'ct', flags: 1, zone: 1, table: 3, alg: 0, actions: [nat] };
}

/** What a virtual IP for TCP over IPv4 needs: every kind of match and action that one is made of. */
export function virtualIp(addresses: readonly string[] = ['10.9.0.11', '10.9.0.12']): DesiredState {
  const vip = '10.9.0.100';
  const vmac = '02:00:00:00:01:00';
  const copy = (
    source: 'eth_src' | 'arp_sha' | 'arp_spa',
    destination: 'eth_dst' | 'arp_tha' | 'arp_tpa',
    bits: number,
  ) => ({ type: 'copy_field', bits, source, sourceOffset: 0, destination, destinationOffset: 0 }) as const;
  const track = (table: number): Action => {
    return { type: 'ct', flags: 0, zone: 1, table, alg: 0, actions: [{ type: 'nat', flags: 0 }] };
  };
  const tcp = { eth_type: 0x0800, ip_proto: 6 } as const;
  const state = (value: number) => ({ value, mask: value }) as const;
  return {
    groups: [group(addresses)],
    flows: [
      flow({
        priority: 200,
        match: match({ arp_tpa: vip, arp_op: 1, eth_type: 0x0806 }).toReversed(),
        instructions: apply(
          copy('eth_src', 'eth_dst', 48),
          { type: 'set_field', field: 'eth_src', value: vmac },
          { type: 'set_field', field: 'arp_op', value: 2 },
          copy('arp_sha', 'arp_tha', 48),
          { type: 'set_field', field: 'arp_sha', value: vmac },
          copy('arp_spa', 'arp_tpa', 32),
          { type: 'set_field', field: 'arp_spa', value: vip },
          { type: 'output', port: OFPP_IN_PORT, maxLen: 0 },
        ),
      }),
      flow({ priority: 150, match: match({ ...tcp, ipv4_dst: vip, tcp_dst: 80 }), instructions: apply(track(1)) }),
      ...addresses.map((address) =>
        flow({
          priority: 140,
          match: match({ ...tcp, ipv4_src: address, tcp_src: 8080 }),
          instructions: apply(track(2)),
        }),
      ),
      flow(),
      flow({
        table: 1,
        priority: 100,
        match: match({ eth_type: 0x0800, ct_state: state(0x22) }),
        instructions: apply({ type: 'resubmit', port: 0xfff8, table: 3 }),
      }),
      flow({
        table: 1,
        priority: 80,
        match: match({ ...tcp, ct_state: state(0x21), tcp_flags: { value: 2, mask: 0x12 } }),
        instructions: apply({ type: 'group', groupId: GROUP }),
      }),
      flow({ table: 1, instructions: [] }),
      flow({ table: 1, priority: 1, match: match({ metadata: { value: 5n, mask: 0xffn } }), instructions: apply() }),
      flow({
        table: 2,
        priority: 100,
        match: match({ eth_type: 0x0800, ct_state: state(0x28), ipv4_src: { value: vip, mask: '255.255.255.255' } }),
        instructions: apply(
          { type: 'set_field', field: 'eth_src', value: vmac.toUpperCase() },
          { type: 'output', port: OFPP_NORMAL, maxLen: 77 },
        ),
      }),
      ...addresses.map((address, index) =>
        flow({
          table: 3,
          priority: 100,
          cookie: COOKIE_MARK | 0x300n,
          match: match({ eth_type: 0x0800, ipv4_dst: address }),
          instructions: apply(
            { type: 'set_field', field: 'eth_dst', value: `02:00:00:00:00:1${index}` },
            { type: 'output', port: index + 1, maxLen: 0 },
          ),
        }),
      ),
      flow({
        table: 4,
        priority: 9,
        idleTimeout: 60,
        hardTimeout: 600,
        flags: 1,
        match: match({
          reg3: 7,
          eth_type: 0x86dd,
          ipv6_dst: { value: '2001:DB8:0:0::', mask: 'ffff:ffff:ffff:ffff::' },
          vlan_vid: 0x1064,
        }),
        instructions: [
          { type: 'goto_table', table: 9 },
          { type: 'write_metadata', metadata: 1n, mask: 0xffn },
          { type: 'write_actions', actions: [{ type: 'output', port: 2, maxLen: 0 }] },
          {
            type: 'apply_actions',
            actions: [
              { type: 'set_field', field: 'reg0', value: 5 },
              { type: 'set_field', field: 'reg1', value: 5, mask: 0xff },
              { type: 'set_field', field: 'ipv6_src', value: '2001:DB8:0::1' },
              { type: 'output', port: OFPP_CONTROLLER, maxLen: OFPCML_NO_BUFFER },
            ],
          },
        ],
      }),
      flow({
        table: 5,
        match: match({ eth_dst: { value: '01:00:00:00:00:00', mask: '01:00:00:00:00:00' }, in_port: 1 }),
        instructions: [{ type: 'write_actions', actions: [] }, { type: 'clear_actions' }],
      }),
    ],
  };
}
