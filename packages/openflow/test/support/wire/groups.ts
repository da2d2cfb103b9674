import * as of from '@ballast/openflow';
import { dnat, output, type WireRow } from './row.ts';

export const groups: readonly WireRow[] = [
  {
    name: 'group before 1.5',
    versions: [4, 5],
    body: of.groupMod({
      groupId: 5,
      buckets: [
        { weight: 1, actions: [dnat] },
        { weight: 2, actions: [output(3)] },
      ],
    }),
  },
  {
    name: 'group with a selection method',
    versions: [6],
    body: of.groupMod({
      groupId: 5,
      command: of.OFPGC_MODIFY,
      selection: { method: 'dp_hash', param: 0n, fields: [] },
      buckets: [
        { bucketId: 0, weight: 1, actions: [dnat] },
        { bucketId: 1, weight: 1, actions: [output(3)] },
      ],
    }),
  },
  {
    name: 'group with hashed fields',
    versions: [6],
    body: of.groupMod({
      groupId: 6,
      selection: {
        method: 'hash',
        param: 9n,
        fields: of.match({ eth_type: 0xffff, ip_proto: 0xff, ipv4_src: '255.255.255.255' }),
      },
      buckets: [{ bucketId: 0, weight: 1, actions: [output(1)] }],
    }),
  },
  {
    name: 'fast failover group',
    body: of.groupMod({
      groupId: 7,
      groupType: of.OFPGT_FF,
      buckets: [
        { watchPort: 3, actions: [output(3)] },
        { watchPort: 4, watchGroup: 1, actions: [output(4)] },
      ],
    }),
  },
  {
    name: 'insert a bucket',
    versions: [6],
    body: of.groupMod({
      groupId: 5,
      command: of.OFPGC_INSERT_BUCKET,
      commandBucketId: of.OFPG_BUCKET_LAST,
      buckets: [{ bucketId: 9, weight: 3, actions: [output(2)] }],
    }),
  },
  {
    name: 'delete all groups',
    body: of.groupMod({ groupId: of.OFPG_ALL, command: of.OFPGC_DELETE, groupType: of.OFPGT_ALL }),
  },
  {
    name: 'meter',
    body: {
      type: 'meter_mod',
      command: of.OFPMC_ADD,
      flags: of.OFPMF_PKTPS | of.OFPMF_BURST,
      meterId: 3,
      bands: [
        { type: 'drop', rate: 100, burstSize: 10 },
        { type: 'dscp_remark', rate: 200, burstSize: 20, precLevel: 1 },
      ],
    },
  },
  {
    name: 'port mod',
    body: {
      type: 'port_mod',
      portNo: 3,
      hwAddr: '00:00:00:00:00:01',
      config: of.OFPPC_PORT_DOWN,
      mask: of.OFPPC_PORT_DOWN,
      advertise: 1,
    },
  },
  {
    name: 'port status',
    body: {
      type: 'port_status',
      reason: of.OFPPR_MODIFY,
      port: {
        portNo: 2,
        hwAddr: '00:00:00:00:00:02',
        name: 'veth2',
        config: 0,
        state: of.OFPPS_LIVE,
        ethernet: { curr: 0x840, advertised: 0, supported: 0, peer: 0, currSpeed: 10_000_000, maxSpeed: 0 },
      },
    },
  },
  {
    name: 'bundle commit',
    body: {
      type: 'bundle_control',
      bundleId: 4,
      control: of.OFPBCT_COMMIT_REQUEST,
      flags: of.OFPBF_ATOMIC | of.OFPBF_ORDERED,
      properties: [],
    },
  },
  {
    name: 'bundle add',
    body: {
      type: 'bundle_add',
      bundleId: 4,
      flags: of.OFPBF_ATOMIC,
      message: of.flowMod({ priority: 9 }),
      properties: [],
    },
  },
];
