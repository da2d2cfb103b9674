import type { Algorithm, GuestId, Milliseconds, Monitor, Weight } from '@ballast/core';
import type { ListenConfig, LogConfig } from '../types.ts';

/** The flow manager's configuration file, read whole: defaults filled in, references to secrets and files resolved. */
export interface FlowManagerConfig {
  /** The file it was read from. */
  readonly source: string;
  /** Where switches connect to. */
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /** Others may reach it without TLS. */
    readonly insecure: boolean;
  };
  /** PEM texts. A switch must show a certificate that `ca` signed. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
  /** Where the REST API, /metrics and /healthz are served. */
  readonly rest: ListenConfig;
  readonly state: { readonly directory: string };
  readonly role: (typeof ROLES)[number];
  /** The fencing token that the role is taken with. */
  readonly generation: bigint;
  /** How long connections to a member that has left its service may go on. */
  readonly linger: Milliseconds;
  /** How long a returning member takes to its full weight. */
  readonly slowStart: Milliseconds;
  /** How often switches are looked at where nothing has changed. */
  readonly recheck: Milliseconds;
  readonly log: LogConfig;
  readonly services: readonly ServiceConfig[];
  readonly placements: readonly PlacementConfig[];
  /** Names of ports that lead to guests: a host that is heard at another port is not there. */
  readonly guestPorts: RegExp;
  readonly links: readonly LinkConfig[];
}

export const ROLES = ['equal', 'master', 'slave'] as const;

/** A service as the file states it. Addresses are in their one form. */
export interface ServiceConfig {
  readonly name: string;
  readonly vip: { readonly address: string; readonly port: number };
  /** Answered for the VIP; made of its address where it is left out. */
  readonly mac?: string;
  readonly protocol: 'tcp' | 'udp';
  readonly algorithm: Algorithm;
  readonly persistence?: { readonly type: 'source-ip'; readonly timeout: Milliseconds };
  readonly monitor?: Monitor;
  readonly members: readonly MemberConfig[];
}

export interface MemberConfig {
  readonly guest: GuestId;
  readonly address: string;
  readonly port: number;
  /** Left to whoever sets weights where it is left out; 1 at first. */
  readonly weight?: Weight;
}

/** Where a member is. Without `at`, its port is learned from the switches. */
export interface PlacementConfig {
  readonly address: string;
  readonly mac: string;
  readonly at?: { readonly dpid: bigint; readonly port: number };
}

/** A port of a switch that leads to another switch. */
export interface LinkConfig {
  readonly dpid: bigint;
  readonly port: number;
  readonly to: bigint;
}
