import type { Registry } from 'prom-client';
import type { BoundedLabel } from '../bounded.ts';
import { counter } from '../instruments.ts';
import { FLOW_MANAGER_METRICS as NAMES } from '../names/index.ts';
import type { ChannelReading } from './reading.ts';

/** One connection of one switch, and what happened on it so far. */
export interface ConnectionReading {
  readonly id: string;
  readonly peer: string;
  readonly channel: ChannelReading;
}

interface Known {
  readonly channel: ChannelReading;
  readonly round: number;
}

const NOTHING: ChannelReading = {
  received: 0,
  sent: 0,
  bytesReceived: 0,
  bytesSent: 0,
  echoes: 0,
  packetIns: 0,
  droppedPacketIns: 0,
  malformed: 0,
  strayErrors: 0,
};

/**
 * Counters of switches, made of the counts of their connections: those begin at 0 with each connection, these go on. A
 * connection is known by switch and peer.
 */
export class ChannelCounters {
  readonly #add: (id: string, grown: ChannelReading) => void;
  readonly #known = new Map<string, Known>();
  #round = 0;

  constructor(registry: Registry, switches: BoundedLabel) {
    const add = channelCounters(registry);
    this.#add = (id, grown) => add(switches.of(id), grown);
  }

  /** All connections that are open. */
  read(connections: readonly ConnectionReading[]): void {
    this.#round += 1;
    for (const connection of connections) this.#count(connection);
    // The end of a connection may be told a little after it is missing for the first time.
    for (const [key, { round }] of this.#known) if (round < this.#round - 1) this.#known.delete(key);
  }

  /** What a connection came to that has ended: what happened after it was last read is not lost. */
  end(connection: ConnectionReading): void {
    this.#count(connection);
    this.#known.delete(keyOf(connection));
  }

  #count(connection: ConnectionReading): void {
    const before = this.#known.get(keyOf(connection))?.channel ?? NOTHING;
    this.#add(connection.id, grownBy(connection.channel, before));
    this.#known.set(keyOf(connection), { channel: connection.channel, round: this.#round });
  }
}

function keyOf({ id, peer }: ConnectionReading): string {
  return `${id} ${peer}`;
}

/** Never below 0: a counter that went back was begun anew. */
function grownBy(now: ChannelReading, before: ChannelReading): ChannelReading {
  const grown = (key: keyof ChannelReading): number => (now[key] < before[key] ? now[key] : now[key] - before[key]);
  return {
    received: grown('received'),
    sent: grown('sent'),
    bytesReceived: grown('bytesReceived'),
    bytesSent: grown('bytesSent'),
    echoes: grown('echoes'),
    packetIns: grown('packetIns'),
    droppedPacketIns: grown('droppedPacketIns'),
    malformed: grown('malformed'),
    strayErrors: grown('strayErrors'),
  };
}

function channelCounters(registry: Registry): (id: string, grown: ChannelReading) => void {
  const messages = counter(registry, NAMES.messages);
  const bytes = counter(registry, NAMES.bytes);
  const echoes = counter(registry, NAMES.echoes);
  const packetIns = counter(registry, NAMES.packetIns);
  const dropped = counter(registry, NAMES.packetInsDropped);
  const malformed = counter(registry, NAMES.malformed);
  const stray = counter(registry, NAMES.strayErrors);

  return (id, grown) => {
    messages.inc({ switch: id, direction: 'received' }, grown.received);
    messages.inc({ switch: id, direction: 'sent' }, grown.sent);
    bytes.inc({ switch: id, direction: 'received' }, grown.bytesReceived);
    bytes.inc({ switch: id, direction: 'sent' }, grown.bytesSent);
    echoes.inc({ switch: id }, grown.echoes);
    packetIns.inc({ switch: id }, grown.packetIns);
    dropped.inc({ switch: id }, grown.droppedPacketIns);
    malformed.inc({ switch: id }, grown.malformed);
    stray.inc({ switch: id }, grown.strayErrors);
  };
}
