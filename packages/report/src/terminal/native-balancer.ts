import type { BalancePolicy, ClusterSnapshot } from '@ballast/core';
import { count } from '../quantities.ts';

/** Guests named in a sentence; more are counted. */
const MOST_NAMES = 5;
const WHAT = "Proxmox VE's own balancer is on (crs: ha-auto-rebalance)";
const CURE =
  'Take ha-auto-rebalance out of `crs` in the options of the datacenter to switch it off, or set balance.coexistence to cede.';

/** What is to be known about the balancer that Proxmox VE brings itself. */
export interface NativeBalancerNote {
  readonly text: string;
  /** Two balancers move the same guests. */
  readonly warning: boolean;
}

/** What is on, whose guests it may move, and what Ballast does about them; nothing while it is off. */
export function nativeBalancerNote(
  { nativeBalancer, guests }: Pick<ClusterSnapshot, 'nativeBalancer' | 'guests'>,
  { coexistence = 'cede' }: Pick<BalancePolicy, 'coexistence'>,
): NativeBalancerNote | undefined {
  if (!nativeBalancer.active) return undefined;
  const set = `(balance.coexistence: ${coexistence})`;
  const found = nativeBalancer.guests;
  if (found.length === 0) {
    return {
      text: `${WHAT}, and there is no guest under HA for it to move: Ballast moves all ${set}.`,
      warning: false,
    };
  }
  const names = new Map(guests.map((guest) => [guest.id, guest.name]));
  const shown = found.slice(0, MOST_NAMES).map((id) => names.get(id) ?? String(id));
  const rest = found.length - shown.length;
  const whose = `${count(found.length, 'guest')} under HA (${shown.join(', ')}${rest === 0 ? '' : ` and ${rest} more`})`;
  if (coexistence === 'cede') {
    return {
      text: `${WHAT} and may move ${whose}: Ballast leaves them to it and moves the others alone ${set}.`,
      warning: false,
    };
  }
  return {
    text: `${WHAT} and may move ${whose}. Ballast moves them as well ${set}: two balancers may undo each other's moves. ${CURE}`,
    warning: true,
  };
}
