import type { Clock, Milliseconds } from '@ballast/core';
import { fieldValue, OFPP_NORMAL, OFPPR_DELETE, type PacketIn, type PortStatus } from '@ballast/openflow';
import type { Datapath } from '../datapath/datapath.ts';
import { sightingOf } from '../placement/sighting.ts';
import { type Asker, solicitation } from '../placement/solicitation.ts';
import { putPlace } from '../registry/members.ts';
import type { Registry } from '../registry/registry.ts';
import { familyOf } from '../services/address.ts';
import { virtualMac } from '../services/identity.ts';

/** First pause before a member that was not found is asked for again; it doubles up to {@link LAST_PAUSE}. */
const FIRST_PAUSE: Milliseconds = 250;
const LAST_PAUSE: Milliseconds = 30_000;

/** Keeps track of where members are: hears them announce themselves, and asks for those that it has not heard of. */
export class Whereabouts {
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #switches: () => Iterable<Datapath>;
  readonly #guestPorts: RegExp | undefined;
  readonly #ended = new AbortController();
  /** Who was looked for when the pause began anew. */
  #missing = '';
  #asking = false;
  #pause = FIRST_PAUSE;

  constructor(parts: {
    readonly registry: Registry;
    readonly clock: Clock;
    readonly switches: () => Iterable<Datapath>;
    readonly guestPorts: RegExp | undefined;
  }) {
    this.#registry = parts.registry;
    this.#clock = parts.clock;
    this.#switches = parts.switches;
    this.#guestPorts = parts.guestPorts;
  }

  /** A packet that a row for watching has told of. Ports that lead out of the switch hear hosts of all the others. */
  heard(datapath: Datapath, packet: PacketIn): void {
    const sighting = sightingOf(packet.data);
    const port = fieldValue(packet.match, 'in_port');
    if (sighting === undefined || port === undefined) return;
    if (this.#guestPorts?.test(datapath.ports.get(port)?.name ?? '') === false) return;
    this.#registry.change((state) => putPlace(state, { type: 'seen', dpid: datapath.id, port, ...sighting }));
  }

  /** Whoever was behind a port that is gone is somewhere else now. */
  portChanged(datapath: Datapath, { reason, port }: PortStatus): void {
    if (reason !== OFPPR_DELETE) return;
    this.#registry.change((state) => putPlace(state, { type: 'gone', dpid: datapath.id, port: port.portNo }));
  }

  /** Asks one switch for all members: what is known of them may be from before a restart. */
  greet(datapath: Datapath): void {
    this.#ask([datapath], this.#askers());
  }

  /** Goes on asking as long as somebody is missing. */
  look(): void {
    const missing = [...this.#missingMembers().keys()].join(' ');
    if (missing !== this.#missing) this.#pause = FIRST_PAUSE;
    this.#missing = missing;
    if (missing !== '' && !this.#asking) void this.#askOnAndOn();
  }

  stop(): void {
    this.#ended.abort();
  }

  async #askOnAndOn(): Promise<void> {
    this.#asking = true;
    for (;;) {
      const missing = this.#missingMembers();
      if (missing.size === 0 || this.#ended.signal.aborted) break;
      this.#ask(this.#switches(), missing);
      const pause = this.#pause;
      this.#pause = Math.min(LAST_PAUSE, pause * 2);
      await this.#clock.sleep(pause, this.#ended.signal).catch(() => undefined);
    }
    this.#asking = false;
  }

  #missingMembers(): ReadonlyMap<string, Asker> {
    const { byAddress } = this.#registry.state.places;
    return new Map([...this.#askers()].filter(([address]) => byAddress.get(address)?.at === undefined));
  }

  /** Each member's address, and the VIP that asks for it. */
  #askers(): ReadonlyMap<string, Asker> {
    const askers = new Map<string, Asker>();
    for (const { service } of this.#registry.state.services.values()) {
      const { vip, mac, members } = service;
      const asker = { address: vip.address, mac: mac ?? virtualMac(vip.address) };
      for (const { address } of members) {
        if (familyOf(address) === familyOf(vip.address) && !askers.has(address)) askers.set(address, asker);
      }
    }
    return askers;
  }

  #ask(switches: Iterable<Datapath>, wanted: ReadonlyMap<string, Asker>): void {
    for (const datapath of switches) {
      if (datapath.role === 'slave' || !datapath.connected) continue;
      for (const [address, asker] of wanted) {
        datapath.packetOut({
          actions: [{ type: 'output', port: OFPP_NORMAL, maxLen: 0 }],
          data: solicitation(asker, address),
        });
      }
    }
  }
}
