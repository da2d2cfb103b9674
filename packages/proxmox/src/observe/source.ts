import type {
  CallOptions,
  Clock,
  ClusterSnapshot,
  ClusterSource,
  GuestFacts,
  GuestId,
  Instant,
  Milliseconds,
  Node,
  NodeName,
} from '@ballast/core';
import { hasCode } from '../errors/proxmox-error.ts';
import type { RoundBudget } from '../http/budget.ts';
import type { Engine } from '../http/engine.ts';
import { linked } from '../http/linked.ts';
import type { AddressReader } from '../inspect/addresses.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { compileHaRules } from '../rules/ha-rules.ts';
import { compileTags } from '../rules/tags.ts';
import { type Api, haRules } from '../wire/api.ts';
import { number, type Row, rows, text } from '../wire/fields.ts';
import { Freshness, requireComplete, requireQuorum } from './completeness.ts';
import { readGuest } from './guests.ts';
import { type HaResource, type HaRule, readHaGroups, readHaResources, readHaRules, readMaintenance } from './ha.ts';
import { type NodeLabels, withLabels } from './labels.ts';
import type { Membership } from './membership.ts';
import type { MembershipBook } from './membership-book.ts';
import { readNativeBalancer } from './native-balancer.ts';
import { readNode } from './nodes.ts';
import { PressureBook } from './pressure.ts';
import { requireRightsOnGuests } from './rights.ts';
import { Roster } from './roster.ts';
import { readTasks } from './tasks.ts';
import { together } from './together.ts';
import type { VersionBook } from './version.ts';

export interface SourceParts {
  readonly cluster: string;
  readonly engine: Engine;
  readonly budget: RoundBudget;
  readonly identity: string;
  readonly clock: Clock;
  readonly maxAge: Milliseconds;
  readonly tagPrefixes: readonly string[];
  readonly labels: NodeLabels;
  /** Disks are copied along: what is free on the storages of the nodes matters. */
  readonly localDisks: boolean;
  readonly roster: Roster;
  readonly membership: MembershipBook;
  readonly version: VersionBook;
  readonly inspector: Inspector;
  readonly addresses: AddressReader;
  /** Told each problem once. */
  readonly warn: (message: string) => void;
}

/** What one look at the cluster brought, unread. */
interface Answers {
  readonly membership: Membership;
  readonly resources: readonly Row[];
  readonly tasks: unknown;
  readonly options: unknown;
  readonly ha: HaAnswers;
}

interface HaAnswers {
  readonly resources: readonly HaResource[];
  readonly rules: readonly HaRule[];
  readonly maintenance: ReadonlySet<NodeName>;
}

/**
 * Observes a cluster with eight requests, and one more per node and minute where there is pressure to read
 * (Proxmox VE 9): their number does not grow with the number of guests.
 */
export class ProxmoxSource implements ClusterSource {
  readonly #parts: SourceParts;
  readonly #freshness: Freshness;
  readonly #pressure: PressureBook;

  constructor(parts: SourceParts) {
    this.#parts = parts;
    this.#freshness = new Freshness(parts.maxAge);
    this.#pressure = new PressureBook(parts.clock);
  }

  async observe({ signal }: CallOptions = {}): Promise<ClusterSnapshot> {
    const { clock, engine, identity, roster, budget } = this.#parts;
    budget.begin();
    const takenAt = clock.now();
    const answers = await this.#ask(signal);
    const { membership, resources } = answers;
    const nodeRows = resources.filter((from) => text(from, 'type') === 'node');
    requireQuorum(membership);
    const guestRows = resources.filter((from) => Roster.guestId(from) !== undefined);
    const haStates = new Map(answers.ha.resources.map(({ guest, state }) => [guest, state]));
    const guests = guestRows.map((from) => readGuest(from, { offline: membership.offline, haStates }));
    const { maintenance } = answers.ha;
    // Checked before the pressure is read: it is not worth its requests on a snapshot that is refused.
    requireComplete(
      nodeRows.map((from) => readNode(from, { membership, maintenance, pressure: new Map() })),
      guests,
      membership,
    );
    if (guests.length === 0) await requireRightsOnGuests(engine.api({ signal }), identity);
    const pressure = await this.#readPressure(membership, signal);
    const nodes = withLabels(
      nodeRows.map((from) => readNode(from, { membership, maintenance, pressure })),
      this.#parts.labels,
      this.#parts.warn,
    );
    this.#freshness.requireSwift(takenAt, clock.now());
    this.#freshness.require(uptimesOf(nodeRows, membership.online), clock.now());
    roster.update(guests, resources);
    const free = (name: NodeName): Pick<Node, 'free'> =>
      this.#parts.localDisks ? { free: roster.storages.own(name) } : {};
    const roomy = nodes.map((node) => ({ ...node, ...free(node.name) }));
    return this.#snapshot(takenAt, answers, roomy, guests);
  }

