import { canonicalAddress, canonicalMac } from '../services/address.ts';
import type { Link, Placement } from '../services/model.ts';

/** Where members are, and how it is known. A value: {@link place} makes the next one. */
export interface Places {
  readonly byAddress: ReadonlyMap<string, KnownPlace>;
  readonly links: readonly Link[];
}

export interface KnownPlace extends Placement {
  /** Told: the operator gave the MAC, and no host with another one is believed. */
  readonly by: 'told' | 'learned';
}

export type PlaceEvent =
  /** The operator knows a member's MAC, and perhaps its port. Without a port, what was seen of it stays. */
  | {
      readonly type: 'told';
      readonly address: string;
      readonly mac: string;
      readonly at?: { readonly dpid: bigint; readonly port: number };
    }
  /** A host announced itself at a port; by its MAC alone where it sent no address. */
  | {
      readonly type: 'seen';
      readonly dpid: bigint;
      readonly port: number;
      readonly mac: string;
      readonly address?: string;
    }
  /** A port is gone, or with no `port` the whole switch: what was there is somewhere else, or nowhere. */
  | { readonly type: 'gone'; readonly dpid: bigint; readonly port?: number }
  /** A switch carries a row for the address, put there before this controller came: it knows no better. */
  | {
      readonly type: 'carried';
      readonly address: string;
      readonly mac: string;
      readonly at?: { readonly dpid: bigint; readonly port: number };
    }
  | { readonly type: 'forgotten'; readonly address: string }
  | { readonly type: 'linked'; readonly links: readonly Link[] };

/** Why a sighting was not believed: it came over a link, where hosts of other switches are heard, or from another MAC. */
export type Disbelief = 'link' | 'other-mac' | 'unknown-mac';

export interface PlaceOutcome {
  readonly places: Places;
  /** Addresses whose placement changed: rows of one table on each switch. */
  readonly changed: readonly string[];
  readonly disbelieved?: Disbelief;
}

export const NO_PLACES: Places = { byAddress: new Map(), links: [] };

/** What is known of members' places after an event. The newest word counts, as long as it is about the same host. */
export function place(places: Places, event: PlaceEvent): PlaceOutcome {
  switch (event.type) {
    case 'told':
      return tell(places, event);
    case 'seen':
      return see(places, event);
    case 'gone':
      return lose(places, event);
    case 'carried':
      return carry(places, event);
    case 'forgotten':
      return forget(places, event.address);
    case 'linked':
      return { places: { ...places, links: event.links }, changed: [] };
  }
}

/** The placements to compile. */
export function placementsOf(places: Places): readonly Placement[] {
  return [...places.byAddress.values()].map(({ address, mac, at }) => ({
    address,
    mac,
    ...(at !== undefined && { at }),
  }));
}

function tell(places: Places, event: Extract<PlaceEvent, { type: 'told' }>): PlaceOutcome {
  const address = canonicalAddress(event.address);
  const mac = canonicalMac(event.mac);
  const known = places.byAddress.get(address);
  const at = event.at ?? (known?.mac === mac ? known.at : undefined);
  return put(places, [{ address, mac, by: 'told', ...(at !== undefined && { at }) }]);
}

function see(places: Places, event: Extract<PlaceEvent, { type: 'seen' }>): PlaceOutcome {
  const { dpid, port } = event;
  const disbelieve = (why: Disbelief): PlaceOutcome => ({ places, changed: [], disbelieved: why });
  if (places.links.some((link) => link.dpid === dpid && link.port === port)) return disbelieve('link');
  const mac = canonicalMac(event.mac);
  if (event.address === undefined) {
    const same = [...places.byAddress.values()].filter((known) => known.mac === mac);
    return same.length === 0
      ? disbelieve('unknown-mac')
      : put(
          places,
          same.map((known) => ({ ...known, at: { dpid, port } })),
        );
  }
  const address = canonicalAddress(event.address);
  const known = places.byAddress.get(address);
  if (known?.by === 'told' && known.mac !== mac) return disbelieve('other-mac');
  // A guest has one port for all of its addresses: those that did not speak have moved, too.
  const same = [...places.byAddress.values()].filter((other) => other.mac === mac && other.address !== address);
  const own: KnownPlace = { address, mac, at: { dpid, port }, by: known?.by ?? 'learned' };
  return put(places, [own, ...same.map((other) => ({ ...other, at: { dpid, port } }))]);
}

/** A way that is known stays, and so does a MAC that was told. */
function carry(places: Places, event: Extract<PlaceEvent, { type: 'carried' }>): PlaceOutcome {
  const address = canonicalAddress(event.address);
  const mac = canonicalMac(event.mac);
  const known = places.byAddress.get(address);
  const { at } = event;
  if (known !== undefined && (known.at !== undefined || at === undefined)) return { places, changed: [] };
  if (known?.by === 'told' && known.mac !== mac) return { places, changed: [], disbelieved: 'other-mac' };
  return put(places, [{ address, mac, by: known?.by ?? 'learned', ...(at !== undefined && { at }) }]);
}

function lose(places: Places, event: Extract<PlaceEvent, { type: 'gone' }>): PlaceOutcome {
  const there = [...places.byAddress.values()].filter(
    ({ at }) => at?.dpid === event.dpid && (event.port === undefined || at.port === event.port),
  );
  return put(
    places,
    there.map(({ address, mac, by }) => ({ address, mac, by })),
  );
}

function forget(places: Places, text: string): PlaceOutcome {
  const address = canonicalAddress(text);
  if (!places.byAddress.has(address)) return { places, changed: [] };
  const byAddress = new Map(places.byAddress);
  byAddress.delete(address);
  return { places: { ...places, byAddress }, changed: [address] };
}

function put(places: Places, entries: readonly KnownPlace[]): PlaceOutcome {
  const byAddress = new Map(places.byAddress);
  for (const entry of entries) byAddress.set(entry.address, entry);
  const changed = entries.filter((entry) => !samePlace(entry, places.byAddress.get(entry.address)));
  return { places: { ...places, byAddress }, changed: changed.map(({ address }) => address) };
}

function samePlace(a: Placement, b: Placement | undefined): boolean {
  return b !== undefined && a.mac === b.mac && a.at?.dpid === b.at?.dpid && a.at?.port === b.at?.port;
}
