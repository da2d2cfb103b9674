import * as of from '@ballast/openflow';
import { data, hello, type WireRow } from './row.ts';

export const session: readonly WireRow[] = [
  { name: 'hello', body: hello },
  { name: 'error', body: { type: 'error', errorType: 1, code: 10, data: of.encode(of.flowMod({}), 4, 9) } },
  {
    name: 'experimenter error',
    body: { type: 'experimenter_error', expType: 2, experimenter: 0x2320, data: of.encode(hello, 4, 9) },
  },
  { name: 'echo request', body: { type: 'echo_request', data: Uint8Array.of(1, 2, 3) } },
  { name: 'echo reply', body: { type: 'echo_reply', data } },
  { name: 'features request', body: { type: 'features_request' } },
  {
    name: 'features reply',
    body: {
      type: 'features_reply',
      datapathId: 0x2320n,
      buffers: 0,
      tables: 254,
      auxiliaryId: 0,
      capabilities: of.OFPC_FLOW_STATS | of.OFPC_GROUP_STATS,
      reserved: 0,
    },
  },
  { name: 'get config request', body: { type: 'get_config_request' } },
  { name: 'get config reply', body: { type: 'get_config_reply', flags: of.OFPC_FRAG_DROP, missSendLen: 128 } },
  { name: 'set config', body: { type: 'set_config', flags: 0, missSendLen: of.OFPCML_NO_BUFFER } },
  { name: 'barrier request', body: { type: 'barrier_request' } },
  { name: 'barrier reply', body: { type: 'barrier_reply' } },
  { name: 'role request', body: { type: 'role_request', role: of.OFPCR_ROLE_MASTER, generationId: 0x1_0000_0001n } },
  { name: 'role reply', body: { type: 'role_reply', role: of.OFPCR_ROLE_SLAVE, generationId: 3n } },
  {
    name: 'role status',
    body: {
      type: 'role_status',
      role: of.OFPCR_ROLE_SLAVE,
      reason: of.OFPCRR_MASTER_REQUEST,
      generationId: 17n,
      properties: [],
    },
  },
  { name: 'get async request', body: { type: 'get_async_request' } },
  {
    name: 'set async',
    body: {
      type: 'set_async',
      masks: [
        { event: 'packet_in', role: 'master', mask: 1 },
        { event: 'port_status', role: 'slave', mask: 7 },
      ],
    },
  },
  {
    name: 'experimenter',
    body: { type: 'experimenter', experimenter: 0x2320, expType: 20, data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7) },
  },
];
