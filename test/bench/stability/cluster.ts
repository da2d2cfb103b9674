// A cluster whose guests replay recorded days, seen through noise: what a policy is told, and what is true.
import {
  type Blocker,
  type Bytes,
  type Clock,
  type ClusterSnapshot,
  type ClusterSource,
  type Cores,
  GIB,
  type Guest,
  type GuestFacts,
  type GuestId,
  type Instant,
  type Migration,
  type MigrationOutcome,
  type MigrationTask,
  type Migrator,
  type Milliseconds,
  type Node,
  type NodeName,
  type Ratio,
  seededRandom,
} from '@ballast/core';
import type { Trace } from '@ballast/pve-simulator';
import { noiseOf } from './noise.ts';

export const SECOND: Milliseconds = 1000;
export const HOUR: Milliseconds = 3_600_000;
const SAMPLE: Milliseconds = 300 * SECOND;
const SAMPLES = 288;
/** pvestatd tells new figures this often. */
const CYCLE: Milliseconds = 10 * SECOND;
/** Of the network that migrations use, in bytes a second. */
const BANDWIDTH = 1.25e9 / 2;
const OVERHEAD: Milliseconds = 8 * SECOND;
const MIGRATION_CORES: Cores = 0.5;

export interface ClusterOptions {
  readonly nodes: number;
  readonly guests: number;
  /** Whole days of machines; each guest draws one for each of its days. */
  readonly days: readonly (readonly Trace[])[];
  readonly hours: number;
  readonly seed: number;
  /** Mean utilization of the whole cluster. */
  readonly load: Ratio;
  /** Standard deviation of a figure that is told, as a share of it. */
  readonly noise: Ratio;
}

interface Machine {
  readonly id: GuestId;
  readonly vcpus: number;
  readonly memory: Bytes;
  readonly samples: Float64Array;
  node: NodeName;
}

export interface Move {
  readonly guest: GuestId;
  readonly from: NodeName;
  readonly to: NodeName;
  readonly startedAt: Instant;
  readonly endsAt: Instant;
}

/** The same for every policy: demand, noise and time a migration takes depend on the seed alone. */
export class TraceCluster implements ClusterSource, Migrator {
  readonly nodes: readonly NodeName[];
  readonly machines: readonly Machine[];
  readonly cores: Cores;
  readonly memory: Bytes;
  /** All that were begun, in order; none fails. */
  readonly moves: Move[] = [];
  #running: Move[] = [];
  readonly #options: ClusterOptions;
  readonly #clock: Clock;
  readonly #began: Instant;

  constructor(options: ClusterOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#began = clock.now();
    this.nodes = Array.from({ length: options.nodes }, (_, i) => `pve${i + 1}`);
    this.machines = machinesOf(options, this.nodes);
    const mean = this.machines.reduce((sum, one) => sum + meanOf(one.samples) * one.vcpus, 0);
    this.cores = Math.ceil(mean / options.nodes / options.load);
    const memory = this.machines.reduce((sum, one) => sum + one.memory, 0);
    this.memory = Math.ceil((1.6 * memory) / options.nodes / GIB) * GIB;
  }

  get running(): readonly Move[] {
    return this.#running;
  }

