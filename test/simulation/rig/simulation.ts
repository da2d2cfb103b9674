import type { History, Instant, Milliseconds, NodeName, TargetAssignment } from '@ballast/core';
import type { Reply } from '@ballast/pve-simulator';
import { Agenda } from '../engine/agenda.ts';
import type { Process } from '../engine/process.ts';
import { type Fault, PATIENCE } from '../scenario/fault.ts';
import type { Scenario } from '../scenario/types.ts';
import { Balancer } from './balancer.ts';
import { Calls } from './calls.ts';
import { Cluster, START } from './cluster.ts';
import { Disk } from './disk.ts';
import { Host } from './host.ts';
import type { TraceLine } from './log.ts';
import { Network, type Request } from './network.ts';
import { strike } from './strike.ts';
import { Trouble } from './trouble.ts';

/** Who watches a simulation. */
export interface Watcher {
  /** A fault strikes. */
  struck(fault: Fault): void;
  leaves(request: Request): void;
  carried(request: Request, reply: Reply): void;
  reached(request: Request, reply: Reply): void;
  saving(process: Process, history: History): void;
  weighs(process: Process, assignments: readonly TargetAssignment[]): void;
  /** Whether a fault that waits for its moment may strike now. */
  isMoment(fault: Fault): boolean;
}

/** Operators, a cluster, a store and a load balancer, on one virtual time. */
export class Simulation {
  readonly scenario: Scenario;
  readonly agenda: Agenda;
  readonly cluster: Cluster;
  readonly disk: Disk = new Disk();
  readonly trouble: Trouble;
  readonly balancer: Balancer;
  readonly hosts: readonly Host[];
  readonly trace: (line: TraceLine) => void;
  readonly watcher: Watcher;
  readonly calls: Calls;
  readonly start: Instant = START;
  /** When the store last forgot who has the lease. */
  leaseLostAt: Instant = START - 3_600_000;
  /** How far clocks of operators were set until now, in all. */
  jumped: Milliseconds = 0;
  /** When others last changed where load is. */
  touchedAt: Instant = START - 3_600_000;
  /** When a node was last taken away, or given back. */
  readonly changedAt = new Map<NodeName, Instant>();
  /** When what emptied a node ended. */
  readonly healedAt = new Map<NodeName, Instant>();
  #waiting: readonly Fault[] = [];

  constructor(scenario: Scenario, watch: (simulation: Simulation) => Watcher, write?: (line: string) => void) {
    this.scenario = scenario;
    const agenda = new Agenda(START);
    this.agenda = agenda;
    this.trace = write === undefined ? () => undefined : (line) => write(`${clockText(agenda.now - START)} ${line()}`);
    const { trace } = this;
    this.trouble = new Trouble((fault) => this.#strikes(fault));
    this.cluster = new Cluster(scenario, agenda);
    const crash = (process: Process, fault: Fault): void => this.crash(process, fault);
    const { trouble, cluster, disk } = this;
    this.watcher = watch(this);
    const { watcher } = this;
    const remote = scenario.operators === 2;
    const saving = (process: Process, history: History): void => watcher.saving(process, history);
    const calls = new Calls({ agenda, trouble, remote, crash, saving, trace });
    this.balancer = new Balancer({
      agenda,
      trouble,
      crash,
      leaves: (process, assignments) => watcher.weighs(process, assignments),
    });
    const network = new Network({
      agenda,
      cluster,
      trouble,
      crash,
      stop: (process, { lasts }) => process.stop(lasts),
      leaves: (request) => watcher.leaves(request),
      carried: (request, reply) => this.#carried(request, reply),
      reached: (request, reply) => watcher.reached(request, reply),
    });
    this.calls = calls;
    const changed = (): void => void agenda.in(0, () => this.look());
    const parts = { scenario, agenda, disk, calls, network, balancer: this.balancer, trace, changed };
    this.hosts = Array.from({ length: scenario.operators }, (_, index) => new Host(index, parts));
  }

  /** Runs the scenario to its end. */
  async run(over: () => boolean): Promise<void> {
    const { agenda, scenario, hosts } = this;
    for (const fault of scenario.faults) agenda.in(fault.at, () => this.#due(fault));
    for (const host of hosts) host.start();
    agenda.in(scenario.troubled, () => this.#calm());
    await agenda.runUntil(START + scenario.troubled + scenario.calm, over);
  }

  crash(process: Process, { lasts }: Fault): void {
    if (!process.alive) return;
    this.trace(() => `${process.name} is killed`);
    process.kill();
    this.agenda.in(lasts, () => this.hosts[process.host]?.start());
  }

  /** The machine that a fault is about. */
  hostOf({ operator }: Fault): Host {
    const host = this.hosts[operator] ?? this.hosts[0];
    if (host === undefined) throw new RangeError('Expected a machine, got none.');
    return host;
  }

  /** Others have moved load at once: what operators know of it is old for a while. */
  readonly touched = (): void => {
    this.touchedAt = this.agenda.now;
  };

  /** Looks whether what waits for a moment has it now. */
  look(): void {
    for (const fault of this.#waiting) if (this.watcher.isMoment(fault)) this.#begin(fault);
  }

  #due(fault: Fault): void {
    if (fault.when === undefined) {
      this.#begin(fault);
      return;
    }
    this.#waiting = [...this.#waiting, fault];
    this.agenda.in(PATIENCE, () => {
      if (this.#waiting.includes(fault)) this.#begin(fault);
    });
    this.look();
  }

  #begin(fault: Fault): void {
    this.#waiting = this.#waiting.filter((other) => other !== fault);
    if (Trouble.waits(fault.kind)) {
      this.trouble.arm(fault);
      return;
    }
    this.#strikes(fault);
    strike(fault, this);
  }

  #strikes(fault: Fault): void {
    this.trace(() => `FAULT ${fault.id} ${fault.kind} ${JSON.stringify(fault)}`);
    this.watcher.struck(fault);
  }

  #carried(request: Request, reply: Reply): void {
    const { process, method, path, params } = request;
    if (method !== 'GET') {
      this.trace(
        () => `${process.name} ${method} ${path} ${JSON.stringify(params)} -> ${reply.status} ${reply.reason}`,
      );
    }
    this.watcher.carried(request, reply);
  }

  /** No fault begins any more; those that wait do not strike. */
  #calm(): void {
    this.trace(() => 'calm: nothing more goes wrong');
    this.#waiting = [];
    this.trouble.clear();
  }
}

function clockText(passed: number): string {
  const minutes = Math.floor(passed / 60_000);
  return `${String(minutes).padStart(2, '0')}:${((passed % 60_000) / 1000).toFixed(3).padStart(6, '0')}`;
}
