import type { Algorithm, GuestId, MemberState, Milliseconds, Ratio, Weight } from '@ballast/core';

/** A service as switches carry it: core's Service with its members resolved. */
export interface VirtualService {
  readonly name: string;
  readonly vip: { readonly address: string; readonly port: number };
  /** What ARP and neighbour discovery answer for the VIP; made of the address where it is left out. */
  readonly mac?: string;
  readonly protocol: 'tcp' | 'udp';
  readonly algorithm: Algorithm;
  /** A client stays with its member until it has opened no connection for `timeout`. */
  readonly persistence?: { readonly type: 'source-ip'; readonly timeout: Milliseconds };
  readonly members: readonly ServiceMember[];
}

export interface ServiceMember {
  readonly guest: GuestId;
  readonly address: string;
  readonly port: number;
  readonly weight: Weight;
  /** `drain`: no new connections; those that are open go on. */
  readonly state: MemberState;
  /** What the health monitor says; up where it is left out. */
  readonly health?: 'up' | 'down';
  /** The part of its weight that a returning member has, 0..1; 1 where it is left out. */
  readonly ramp?: Ratio;
}

/** Where a member is: which port of which switch leads to it. */
export interface Placement {
  readonly address: string;
  readonly mac: string;
  /** Unknown while the guest was told by its MAC alone: then switches find it as they find any host. */
  readonly at?: { readonly dpid: bigint; readonly port: number };
}

/** A port of one switch that leads to another switch. */
export interface Link {
  readonly dpid: bigint;
  readonly port: number;
  /** The switch that it leads to. */
  readonly to: bigint;
}

/** A member that left its pool while connections to it may be open: its return path and its placement stay. */
export interface Departure {
  readonly service: string;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** Key of a member within its service. */
export function endpointOf(member: { readonly address: string; readonly port: number }): string {
  return `${member.address}|${member.port}`;
}

export function placementsByAddress(placements: readonly Placement[]): ReadonlyMap<string, Placement> {
  return new Map(placements.map((placement) => [placement.address, placement]));
}
