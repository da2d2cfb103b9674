import type { BytesPerSecond, Clock, Guest, GuestFacts, GuestId, Instant, Milliseconds, NodeName } from '@ballast/core';
import { hasCode, hasKind, type ProxmoxError } from '../errors/proxmox-error.ts';
import type { RoundBudget } from '../http/budget.ts';
import type { Engine } from '../http/engine.ts';
import { findGuests } from '../observe/find.ts';
import type { Roster, RosterEntry } from '../observe/roster.ts';
import { together } from '../observe/together.ts';
import type { VersionBook } from '../observe/version.ts';
import { type Api, lxcPreconditions } from '../wire/api.ts';
import { row, text } from '../wire/fields.ts';
import { readContainerDisks } from './container-disks.ts';
import { localDisk, storageOnTarget } from './disk-room.ts';
import { composeFacts, type Findings } from './facts.ts';
import { explainRefusal, type Preconditions, readPreconditions } from './preconditions.ts';
import { ProcessorBook, processorNeed } from './processors.ts';
import type { Replication, ReplicationBook } from './replication.ts';

/** Facts stand in snapshots for this long; then the digest of the configuration is asked for again. */
const TRUST: Milliseconds = 10 * 60_000;
/** With an unchanged digest they are good for this long: storages and HA rules change without it. */
const KEEP: Milliseconds = 60 * 60_000;

/** What a guest takes: its configuration and its preconditions. */
const REQUESTS = 2;

interface Known {
  readonly found: Findings;
  readonly replication: Replication | undefined;
  /** When Proxmox VE was asked for the preconditions. */
  readonly readAt: Instant;
  /** When the digest was last seen unchanged. */
  readonly checkedAt: Instant;
}

export interface InspectorParts {
  readonly engine: Engine;
  readonly budget: RoundBudget;
  readonly clock: Clock;
  readonly roster: Roster;
  readonly version: VersionBook;
  readonly replications: ReplicationBook;
  /** Where local disks go, when they are copied along: Proxmox VE's parameter `targetstorage`. */
  readonly targetStorage: string | undefined;
  /** Learnt from the logs of migrations. */
  readonly dirtyRates: ReadonlyMap<GuestId, BytesPerSecond>;
  readonly warn: (message: string) => void;
  /** Told how many guests are put off to the next round. */
  readonly tellPutOff: (guests: number) => void;
}

/** Reads what costs requests per guest, and keeps it by the digest of the guest's configuration. */
export class Inspector {
  readonly #parts: InspectorParts;
  readonly #known = new Map<GuestId, Known>();
  readonly #processors: ProcessorBook;

  constructor(parts: InspectorParts) {
    this.#parts = parts;
    this.#processors = new ProcessorBook(parts.clock);
  }

