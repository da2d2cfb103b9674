import { type FlowEntry, fieldValue } from '@ballast/openflow';
import type { PlaceEvent } from '../placement/places.ts';
import type { Present } from '../reconcile/present.ts';
import { cookieOf, PURPOSE, purposeOf, TABLE } from '../services/identity.ts';
import type { Link } from '../services/model.ts';

/** Where the switch has members: those behind a port of its own, and the addresses of those that are elsewhere. */
export function placesIn(present: Present, dpid: bigint, links: readonly Link[]): readonly PlaceEvent[] {
  return present.flows.flatMap((flow): readonly PlaceEvent[] => {
    const way = wayIn(flow);
    if (way === undefined) return [];
    const { address, mac, port } = way;
    const leads = port === undefined || links.some((link) => link.dpid === dpid && link.port === port);
    return [{ type: 'carried', address, mac, ...(!leads && { at: { dpid, port } }) }];
  });
}

/** Whether any row is of a service, rather than of what all switches have. */
export function hasServices(present: Present): boolean {
  const shared = new Set((Object.keys(PURPOSE) as (keyof typeof PURPOSE)[]).map((purpose) => cookieOf(purpose)));
  return present.groups.length > 0 || present.flows.some(({ cookie }) => !shared.has(cookie));
}

interface Way {
  readonly address: string;
  readonly mac: string;
  /** Missing where the switch looks for the MAC by itself. */
  readonly port?: number;
}

/** Ports from here on are not ports, but what to do (OpenFlow 1.5.1, section 7.2.1.1: OFPP_MAX). */
const RESERVED_PORTS = 0xffff_ff00;

function wayIn({ tableId, cookie, match, instructions }: FlowEntry): Way | undefined {
  if (tableId !== TABLE.placement || purposeOf(cookie) !== 'placement') return undefined;
  const address = fieldValue(match, 'ipv4_dst') ?? fieldValue(match, 'ipv6_dst');
  const actions = instructions.flatMap((one) => ('actions' in one ? one.actions : []));
  let mac: string | undefined;
  let port: number | undefined;
  for (const action of actions) {
    if (action.type === 'set_field' && action.field === 'eth_dst') mac = action.value;
    if (action.type === 'output' && action.port < RESERVED_PORTS) port = action.port;
  }
  if (address === undefined || mac === undefined) return undefined;
  return { address, mac, ...(port !== undefined && { port }) };
}
