import { type Action, type Match, match, OFPCML_NO_BUFFER, OFPP_CONTROLLER } from '@ballast/openflow';
import type { DesiredFlow } from '../../desired.ts';
import { familyOf } from '../address.ts';
import { TABLE } from '../identity.ts';
import type { Link, Placement } from '../model.ts';
import { apply, ETH_ARP, ETH_RARP, ETH_TYPE, IP_ICMP, ipMatch, NORMAL, row } from './parts.ts';

/** The way from switch `dpid` to a member: the only row that changes when its guest migrates. */
export function placementRow(placement: Placement, dpid: bigint, links: readonly Link[]): DesiredFlow {
  const { address, mac } = placement;
  const face: Action = { type: 'set_field', field: 'eth_dst', value: mac };
  const fields = ipMatch(familyOf(address), 'dst', address);
  return row(TABLE.placement, 100, 'placement', fields, apply(face, wayTo(placement, dpid, links)));
}

/** Its own port, the port that leads to its switch, or wherever the switch has met its MAC. */
function wayTo({ at }: Placement, dpid: bigint, links: readonly Link[]): Action {
  if (at === undefined) return NORMAL;
  const port = at.dpid === dpid ? at.port : links.find((link) => link.dpid === dpid && link.to === at.dpid)?.port;
  return port === undefined ? NORMAL : { type: 'output', port, maxLen: 0 };
}

/**
 * A member that announces itself is seen by the controller, too: by ARP or a neighbour advertisement, as guests send
 * them, and by RARP, which QEMU sends for a guest that has arrived.
 */
export function watchRows(addresses: readonly string[]): readonly DesiredFlow[] {
  const watch = (fields: Match): DesiredFlow => row(TABLE.classify, 90, 'watch', fields, apply(TELL, NORMAL));
  return [
    watch(match({ eth_type: ETH_RARP })),
    ...addresses.map((address) =>
      watch(
        familyOf(address) === 4
          ? match({ eth_type: ETH_ARP, arp_spa: address })
          : match({
              eth_type: ETH_TYPE[6],
              ip_proto: IP_ICMP[6],
              icmpv6_type: 136,
              icmpv6_code: 0,
              ipv6_nd_target: address,
            }),
      ),
    ),
  ];
}

const TELL: Action = { type: 'output', port: OFPP_CONTROLLER, maxLen: OFPCML_NO_BUFFER };
