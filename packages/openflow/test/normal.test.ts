import {
  type Action,
  encode,
  flowMod,
  type Match,
  match,
  normalActions,
  normalInstructions,
  normalMatch,
} from '@ballast/openflow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { match as anyMatch } from './support/fields.ts';

const rows: readonly { what: string; given: Match; normal: Match }[] = [
  {
    what: 'fields stand by name',
    given: match({ in_port: 1, eth_type: 2 }),
    normal: match({ eth_type: 2, in_port: 1 }),
  },
  { what: 'a pair of registers is two', given: match({ xreg1: 0x2_0000_0003n }), normal: match({ reg2: 2, reg3: 3 }) },
  {
    what: 'registers that no mask asks for are left out',
    given: match({ xxreg3: { value: 0x5_ffff_ffffn, mask: 0xffff_ffff_0000_00f0n } }),
    normal: match({ reg14: 5, reg15: { value: 0xf0, mask: 0xf0 } }),
  },
  {
    what: 'a full mask is none',
    given: match({ ipv4_src: { value: '10.0.0.1', mask: '255.255.255.255' } }),
    normal: match({ ipv4_src: '10.0.0.1' }),
  },
  {
    what: 'an empty mask is no field',
    given: match({ eth_src: { value: '00:00:00:00:00:01', mask: '00:00:00:00:00:00' } }),
    normal: [],
  },
  {
    what: 'bits outside the mask count for nothing',
    given: match({ ipv4_src: { value: '10.0.0.1', mask: '255.0.0.0' } }),
    normal: match({ ipv4_src: { value: '10.0.0.0', mask: '255.0.0.0' } }),
  },
  {
    what: "Nicira's encoding gives way",
    given: match({ nxm_of_ip_src: '10.0.0.1', nxm_of_tcp_dst: 80, nxm_nx_tun_id: 5n }),
    normal: match({ ipv4_src: '10.0.0.1', tcp_dst: 80, tunnel_id: 5n }),
  },
  {
    what: 'but not where the width differs',
    given: match({ nxm_of_in_port: 3 }),
    normal: match({ nxm_of_in_port: 3 }),
  },
  {
    what: 'what is unknown stays',
    given: [{ field: 'unknown', class: 7, number: 8, hasMask: false, payload: Uint8Array.of(1) }],
    normal: [{ field: 'unknown', class: 7, number: 8, hasMask: false, payload: Uint8Array.of(1) }],
  },
];

test.each(rows)('$what', ({ given, normal }) => {
  expect(normalMatch(given)).toEqual(normal);
});

test('the normal form of a normal form is itself, and can be sent', () => {
  fc.assert(
    fc.property(anyMatch, (given) => {
      const normal = normalMatch(given);
      expect(normalMatch(normal)).toEqual(normal);
      expect(() => encode(flowMod({ match: normal }), 6, 1)).not.toThrow();
    }),
  );
});

test('instructions stand in the order in which they act', () => {
  const given = [{ type: 'goto_table', table: 3 }, { type: 'clear_actions' }, { type: 'meter', meterId: 1 }] as const;
  expect(normalInstructions(given).map(({ type }) => type)).toEqual(['meter', 'clear_actions', 'goto_table']);
});

test('move is copy_field, and fields of actions go by their names in OpenFlow, however deep', () => {
  const bits = { bits: 32, sourceOffset: 0, destinationOffset: 0 };
  const moved = { type: 'move', ...bits, source: 'nxm_of_arp_spa', destination: 'reg1' } as const;
  const copied = { type: 'copy_field', ...bits, source: 'arp_spa', destination: 'reg1' } as const;
  const learn = (field: 'nxm_of_ip_src' | 'ipv4_src'): Action => ({
    type: 'learn',
    idleTimeout: 0,
    hardTimeout: 0,
    priority: 0,
    cookie: 0n,
    flags: 0,
    table: 1,
    finIdleTimeout: 0,
    finHardTimeout: 0,
    specs: [{ bits: 32, source: { field, offset: 0 }, destination: { kind: 'match', field, offset: 0 } }],
  });
  const given: Action[] = [moved, { type: 'clone', actions: [moved] }, learn('nxm_of_ip_src')];
  expect(normalActions(given)).toEqual([copied, { type: 'clone', actions: [copied] }, learn('ipv4_src')]);
});
