import type { Clock, Milliseconds } from '@ballast/core';
import type { ChannelLimits, ChannelStats, TlsOptions } from '../channel/options.ts';
import type { Settled } from '../controller/controller.ts';
import type { Role } from '../datapath/roles.ts';
import type { SwitchSummary } from '../datapath/summary.ts';
import type { Health } from '../monitors/health.ts';
import type { MonitorTarget, Probe } from '../monitors/watch.ts';
import type { Outcome } from '../reconcile/reconcile.ts';
import type { Registry } from '../registry/registry.ts';
import type { TimedDeparture } from '../services/departures.ts';

export interface BalancerOptions {
  /** Where switches connect to; port 6653 is OpenFlow's own. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: TlsOptions;
  /** What is wanted. Read and changed: what switches and monitors tell of members goes into it. */
  readonly registry: Registry;
  readonly clock: Clock;
  /** Equal to all controllers of a switch where it is left out: then this one writes, and nobody is fenced off. */
  readonly lead?: Lead;
  /** Names of ports that lead to guests: a host that is heard at another port is not there. All ports where it is left out. */
  readonly guestPorts?: RegExp;
  /** How long connections to a member that has left its pool may go on. */
  readonly linger?: Milliseconds;
  /** How long a member that has come back takes to grow to its full weight. */
  readonly slowStart?: Milliseconds;
  /** How often switches are looked at where nothing has changed. */
  readonly recheckInterval?: Milliseconds;
  readonly limits?: ChannelLimits;
  /** Of members with a monitor; the real probes where it is left out. */
  readonly probe?: Probe;
  /** Members that had left their pools when this one was stopped, and whose connections may still be open. */
  readonly departures?: readonly TimedDeparture[];
  readonly events?: BalancerEvents;
}

/** A role at all switches, and the fencing token it is taken with. */
export interface Lead {
  readonly role: Role;
  readonly generation: bigint;
}

/** Who is told what happens. Called in the turn in which it happens; they must not wait. */
export interface BalancerEvents {
  connected?(switchId: string, peer: string): void;
  /** `last`: what the connection came to. */
  disconnected?(switchId: string, reason: Error, last: { readonly peer: string; readonly channel: ChannelStats }): void;
  /** A switch did not have what is wanted, and has it now. */
  reconciled?(switchId: string, outcome: Outcome, took: Milliseconds): void;
  /** Something went wrong; with a switch where one is named. What can be tried again is. */
  failed?(error: unknown, switchId: string | undefined): void;
  /** The switch made this controller another role: somebody else leads. */
  role?(switchId: string, role: Role): void;
  health?(target: MonitorTarget, health: Health): void;
}

/** A running flow manager without its REST API: switches that carry what a registry says. */
export interface Balancer {
  readonly address: { readonly host: string; readonly port: number };
  readonly role: Role;
  readonly generation: bigint;
  /** The switches that are connected, in the order of their ids. */
  switches(): readonly SwitchState[];
  /** Open connections of each service with least connections, by member; what has been counted so far. */
  connections(): readonly ServiceConnections[];
  /** Ballast's flows and groups as a switch has them now; `undefined` where no such switch is connected. */
  flows(switchId: string): Promise<FlowsOfSwitch | undefined>;
  /** To be kept on disk, and given to the next one. */
  departures(): readonly TimedDeparture[];
  /** Takes a role at all switches. Whoever becomes master goes on from what the switches carry. */
  lead(lead: Lead): Promise<readonly Settled[]>;
  /** Resolves when every switch that is connected has what the registry says now, or has failed to take it. */
  settled(): Promise<void>;
  /** Ends all connections and probes. What was put on the switches goes on working. */
  stop(): Promise<void>;
}

export interface SwitchState extends SwitchSummary {
  /** The registry's version that the switch is known to carry. */
  readonly carries?: number;
  readonly channel: ChannelStats;
  /** Ballast's rows, as they were last read or written. */
  readonly rows?: { readonly flows: number; readonly groups: number };
}

export interface ServiceConnections {
  readonly service: string;
  readonly members: readonly {
    readonly guest: number;
    readonly address: string;
    readonly port: number;
    readonly open: number;
  }[];
}

/** What a switch carries, for a person. */
export interface FlowsOfSwitch {
  readonly flows: readonly FlowLine[];
  readonly groups: readonly { readonly id: number; readonly text: string }[];
}

export interface FlowLine {
  readonly table: number;
  readonly tableName: string;
  readonly priority: number;
  readonly purpose: string;
  readonly service?: string;
  /** The row in words: what it matches, what it does. */
  readonly text: string;
  readonly packets?: number;
  readonly bytes?: number;
}
