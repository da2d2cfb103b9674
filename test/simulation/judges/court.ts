import type { History, Milliseconds, NodeName, TargetAssignment } from '@ballast/core';
import type { Reply, World } from '@ballast/pve-simulator';
import type { Process } from '../engine/process.ts';
import { isMigration, type Request } from '../rig/network.ts';
import type { Simulation } from '../rig/simulation.ts';
import { type Asked, Evidence } from './evidence.ts';
import type { Judge } from './judge.ts';
import { JUDGES } from './judges.ts';

/** A promise that was broken. */
export interface Breach {
  /** Who found it. */
  readonly judge: string;
  readonly at: number;
  readonly text: string;
}

/** What tells of a guest's preconditions; a container's lock and state stand elsewhere. */
const WORD = /^\/nodes\/([\w.-]+)\/(?:qemu\/(\d+)\/migrate|lxc\/(\d+)\/status\/current)$/;
const MIGRATE = /^\/nodes\/([\w.-]+)\/(?:qemu|lxc)\/(\d+)\/migrate$/;

/** Longer than any judge excuses what has just begun, and than weights take to rise. */
const QUIET: Milliseconds = 180_000;

/** The share of its CPU above which the guests of a node take less than they would. */
const FULL = 0.95;

/** Collects the evidence, and lets every judge look at each piece of it. */
export class Court {
  readonly evidence: Evidence;
  readonly breaches: Breach[] = [];
  #migrations: unknown;
  readonly #judges: readonly { readonly name: string; readonly judge: Judge }[];

  constructor(simulation: Simulation) {
    this.evidence = new Evidence(simulation);
    this.#judges = Object.entries(JUDGES).map(([name, judge]) => ({ name, judge }));
  }

  leaves(request: Request): void {
    const found = MIGRATE.exec(request.path);
    if (!isMigration(request) || found === null) return;
    const { evidence } = this;
    evidence.settle();
    const asked = askedOf(request, found[1] ?? '', Number(found[2]), evidence);
    this.#hear((judge) => judge.leaves?.(asked, evidence));
    evidence.asked.push(asked);
  }

  carried(request: Request, reply: Reply): void {
    if (!isMigration(request)) return;
    const { evidence } = this;
    const asked = evidence.asked.findLast((other) => other.request === request);
    if (asked === undefined) return;
    asked.arrivedAt = evidence.now;
    asked.status = reply.status;
    if (reply.status !== 200) return;
    asked.upid = /"data":"(UPID:[^"]+)"/.exec(reply.body ?? '')?.[1];
    this.#hear((judge) => judge.carried?.(asked, evidence));
  }

  reached(request: Request, reply: Reply): void {
    const { evidence } = this;
    const { method, path, process } = request;
    if (isMigration(request)) {
      const asked = evidence.asked.findLast((other) => other.request === request);
      if (asked !== undefined) asked.answered = true;
      return;
    }
    if (method !== 'GET') return;
    const known = evidence.known(process.name);
    const { world } = evidence.simulation.cluster;
    if (path === '/cluster/resources' && reply.status === 200 && request.params['type'] === undefined) {
      if (known.resources === undefined) known.since = evidence.now;
      known.resources = { at: evidence.now, ages: agesOf(world), world };
    } else if (path === '/cluster/status' && reply.status === 200) {
      const told = toldIn(reply);
      if (told === undefined) return;
      known.quorate = told.quorate;
      known.online = told.online;
    } else if (WORD.test(path)) {
      const found = WORD.exec(path);
      const told = { at: evidence.now, node: found?.[1] ?? '', status: reply.status, refused: refusedIn(reply) };
      known.preconditions.set(Number(found?.[2] ?? found?.[3]), told);
    }
  }

  saving(process: Process, history: History): void {
    this.evidence.writes(process.name);
    this.#hear((judge) => judge.saving?.(process, history, this.evidence));
  }

  weighs(process: Process, assignments: readonly TargetAssignment[]): void {
    this.#hear((judge) => judge.weighs?.(process, assignments, this.evidence));
  }

  /** After each event. */
  looks(): void {
    const { migrations } = this.evidence.simulation.cluster.simulator.world;
    if (migrations === this.#migrations) return;
    this.#migrations = migrations;
    this.evidence.adopt(migrations);
    this.#hear((judge) => judge.looks?.(this.evidence));
  }

  /** Whether nothing was begun lately, no node is hot, and no judge would have a word to say if it ended now. */
  get isSettled(): boolean {
    const { evidence } = this;
    const { world } = evidence.simulation.cluster;
    if (world.migrations.length > 0 || evidence.begunIn(QUIET).size > 0) return false;
    if (world.nodes.some(({ activity, cores }) => activity.granted / cores > 0.8)) return false;
    return this.#judges.every(({ judge }) => judge.ends?.(evidence) === undefined);
  }

  ends(): void {
    this.#hear((judge) => judge.ends?.(this.evidence));
  }

  #hear(ask: (judge: Judge) => string | undefined): void {
    for (const { name, judge } of this.#judges) {
      const text = ask(judge);
      if (text === undefined) continue;
      this.breaches.push({ judge: name, at: this.evidence.now, text });
      this.evidence.simulation.trace(() => `BROKEN ${name}: ${text}`);
    }
  }
}

function askedOf(request: Request, from: string, guest: number, evidence: Evidence): Asked {
  const { disk, cluster } = evidence.simulation;
  const node = cluster.world.nodes.find(({ name }) => name === from);
  const to = request.params['target'] ?? '';
  const used = new Set(evidence.asked.filter((other) => other.guest === guest).map(({ intent }) => intent));
  const intent = disk.history.moves.findLast(
    (move) =>
      move.guest === guest &&
      move.from === from &&
      move.to === to &&
      move.endedAt === undefined &&
      !used.has(move.startedAt),
  );
  return {
    at: evidence.now,
    request,
    by: request.process.name,
    guest,
    from,
    to,
    intent: intent?.startedAt,
    arrivedAt: undefined,
    status: 0,
    upid: undefined,
    child: undefined,
    answered: false,
    done: false,
    doneAt: 0,
    starved: node !== undefined && node.activity.granted / node.cores > FULL,
  };
}

function agesOf(world: World): ReadonlyMap<NodeName, Milliseconds> {
  const online = world.nodes.filter((node) => node.online);
  return new Map(online.map(({ name }) => [name, world.now - (world.published.nodes[name]?.at ?? 0)]));
}

/** What an answer tells of the cluster; half an answer tells nothing. */
function toldIn({
  body = '',
}: Reply): { readonly quorate: boolean; readonly online: ReadonlySet<NodeName> } | undefined {
  try {
    const { data } = JSON.parse(body) as {
      data: readonly { type: string; name: string; quorate?: number; online?: number }[];
    };
    const online = data.filter(({ type, online: up }) => type === 'node' && up === 1).map(({ name }) => name);
    return { quorate: data.some(({ type, quorate }) => type === 'cluster' && quorate === 1), online: new Set(online) };
  } catch {
    return undefined;
  }
}

/** Nodes that an answer on preconditions does not allow. */
function refusedIn({ status, body = '' }: Reply): ReadonlySet<string> {
  if (status !== 200) return new Set();
  try {
    const { data } = JSON.parse(body) as { data?: Record<string, Record<string, object>> };
    const refused = data?.['not_allowed_nodes'] ?? data?.['not-allowed-nodes'] ?? {};
    return new Set(Object.keys(refused).filter((node) => Object.keys(refused[node] ?? {}).length > 0));
  } catch {
    return new Set();
  }
}
