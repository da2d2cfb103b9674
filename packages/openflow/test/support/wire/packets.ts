import * as of from '@ballast/openflow';
import { output, type WireRow } from './row.ts';

export const packets: readonly WireRow[] = [
  {
    name: 'packet-in',
    body: {
      type: 'packet_in',
      bufferId: of.OFP_NO_BUFFER,
      totalLen: 14,
      reason: of.OFPR_TABLE_MISS,
      tableId: 1,
      cookie: 5n,
      match: of.match({ in_port: 3, reg3: 9 }),
      data: new Uint8Array(14),
    },
  },
  { name: 'packet-out', body: of.packetOut({ inPort: 3, actions: [output(of.OFPP_TABLE)], data: new Uint8Array(14) }) },
  {
    name: 'packet-out from the controller',
    body: of.packetOut({
      actions: [{ type: 'set_field', field: 'eth_dst', value: '00:00:00:00:00:09' }, output(4)],
      data: new Uint8Array(14),
    }),
  },
];
