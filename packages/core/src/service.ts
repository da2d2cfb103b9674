import type { GuestId } from './guest.ts';
import type { Milliseconds, Ratio } from './units.ts';

/** How a load balancer spreads connections. LBaaS words. */
export type Algorithm = 'weighted' | 'round-robin' | 'least-connections' | 'source-ip';
export type Protocol = 'tcp' | 'udp' | 'http';

export interface Persistence {
  readonly type: 'source-ip' | 'cookie';
  readonly timeout: Milliseconds;
}

/** A health check, in the words of LBaaS. */
export interface Monitor {
  readonly type: 'ping' | 'tcp' | 'http';
  readonly delay: Milliseconds;
  readonly timeout: Milliseconds;
  /** Successes before a member is taken back. */
  readonly maxRetries: number;
  /** Failures before a member is taken out. */
  readonly maxRetriesDown: number;
  readonly http?: { readonly method: string; readonly path: string; readonly expectedCodes: readonly number[] };
}

/** Sends requests that match to another pool (layer 7). */
export interface Route {
  readonly match: { readonly host?: string; readonly pathPrefix?: string };
  readonly pool: string;
}

/** Chooses the guests of a pool; a guest that matches any of the lists is a member. */
export interface MemberSelector {
  readonly tags: readonly string[];
  /** Resource pools of Proxmox VE. */
  readonly pools: readonly string[];
  readonly guests: readonly GuestId[];
}

export interface Pool {
  readonly members: MemberSelector;
  /** The port of every member. */
  readonly port: number;
}

/** Where a service is carried: a target, and the driver's own options for this service, such as a backend's name. */
export interface Carrier {
  readonly target: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Something that clients reach at one address and that several guests serve. Every target compiles from this model. */
export interface Service {
  readonly name: string;
  readonly vip?: { readonly address: string; readonly port: number };
  readonly protocol: Protocol;
  readonly algorithm: Algorithm;
  readonly persistence?: Persistence;
  readonly monitor?: Monitor;
  readonly routes: readonly Route[];
  readonly pool: Pool;
  readonly carriers: readonly Carrier[];
  /** What a member's weight does while its guest migrates live: falls, or the member is drained. */
  readonly whileMigrating: 'reduce' | 'drain';
  /**
   * The share of a member's CPU usage that follows its traffic, 0..1. Decides how much of a node's load
   * the plan may expect a new weight to take away; 0 takes the load as it is.
   */
  readonly trafficShare: Ratio;
}

/** A guest that serves a service now. */
export interface Member {
  readonly guest: GuestId;
  readonly name: string;
  readonly address?: string;
  readonly port: number;
}
