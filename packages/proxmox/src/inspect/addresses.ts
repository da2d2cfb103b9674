import type { GuestId } from '@ballast/core';
import { hasKind } from '../errors/proxmox-error.ts';
import type { Engine } from '../http/engine.ts';
import { findGuests } from '../observe/find.ts';
import type { Roster, RosterEntry } from '../observe/roster.ts';
import { together } from '../observe/together.ts';
import type { Api } from '../wire/api.ts';
import { properties, type Row, row, rows, text } from '../wire/fields.ts';

export interface AddressParts {
  readonly engine: Engine;
  readonly roster: Roster;
  readonly warn: (message: string) => void;
}

/** Reads addresses of guests: the agent's or the container's own word first, then what the configuration states. */
export class AddressReader {
  readonly #parts: AddressParts;

  constructor(parts: AddressParts) {
    this.#parts = parts;
  }

  /** IPv4 before IPv6; loopback and link-local ones are left out. A guest that tells none has an empty list. */
  async read(guests: readonly GuestId[], outer?: AbortSignal): Promise<Readonly<Record<GuestId, readonly string[]>>> {
    const { engine, roster } = this.#parts;
    const entries = await findGuests(guests, roster, engine.api({ signal: outer }));
    const found = await together<(readonly string[])[]>(outer, (signal) => {
      const api = engine.api({ signal });
      return entries.map((entry) => this.#readOne(entry, api));
    });
    const told = new Map(entries.map(({ id }, index) => [id, found[index] ?? []]));
    return Object.fromEntries(guests.map((id) => [id, told.get(id) ?? []]));
  }

  async #readOne(entry: RosterEntry, api: Api): Promise<readonly string[]> {
    const told = await this.#tolerate(entry, () => askGuest(entry, api));
    return told.length > 0 ? told : this.#tolerate(entry, () => askConfig(entry, api));
  }

  /** A guest without agent, or that is stopped, gone or forbidden, keeps no other from being read. */
  async #tolerate({ name }: RosterEntry, ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
    try {
      return await ask();
    } catch (error) {
      if (!hasKind(error, 'gone', 'conflict', 'permission', 'fatal', 'transient')) throw error;
      const expected = error.kind === 'gone' || error.kind === 'conflict';
      if (!expected) this.#parts.warn(`The addresses of ${name} could not be read: ${error.message}`);
      return [];
    }
  }
}

async function askGuest({ id, node, kind }: RosterEntry, api: Api): Promise<readonly string[]> {
  const place = api.nodes.$(node);
  if (kind === 'lxc') {
    const answer = await place.lxc.$(id).interfaces.$get();
    return answer === null ? [] : sorted(rows(answer, 'the interfaces').flatMap(ofInterface));
  }
  const answer = row(await place.qemu.$(id).agent['network-get-interfaces'].$get(), 'the interfaces');
  return sorted(rows(answer['result'] ?? [], 'the interfaces').flatMap(ofInterface));
}

async function askConfig({ id, node, kind }: RosterEntry, api: Api): Promise<readonly string[]> {
  const place = api.nodes.$(node);
  const config = row(await (kind === 'qemu' ? place.qemu : place.lxc).$(id).config.$get(), 'the configuration');
  const stated = kind === 'qemu' ? /^ipconfig\d+$/ : /^net\d+$/;
  const found = Object.keys(config)
    .filter((key) => stated.test(key))
    .sort((a, b) => Number(a.replace(/\D/g, '')) - Number(b.replace(/\D/g, '')))
    .flatMap((key) => {
      const { ip, ip6 } = properties(text(config, key)) as { readonly ip?: string; readonly ip6?: string };
      return [ip, ip6].filter((address) => address !== undefined).map(bare);
    });
  return sorted(found);
}

/** Bridges of container engines inside the guest: nobody outside reaches their addresses. */
const INSIDE = /^(?:lo$|docker|br-|veth|virbr|cni|flannel|cali|podman)/;

/** Both shapes: the agent's, and the container's of Proxmox VE 8 (`inet`, `inet6`). */
function ofInterface(from: Row): readonly string[] {
  if (INSIDE.test(text(from, 'name') ?? '')) return [];
  const listed = rows(from['ip-addresses'] ?? [], 'the addresses').flatMap((entry) => text(entry, 'ip-address') ?? []);
  return listed.length > 0
    ? listed
    : [text(from, 'inet'), text(from, 'inet6')].filter((a) => a !== undefined).map(bare);
}

/** `10.0.0.5/24` without its prefix. */
function bare(address: string): string {
  return address.split('/')[0] ?? address;
}

function sorted(addresses: readonly string[]): readonly string[] {
  const useful = addresses.filter((address) => isAddress(address) && !isLocal(address));
  return [...useful.filter((address) => !address.includes(':')), ...useful.filter((address) => address.includes(':'))];
}

/** Configurations say `dhcp`, `auto` or `manual` too. */
function isAddress(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(text) || /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text);
}

function isLocal(address: string): boolean {
  return /^(?:127\.|169\.254\.|::1$|fe[89ab])/i.test(address);
}