  /** Ends migrations whose time has come. */
  settle(): void {
    const now = this.#clock.now();
    for (const { guest, to, endsAt } of this.#running) if (endsAt <= now) this.#machine(guest).node = to;
    this.#running = this.#running.filter(({ endsAt }) => endsAt > now);
  }

  /** Cores that are asked for on each node, without noise. */
  demand(): ReadonlyMap<NodeName, Cores> {
    return this.#sum((one) => this.#true(one));
  }

  begin(guest: GuestId, to: NodeName): Move {
    const machine = this.#machine(guest);
    const startedAt = this.#clock.now();
    const endsAt = startedAt + OVERHEAD + (0.7 * machine.memory * 1000) / BANDWIDTH;
    const move = { guest, from: machine.node, to, startedAt, endsAt };
    this.moves.push(move);
    this.#running.push(move);
    return move;
  }

  observe(): Promise<ClusterSnapshot> {
    this.settle();
    const now = this.#clock.now();
    const seen = new Map(this.machines.map((one) => [one.id, this.#seen(one)]));
    const asked = this.#sum((one) => seen.get(one.id) ?? 0);
    const share = (node: NodeName): number => Math.min(1, this.cores / Math.max(1e-9, asked.get(node) ?? 0));
    return Promise.resolve({
      id: `at-${now}`,
      takenAt: now,
      cluster: 'traces',
      quorate: true,
      nodes: this.nodes.map((name) => this.#node(name, Math.min(this.cores, asked.get(name) ?? 0))),
      guests: this.machines.map((one) => this.#guest(one, (seen.get(one.id) ?? 0) * share(one.node), now)),
      rules: [],
      tasks: this.#running.map(({ guest, from, startedAt }) => ({
        id: `UPID:${guest}:${startedAt}`,
        node: from,
        type: 'qmigrate',
        guest,
        startedAt,
      })),
      nativeBalancer: { active: false, guests: [] },
      facts: {},
    });
  }

  inspect(guests: readonly GuestId[]): Promise<readonly GuestFacts[]> {
    const none = { digest: 'd', localDiskBytes: 0, localResources: [], refusedNodes: {} };
    return Promise.resolve(guests.map((guest) => ({ guest, ...none })));
  }

  requireQuorum(): void {}

  addresses(): Promise<Readonly<Record<GuestId, readonly string[]>>> {
    return Promise.resolve({});
  }

  validate(): Promise<readonly Blocker[]> {
    return Promise.resolve([]);
  }

  start(step: Migration): Promise<MigrationTask> {
    const { guest, from, startedAt } = this.begin(step.guest, step.to);
    return Promise.resolve({ id: `UPID:${guest}:${startedAt}`, node: from, guest, startedAt });
  }

  async follow(task: MigrationTask): Promise<MigrationOutcome> {
    const move = this.#running.find(({ guest }) => guest === task.guest);
    if (move !== undefined) await this.#clock.sleep(move.endsAt - this.#clock.now());
    this.settle();
    return { result: 'done', detail: 'OK' };
  }

  find(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  abort(): Promise<void> {
    return Promise.reject(new Error('Expected no migration to be aborted.'));
  }

  #machine(id: GuestId): Machine {
    const machine = this.machines[id - 100];
    if (machine === undefined) throw new Error(`Expected a guest ${id}.`);
    return machine;
  }

  #true({ samples, vcpus }: Machine): Cores {
    const at = Math.floor((this.#clock.now() - this.#began) / SAMPLE);
    return (samples[at % samples.length] ?? 0) * vcpus;
  }

  #seen(one: Machine): Cores {
    const cycle = Math.floor((this.#clock.now() - this.#began) / CYCLE);
    const factor = 1 + this.#options.noise * noiseOf(this.#options.seed, one.id, cycle);
    return Math.min(one.vcpus, this.#true(one) * Math.max(0, factor));
  }

  /** By node, with what migrations cost on both of theirs. */
  #sum(of: (machine: Machine) => Cores): ReadonlyMap<NodeName, Cores> {
    const sums = new Map<NodeName, Cores>(this.nodes.map((name) => [name, 0]));
    const add = (node: NodeName, cores: Cores): void => void sums.set(node, (sums.get(node) ?? 0) + cores);
    for (const machine of this.machines) add(machine.node, of(machine));
    for (const { from, to } of this.#running) {
      add(from, MIGRATION_CORES);
      add(to, MIGRATION_CORES);
    }
    return sums;
  }

  #node(name: NodeName, cpu: Cores): Node {
    const memory = this.machines.reduce((sum, one) => sum + (one.node === name ? 0.7 * one.memory : 0), 0);
    const capacity = { cpu: this.cores, memory: this.memory };
    return { name, status: 'online', maintenance: false, capacity, usage: { cpu, memory } };
  }

  #guest({ id, node, vcpus, memory }: Machine, cpu: Cores, now: Instant): Guest {
    return {
      id,
      kind: 'qemu',
      name: `vm-${id}`,
      node,
      status: 'running',
      template: false,
      capacity: { cpu: vcpus, memory },
      usage: { cpu, memory: 0.7 * memory },
      uptime: now - this.#began + HOUR,
      tags: [],
    };
  }
}

function machinesOf(options: ClusterOptions, nodes: readonly NodeName[]): readonly Machine[] {
  const random = seededRandom(options.seed);
  const pick = <T>(items: readonly T[]): T => {
    const item = items.at(Math.floor(random() * items.length));
    if (item === undefined) throw new Error('Expected something to choose from.');
    return item;
  };
  const days = Math.ceil(options.hours / 24);
  return Array.from({ length: options.guests }, (_, i) => {
    const vcpus = pick([2, 4, 4, 8]);
    const samples = new Float64Array(days * SAMPLES);
    for (let day = 0; day < days; day++) samples.set(pick(pick(options.days)).samples.slice(0, SAMPLES), day * SAMPLES);
    return { id: 100 + i, vcpus, memory: vcpus * GIB, samples, node: pick(nodes) };
  });
}

function meanOf(samples: Float64Array): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / Math.max(1, samples.length);
}
