import type { BytesPerSecond, Clock, Guest, GuestFacts, GuestId, Instant, Milliseconds, NodeName } from '@ballast/core';
import { hasCode, hasKind, type ProxmoxError } from '../errors/proxmox-error.ts';
import type { Engine } from '../http/engine.ts';
import { findGuests } from '../observe/find.ts';
import type { Roster, RosterEntry } from '../observe/roster.ts';
import { together } from '../observe/together.ts';
import type { VersionBook } from '../observe/version.ts';
import { type Api, lxcPreconditions } from '../wire/api.ts';
import { row, rows, text } from '../wire/fields.ts';
import { readContainerDisks } from './container-disks.ts';
import { explainRefusal, type Preconditions, readPreconditions } from './preconditions.ts';

/** Facts stand in snapshots for this long; then the digest of the configuration is asked for again. */
const TRUST: Milliseconds = 10 * 60_000;
/** With an unchanged digest they are good for this long: storages and HA rules change without it. */
const KEEP: Milliseconds = 60 * 60_000;

interface Known {
  readonly facts: GuestFacts;
  readonly node: NodeName;
  /** When Proxmox VE was asked for the preconditions. */
  readonly readAt: Instant;
  /** When the digest was last seen unchanged. */
  readonly checkedAt: Instant;
}

export interface InspectorParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly roster: Roster;
  readonly version: VersionBook;
  /** Local disks go to a storage of the user's choice: the same one need not exist on the target. */
  readonly storageIsMapped: boolean;
  /** Learnt from the logs of migrations. */
  readonly dirtyRates: ReadonlyMap<GuestId, BytesPerSecond>;
  readonly warn: (message: string) => void;
}

/** Reads what costs requests per guest, and keeps it by the digest of the guest's configuration. */
export class Inspector {
  readonly #parts: InspectorParts;
  readonly #known = new Map<GuestId, Known>();

  constructor(parts: InspectorParts) {
    this.#parts = parts;
  }

  /** Facts of candidates. A guest that is gone has none; one that Proxmox VE would not move now says so of every node. */
  async inspect(guests: readonly GuestId[], outer?: AbortSignal): Promise<readonly GuestFacts[]> {
    const { engine, roster } = this.#parts;
    const entries = await findGuests(guests, roster, engine.api({ signal: outer }));
    if (entries.length === 0) return [];
    const found = await together<(GuestFacts | undefined)[]>(outer, (signal) => {
      const api = engine.api({ signal });
      const replicas = askReplicas(api);
      return entries.map((entry) => this.#inspectOne(entry, api, replicas));
    });
    return found.filter((facts) => facts !== undefined);
  }

  /** Facts that are still good, of guests that are where they were. */
  known(guests: readonly Guest[]): Readonly<Record<GuestId, GuestFacts>> {
    const now = this.#parts.clock.now();
    const present = new Map(guests.map((guest) => [guest.id, guest.node]));
    for (const [id, { node }] of this.#known) if (present.get(id) !== node) this.#known.delete(id);
    const good = [...this.#known].filter(([, { checkedAt }]) => now - checkedAt < TRUST);
    return Object.fromEntries(good.map(([id, { facts }]) => [id, this.#withRate(facts)]));
  }

  async #inspectOne(
    entry: RosterEntry,
    api: Api,
    replicas: Promise<ReadonlyMap<GuestId, ReadonlySet<NodeName>>>,
  ): Promise<GuestFacts | undefined> {
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
      const known = this.#known.get(id);
      if (known?.node === node && known.facts.digest === digest && now - known.readAt < KEEP) {
        this.#known.set(id, { ...known, checkedAt: now });
        return this.#withRate(known.facts);
      }
      const preconditions = await this.#ask(entry, api);
      const targets = (await replicas).get(id);
      const facts = this.#compose(entry, digest, config, preconditions, targets);
      this.#known.set(id, { facts, node, readAt: now, checkedAt: now });
      return this.#withRate(facts);
    } catch (error) {
      return this.#refusal(entry, error);
    }
  }

  async #ask({ id, node, kind }: RosterEntry, api: Api): Promise<Preconditions> {
    if (kind === 'qemu') return readPreconditions(await api.nodes.$(node).qemu.$(id).migrate.$get());
    const { major } = await this.#parts.version.read(api);
    return readPreconditions(major >= 9 ? await lxcPreconditions(api, node, id) : {});
  }

  #compose(
    { id, kind }: RosterEntry,
    digest: string,
    config: ReturnType<typeof row>,
    preconditions: Preconditions,
    replicaTargets: ReadonlySet<NodeName> | undefined,
  ): GuestFacts {
    const { roster, storageIsMapped } = this.#parts;
    const disks = readContainerDisks(kind === 'lxc' ? config : {}, (storage) => roster.isShared(storage));
    const copied = preconditions.localDisks.filter((disk) => !disk.cdrom);
    const images = preconditions.localDisks.filter((disk) => disk.cdrom).map((disk) => disk.volume);
    return {
      guest: id,
      digest,
      localDiskBytes: copied.reduce((sum, disk) => sum + disk.size, disks.localBytes),
      localResources: [...preconditions.localResources, ...images, ...disks.bound],
      refusedNodes: {
        ...refusedBy(preconditions, storageIsMapped),
        ...(replicaTargets === undefined ? {} : this.#notReplicated(replicaTargets)),
      },
    };
  }

  #notReplicated(targets: ReadonlySet<NodeName>): Readonly<Record<NodeName, string>> {
    const others = this.#parts.roster.nodes.filter((node) => !targets.has(node));
    return Object.fromEntries(others.map((node) => [node, 'the guest is replicated, and not to there']));
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

  #withRate(facts: GuestFacts): GuestFacts {
    const dirtyRate = this.#parts.dirtyRates.get(facts.guest);
    return dirtyRate === undefined ? facts : { ...facts, dirtyRate };
  }
}

function wordsOf(error: ProxmoxError): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}

function refusedBy({ refused }: Preconditions, storageIsMapped: boolean): Readonly<Record<NodeName, string>> {
  return Object.fromEntries(
    [...refused].flatMap(([node, refusal]) => {
      const reason = explainRefusal(refusal, storageIsMapped);
      return reason === undefined ? [] : [[node, reason]];
    }),
  );
}

/** A replicated guest moves live to the targets of its replication alone. */
async function askReplicas(api: Api): Promise<ReadonlyMap<GuestId, ReadonlySet<NodeName>>> {
  const targets = new Map<GuestId, Set<NodeName>>();
  try {
    for (const job of rows(await api.cluster.replication.$get(), 'the replication jobs')) {
      const guest = Number(text(job, 'guest'));
      const target = text(job, 'target');
      if (target !== undefined) targets.set(guest, (targets.get(guest) ?? new Set()).add(target));
    }
  } catch (error) {
    // The request that starts a migration is refused all the same; to know it before is an aid.
    if (!hasKind(error, 'gone', 'permission', 'fatal')) throw error;
  }
  return targets;
}
