import type { GuestId, Ratio, Weight } from '@ballast/core';

/** Roles of a flow manager at a switch, as OpenFlow has them. */
export const SWITCH_ROLES = ['master', 'slave', 'equal'] as const;
export type SwitchRole = (typeof SWITCH_ROLES)[number];

/** How a flow manager stands at one moment, as a scrape wants to know it. */
export interface FlowManagerReading {
  readonly role: SwitchRole;
  /** The fencing token that the role is taken with. */
  readonly generation: bigint;
  /** Of what is wanted. */
  readonly version: number;
  /** Those that are connected. */
  readonly switches: readonly SwitchReading[];
  readonly services: readonly ServiceReading[];
}

export interface SwitchReading {
  /** The datapath id. */
  readonly id: string;
  /** Address and port of the switch's end: tells one connection from the next. */
  readonly peer: string;
  readonly role: string;
  /** The OpenFlow version that is spoken, such as `1.5`. */
  readonly openflow: string;
  /** The version of what is wanted that the switch is known to carry. */
  readonly carries?: number;
  /** Why it does not carry what is wanted, where it was tried. */
  readonly problem?: string;
  readonly rows?: { readonly flows: number; readonly groups: number };
  readonly channel: ChannelReading;
}

/** What happened on one connection since it began. */
export interface ChannelReading {
  readonly received: number;
  readonly sent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly echoes: number;
  readonly packetIns: number;
  readonly droppedPacketIns: number;
  readonly malformed: number;
  readonly strayErrors: number;
}

export interface ServiceReading {
  readonly name: string;
  readonly members: readonly MemberReading[];
}

/** States of a member; `held`: drained by a person. */
export const MEMBER_STATES = ['ready', 'drain', 'held'] as const;

export interface MemberReading {
  readonly guest: GuestId;
  readonly address: string;
  readonly port: number;
  readonly state: (typeof MEMBER_STATES)[number];
  readonly health: 'up' | 'down';
  readonly weight: Weight;
  readonly ramp: Ratio;
  /** Whether it is known how it is reached. */
  readonly placed: boolean;
  /** Open connections, where they are counted. */
  readonly open?: number;
}