  inspect(guests: readonly GuestId[], { signal }: CallOptions = {}): Promise<readonly GuestFacts[]> {
    return this.#parts.inspector.inspect(guests, signal);
  }

  addresses(
    guests: readonly GuestId[],
    { signal }: CallOptions = {},
  ): Promise<Readonly<Record<GuestId, readonly string[]>>> {
    return this.#parts.addresses.read(guests, signal);
  }

  requireQuorum(): void {
    this.#parts.membership.requireQuorum();
  }

  #snapshot(
    takenAt: Instant,
    { membership, tasks, options, ha }: Answers,
    nodes: ClusterSnapshot['nodes'],
    guests: ClusterSnapshot['guests'],
  ): ClusterSnapshot {
    const { cluster, tagPrefixes, inspector, warn } = this.#parts;
    const tags = compileTags(guests, nodes, tagPrefixes);
    for (const problem of tags.problems) warn(problem);
    return {
      id: `${cluster}-${takenAt.toString(36)}`,
      takenAt,
      cluster,
      quorate: membership.quorate,
      nodes: nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      guests: guests.toSorted((a, b) => a.id - b.id),
      rules: [...compileHaRules(ha.rules, ha.resources, nodes), ...tags.rules],
      tasks: readTasks(tasks),
      nativeBalancer: readNativeBalancer(options, ha.resources),
      facts: inspector.known(guests),
    };
  }

  async #ask(outer: AbortSignal | undefined): Promise<Answers> {
    const { engine, membership: book } = this.#parts;
    const [membership, resources, tasks, options, ha] = await together<
      [Membership, readonly Row[], unknown, unknown, HaAnswers]
    >(outer, (signal) => {
      const api = engine.api({ signal });
      const { cluster } = api;
      return [
        book.read(api),
        cluster.resources.$get().then((answer) => this.#noted(answer)),
        cluster.tasks.$get(),
        cluster.options.$get(),
        this.#askHa(api),
      ];
    });
    return {
      membership,
      resources,
      tasks,
      options,
      ha,
    };
  }

  /** Whatever becomes of the look: figures that stood still in one that was refused are no newer in the next one. */
  #noted(answer: unknown): readonly Row[] {
    const resources = rows(answer, 'the resources of the cluster');
    const nodeRows = resources.filter((from) => text(from, 'type') === 'node');
    const uptimes = uptimesOf(nodeRows);
    const away = nodeRows.flatMap((from) => text(from, 'node') ?? []).filter((name) => !uptimes.has(name));
    this.#freshness.note(uptimes, away, this.#parts.clock.now());
    return resources;
  }

  async #askHa(api: Api): Promise<HaAnswers> {
    const { major } = await this.#parts.version.read(api);
    const [answer, manager, newRules] = await Promise.all([
      api.cluster.ha.resources.$get(),
      api.cluster.ha.status.manager_status.$get(),
      major >= 9 ? haRules(api) : [],
    ]);
    const resources = readHaResources(answer);
    // Groups stay in force on Proxmox VE 9 until the last node was upgraded.
    const grouped = resources.some((resource) => resource.group !== undefined);
    const groups = grouped ? readHaGroups(await askGroups(api), resources) : [];
    return { resources, rules: [...readHaRules(newRules), ...groups], maintenance: readMaintenance(manager) };
  }

  async #readPressure(membership: Membership, signal: AbortSignal | undefined): ReturnType<PressureBook['read']> {
    const { engine, version, budget } = this.#parts;
    const { major } = await version.read(engine.api({ signal }));
    if (major < 9) return new Map();
    return linked([signal], (own) =>
      this.#pressure.read(
        [...membership.online],
        engine.api({ signal: own.signal, retries: 0 }),
        // What is left is for inspections too: pressure is an aid.
        Math.ceil(budget.left / 2),
        own.signal,
      ),
    );
  }
}

/** By node, of those that are named: a number that steps with each broadcast of its pvestatd. */
function uptimesOf(nodeRows: readonly Row[], among?: ReadonlySet<NodeName>): ReadonlyMap<NodeName, number> {
  const uptimes = nodeRows.flatMap((from) => {
    const name = text(from, 'node');
    const uptime = number(from, 'uptime');
    return name === undefined || uptime === undefined || among?.has(name) === false ? [] : [[name, uptime] as const];
  });
  return new Map(uptimes);
}

/** Gone once the last node was upgraded and the groups became rules. */
async function askGroups(api: Api): Promise<unknown> {
  try {
    return await api.cluster.ha.groups.$get();
  } catch (error) {
    if (hasCode(error, 'proxmox-ha-groups-gone', 'proxmox-not-implemented')) return [];
    throw error;
  }
}