  /**
   * Facts of candidates. A guest that is gone has none, nor has one that is put off to the next round, for the budget of this
   * one is used up; one that Proxmox VE would not move now says so of every node.
   */
  async inspect(guests: readonly GuestId[], outer?: AbortSignal): Promise<readonly GuestFacts[]> {
    const { engine, roster, replications, budget, tellPutOff } = this.#parts;
    const wanted = await findGuests(guests, roster, engine.api({ signal: outer }));
    const entries = wanted.slice(0, budget.guests(REQUESTS));
    if (entries.length < wanted.length) tellPutOff(wanted.length - entries.length);
    if (entries.length === 0) return [];
    const replicated = await replications.read(entries, engine.api({ signal: outer }));
    const found = await together<(Known | GuestFacts | undefined)[]>(outer, (signal) => {
      const api = engine.api({ signal });
      return entries.map((entry) => this.#inspectOne(entry, api, replicated.get(entry.id)));
    });
    const known = found.filter((one) => one !== undefined);
    await this.#readProcessors(known, engine.api({ signal: outer, retries: 0 }));
    return known.map((one) => ('found' in one ? this.#compose(one) : one));
  }

  /** Facts that are still good, of guests that are where they were. */
  known(guests: readonly Guest[]): Readonly<Record<GuestId, GuestFacts>> {
    const now = this.#parts.clock.now();
    const present = new Map(guests.map((guest) => [guest.id, guest.node]));
    for (const [id, { found }] of this.#known) if (present.get(id) !== found.node) this.#known.delete(id);
    const good = [...this.#known].filter(([, { checkedAt }]) => now - checkedAt < TRUST);
    return Object.fromEntries(good.map(([id, known]) => [id, this.#compose(known)]));
  }

  async #inspectOne(
    entry: RosterEntry,
    api: Api,
    replication: Replication | undefined,
  ): Promise<Known | GuestFacts | undefined> {
    const { id, node, kind } = entry;
    try {
      const { clock } = this.#parts;
      const place = api.nodes.$(node);
      const config = row(
        await (kind === 'qemu' ? place.qemu : place.lxc).$(id).config.$get(),
        `the configuration of guest ${id}`,
      );
      const digest = text(config, 'digest') ?? '';
      const now = clock.now();
      let known = this.#known.get(id);
      if (known?.found.node === node && known.found.digest === digest && now - known.readAt < KEEP) {
        known = { ...known, replication, checkedAt: now };
      } else {
        const found = this.#read(entry, digest, config, await this.#ask(entry, api));
        known = { found, replication, readAt: now, checkedAt: now };
      }
      this.#known.set(id, known);
      return known;
    } catch (error) {
      return this.#refusal(entry, error);
    }
  }

  /** Only where some guest asks for more than any host has; the hosts of these guests first. */
  async #readProcessors(known: readonly (Known | GuestFacts)[], api: Api): Promise<void> {
    const asking = known.flatMap((one) => ('found' in one && one.found.processor !== undefined ? one.found.node : []));
    if (asking.length === 0) return;
    const { budget, roster } = this.#parts;
    // A few in any round, or with a small budget these guests would stay for ever.
    await this.#processors.read([...asking, ...roster.nodes], api, Math.max(3, Math.floor(budget.left / 2)));
  }

  async #ask({ id, node, kind }: RosterEntry, api: Api): Promise<Preconditions> {
    if (kind === 'qemu') return readPreconditions(await api.nodes.$(node).qemu.$(id).migrate.$get());
    const { major } = await this.#parts.version.read(api);
    return readPreconditions(major >= 9 ? await lxcPreconditions(api, node, id) : {});
  }

  #read(
    { id, kind, node }: RosterEntry,
    digest: string,
    config: ReturnType<typeof row>,
    preconditions: Preconditions,
  ): Findings {
    const { roster, targetStorage } = this.#parts;
    const container = readContainerDisks(kind === 'lxc' ? config : {}, (storage) => roster.storages.isShared(storage));
    const copied = preconditions.localDisks.filter((disk) => !disk.cdrom);
    const processor = kind === 'qemu' ? processorNeed(text(config, 'cpu')) : undefined;
    const images = preconditions.localDisks.filter((disk) => disk.cdrom).map((disk) => disk.volume);
    return {
      guest: id,
      kind,
      node,
      digest,
      disks: [...copied.map(({ volume, size }) => localDisk(volume, size)), ...container.local],
      localResources: [...preconditions.localResources, ...images, ...container.bound],
      refused: refusedBy(preconditions, targetStorage),
      ...(processor === undefined ? {} : { processor }),
    };
  }

  #compose({ found, replication }: Known): GuestFacts {
    const { roster, targetStorage, dirtyRates } = this.#parts;
    const { nodes, storages } = roster;
    const facts = composeFacts(found, {
      nodes,
      storages,
      replication,
      targetStorage,
      processorOf: (node) => this.#processors.get(node),
      asked: (node) => this.#processors.asked(node),
    });
    const dirtyRate = dirtyRates.get(found.guest);
    return dirtyRate === undefined ? facts : { ...facts, dirtyRate };
  }

  /** What stands against one guest stops neither the others nor the round. */
  #refusal(entry: RosterEntry, error: unknown): GuestFacts | undefined {
    if (hasCode(error, 'proxmox-guest-gone', 'proxmox-node-unknown')) return undefined;
    if (!hasKind(error, 'conflict', 'permission') && !hasCode(error, 'proxmox-node-unreachable', 'proxmox-refused')) {
      throw error;
    }
    if (error.kind === 'permission') this.#parts.warn(wordsOf(error));
    const { roster } = this.#parts;
    return {
      guest: entry.id,
      digest: '',
      localDiskBytes: 0,
      localResources: [],
      refusedNodes: Object.fromEntries(roster.nodes.map((node) => [node, error.message])),
    };
  }
}

function wordsOf(error: ProxmoxError): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}

function refusedBy({ refused }: Preconditions, targetStorage: string | undefined): Readonly<Record<NodeName, string>> {
  return Object.fromEntries(
    [...refused].flatMap(([node, refusal]) => {
      const reason = explainRefusal(refusal, (storage) => storageOnTarget(storage, targetStorage) !== storage);
      return reason === undefined ? [] : [[node, reason]];
    }),
  );
}
