// node infra/dev/bench.mjs openflow: how many messages a second one core reads and writes.
import {
  decode,
  encode,
  flowMod,
  groupMod,
  MessageBatch,
  match,
  NX_CT_F_COMMIT,
  NX_NAT_F_DST,
  OFP_NO_BUFFER,
  OFP13_VERSION,
  OFP15_VERSION,
  OFPGC_MODIFY,
  packetOut,
} from '@ballast/openflow';

const ROUND_MS = 1_000;
const packet = encode(
  {
    type: 'packet_in',
    bufferId: OFP_NO_BUFFER,
    totalLen: 64,
    reason: 0,
    tableId: 0,
    cookie: 0x1122334455667788n,
    match: match({ in_port: 3 }),
    data: new Uint8Array(64),
  },
  OFP13_VERSION,
  1,
);
const out = packetOut({ inPort: 3, actions: [{ type: 'output', port: 4, maxLen: 0 }], data: new Uint8Array(64) });
const flow = flowMod({
  cookie: 5n,
  idleTimeout: 10,
  match: match({
    in_port: 3,
    eth_type: 0x0800,
    ip_proto: 6,
    ipv4_src: '10.0.0.1',
    ipv4_dst: '10.0.0.2',
    tcp_src: 1_234,
    tcp_dst: 80,
  }),
  instructions: [
    {
      type: 'apply_actions',
      actions: [
        { type: 'set_field', field: 'eth_dst', value: '00:11:22:33:44:55' },
        { type: 'output', port: 4, maxLen: 0 },
      ],
    },
  ],
});
const flowBytes = encode(flow, OFP13_VERSION, 1);
// A weighted service as one whole group: 256 buckets, each a translation to a member.
const group = groupMod({
  groupId: 5,
  command: OFPGC_MODIFY,
  selection: { method: 'dp_hash', param: 0n, fields: [] },
  buckets: Array.from({ length: 256 }, (_, bucketId) => ({
    bucketId,
    weight: 1,
    actions: [
      {
        type: 'ct' as const,
        flags: NX_CT_F_COMMIT,
        zone: 7,
        table: 3,
        alg: 0,
        actions: [{ type: 'nat' as const, flags: NX_NAT_F_DST, ipv4Min: `10.0.0.${bucketId % 20}`, protoMin: 80 }],
      },
    ],
  })),
});
const batch = new MessageBatch();

const tasks: Readonly<Record<string, (xid: number) => void>> = {
  'packet-in   decode': () => decode(packet),
  'packet-out  encode': (xid) => encode(out, OFP13_VERSION, xid),
  'packet-out  encode in batches of 64': (xid) => {
    batch.add(out, OFP13_VERSION, xid);
    if (xid % 64 === 0) batch.take();
  },
  'flow-mod    encode': (xid) => encode(flow, OFP13_VERSION, xid),
  'group-mod   encode, 256 buckets': (xid) => encode(group, OFP15_VERSION, xid),
  'flow-mod    decode': () => decode(flowBytes),
};

for (const [name, task] of Object.entries(tasks)) {
  rate(task);
  const best = Math.max(rate(task), rate(task), rate(task));
  process.stdout.write(`${name.padEnd(38)} ${Math.round(best).toLocaleString('en').padStart(12)} /s\n`);
}

/** Calls a second, over about a second. */
function rate(task: (xid: number) => void): number {
  const started = performance.now();
  let calls = 0;
  while (performance.now() - started < ROUND_MS) {
    for (let i = 0; i < 100; i += 1) task(calls + i);
    calls += 100;
  }
  return (calls * 1_000) / (performance.now() - started);
}
