import {
  type Action,
  fieldValue,
  keptActions,
  NX_OFPP_IN_PORT,
  type PacketIn,
  type PacketOut,
  packetOut,
} from '@ballast/openflow';
import { TABLE } from './identity.ts';
import type { Share } from './maglev.ts';

/** Open connections by key of the member; a member that is missing has none. */
export type ConnectionCounts = ReadonlyMap<string, number>;

/**
 * The member that a new connection goes to: the one with the fewest connections for its weight, this one counted. Of
 * equals the heavier one, then the first by key. `undefined` if none has a weight.
 */
export function leastLoaded(shares: readonly Share[], counts: ConnectionCounts): string | undefined {
  let best: { readonly share: Share; readonly load: number } | undefined;
  for (const share of shares) {
    if (share.weight <= 0) continue;
    const load = ((counts.get(share.key) ?? 0) + 1) / share.weight;
    if (best === undefined || load < best.load || (load === best.load && comesBefore(share, best.share))) {
      best = { share, load };
    }
  }
  return best?.share.key;
}

function comesBefore(a: Share, b: Share): boolean {
  return a.weight === b.weight ? a.key < b.key : a.weight > b.weight;
}

/** The answer to a packet that was punted: the same packet, bound to the member of that id. */
export function admission({ match, data }: PacketIn, memberId: number): PacketOut {
  return packetOut({ inPort: fieldValue(match, 'in_port') ?? 0, actions: bindingTo(memberId), data });
}

/** By member id. Members come and go; past this many, those of the past are forgotten with the others. */
const BINDINGS = new Map<number, readonly Action[]>();
const MOST_BINDINGS = 4096;

function bindingTo(memberId: number): readonly Action[] {
  const known = BINDINGS.get(memberId);
  if (known !== undefined) return known;
  if (BINDINGS.size >= MOST_BINDINGS) BINDINGS.clear();
  const actions = keptActions([
    { type: 'set_field', field: 'reg1', value: memberId },
    { type: 'resubmit', port: NX_OFPP_IN_PORT, table: TABLE.member },
  ]);
  BINDINGS.set(memberId, actions);
  return actions;
}
