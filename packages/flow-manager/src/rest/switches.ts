import { BallastError } from '@ballast/core';
import type { FlowsOfSwitch, SwitchState } from '../balancer/options.ts';
import type { SwitchSummary } from '../datapath/summary.ts';
import type { Route } from './route.ts';
import { dpid, type JsonSchema, object } from './schemas.ts';

export interface SwitchParts {
  /** The switches that are known now. */
  readonly switches: () => readonly (SwitchSummary | SwitchState)[];
  /** What a switch carries; `undefined` where it is not connected. There is no path for it without. */
  readonly flows?: (id: string) => Promise<FlowsOfSwitch | undefined>;
}

/** Switches, and what they carry. */
export function switchRoutes({ switches, flows }: SwitchParts): readonly Route[] {
  const list: Route = {
    method: 'GET',
    path: '/v1/switches',
    id: 'listSwitches',
    summary: 'The switches that are known now.',
    answer: object({ switches: { type: 'array', items: SWITCH } }, ['switches']),
    refusals: [],
    handle: () => ({ switches: switches() }),
  };
  if (flows === undefined) return [list];
  const show: Route = {
    method: 'GET',
    path: '/v1/switches/{id}/flows',
    id: 'listFlows',
    summary: "Ballast's flows and groups as a switch has them now, in words.",
    description: 'By table and priority, as packets meet them. The switch is asked at each call.',
    params: object({ id: dpid }, ['id']),
    answer: FLOWS,
    refusals: [400, 404, 503, 504],
    handle: async ({ params }) => {
      const id = (params['id'] ?? '').toLowerCase().padStart(16, '0');
      const carried = await flows(id);
      if (carried !== undefined) return { switch: id, ...carried };
      throw unknownSwitch(
        id,
        switches().map((known) => known.id),
      );
    },
  };
  return [list, show];
}

function unknownSwitch(id: string, known: readonly string[]): BallastError {
  const there = known.length === 0 ? 'none is connected' : `connected are ${known.slice(0, 5).join(', ')}`;
  return new BallastError('rest-unknown-switch', `No switch ${id} is connected; ${there}.`, {
    hint: 'GET /v1/switches lists them; ovs-vsctl get bridge BRIDGE datapath_id tells the id of one.',
  });
}

const count: JsonSchema = { type: 'integer', minimum: 0 };

const CHANNEL = object(
  {
    received: { ...count, description: 'Messages since it has connected; the others are of that time, too.' },
    sent: count,
    bytesReceived: count,
    bytesSent: count,
    echoes: count,
    packetIns: count,
    droppedPacketIns: { ...count, description: 'Packets that were dropped because nothing could be written.' },
    malformed: { ...count, description: 'Messages whose inside could not be read; they were left out.' },
    strayErrors: { ...count, description: 'Errors that no pending request had caused.' },
  },
  ['received', 'sent'],
);

const SWITCH = object(
  {
    id: dpid,
    peer: { type: 'string' },
    connected: { type: 'boolean' },
    role: { type: 'string', description: 'What this flow manager is to the switch.' },
    openflow: { type: 'string', description: 'The version that is spoken, such as 1.3.' },
    description: { type: 'string' },
    ports: {
      type: 'array',
      items: object({ number: { type: 'integer' }, name: { type: 'string' } }, ['number', 'name']),
    },
    problem: { type: 'string', description: 'Why it does not have what is wanted.' },
    carries: { ...count, description: 'The version of the services that it is known to carry.' },
    rows: object({ flows: count, groups: count }, ['flows', 'groups']),
    channel: CHANNEL,
  },
  ['id', 'peer', 'connected', 'role', 'openflow', 'description', 'ports'],
  'Switch',
);

const FLOW = object(
  {
    table: count,
    tableName: { type: 'string' },
    priority: count,
    purpose: { type: 'string', description: 'What the row is for.' },
    service: { type: 'string', description: 'The service that it belongs to, if to one.' },
    text: { type: 'string', description: 'What it matches, and what is done then.' },
    packets: count,
    bytes: count,
  },
  ['table', 'tableName', 'priority', 'purpose', 'text'],
  'Flow',
);

const FLOWS = object(
  {
    switch: dpid,
    flows: { type: 'array', items: FLOW },
    groups: {
      type: 'array',
      items: object({ id: count, text: { type: 'string', description: 'The choice that it makes.' } }, ['id', 'text']),
    },
  },
  ['switch', 'flows', 'groups'],
  'Flows',
);
