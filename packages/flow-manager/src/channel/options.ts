import type { Clock, Milliseconds } from '@ballast/core';

/** Times and bounds of a connection; each has a default. */
export interface ChannelLimits {
  /** A hello and the answers to what is asked first must come within this. */
  readonly handshakeTimeout?: Milliseconds;
  /** Longest wait for the answer to a request. */
  readonly requestTimeout?: Milliseconds;
  /** After so long a silence the switch gets an echo request. */
  readonly probeInterval?: Milliseconds;
  /** The answer to it must come within this. */
  readonly probeTimeout?: Milliseconds;
  /** Packet-ins that may wait; past it the oldest are dropped. */
  readonly backlog?: number;
  /** Bytes that may wait to be written before packet-ins are held back. */
  readonly blockAt?: number;
  /** Bytes that may wait to be written before the connection is ended. */
  readonly maxUnwritten?: number;
  /** Parts of one answer, 64 kB each. */
  readonly maxParts?: number;
  /** Switches connected at once. */
  readonly maxConnections?: number;
}

export const CHANNEL_LIMITS: Required<ChannelLimits> = {
  handshakeTimeout: 5_000,
  requestTimeout: 10_000,
  probeInterval: 5_000,
  probeTimeout: 5_000,
  backlog: 1_024,
  blockAt: 256 * 1024,
  maxUnwritten: 32 * 1024 * 1024,
  maxParts: 1_024,
  maxConnections: 1_024,
};

/** PEM texts. With `ca` a switch must show a certificate that it signed, and is refused without. */
export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 for any that is free; OpenFlow's own is 6653. */
  readonly port: number;
  readonly tls?: TlsOptions;
  readonly clock: Clock;
  readonly limits?: ChannelLimits;
}

/** What happened on a connection since it began. */
export interface ChannelStats {
  readonly received: number;
  readonly sent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly echoes: number;
  readonly packetIns: number;
  /** Packet-ins that were dropped because nothing could be written. */
  readonly droppedPacketIns: number;
  /** Messages whose inside could not be read; they were left out. */
  readonly malformed: number;
  /** Errors that no pending request had caused. */
  readonly strayErrors: number;
}
