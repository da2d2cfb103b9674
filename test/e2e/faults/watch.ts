import type { GuestId, Instant, Milliseconds } from '@ballast/core';
import {
  DEFAULT_TOKEN,
  DEFAULT_USER,
  type LoggedRequest,
  type Simulator,
  type WorldTask,
} from '@ballast/pve-simulator';
import { BALLAST } from './world.ts';

const SECOND: Milliseconds = 1000;
/** What a step may rest on: a look at the cluster of the last minute... */
const LOOK: Milliseconds = 60 * SECOND;
/** ...at figures that had moved within a minute, and a cycle of pvestatd, when they were looked at. */
const FIGURES: Milliseconds = 70 * SECOND;
/** The shortest rest of a guest that moved, or that could not be moved. */
const REST: Milliseconds = 15 * 60 * SECOND;
const CONCURRENT = 2;
const MIGRATE = /^\/api2\/json\/nodes\/([\w.-]+)\/(?:qemu|lxc)\/(\d+)\/migrate$/;
const MOVES: ReadonlySet<string> = new Set(['qmigrate', 'vzmigrate']);

/** A request for a migration, as the cluster got it. */
export interface Asked {
  readonly at: Instant;
  readonly guest: GuestId;
  readonly to: string;
  readonly status: number;
}

/**
 * Watches the cluster's own records, second by second, for what Ballast must never do. It knows nothing of what Ballast
 * says of itself.
 */
export class Watch {
  readonly broken: string[] = [];
  readonly #simulator: Simulator;
  #seen = 0;
  /** Complete looks at the cluster, with the age of the oldest figures that they could see. */
  readonly #looks: { readonly at: Instant; readonly oldest: Milliseconds }[] = [];
  readonly #asked: { readonly request: LoggedRequest; readonly guest: GuestId }[] = [];

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** Requests for migrations by Ballast, oldest first. */
  get asked(): readonly Asked[] {
    return this.#asked.map(({ request, guest }) => ({
      at: request.at,
      guest,
      to: textOf(request.params?.['target']),
      status: request.status,
    }));
  }

  /** Tasks of Ballast's that moved a guest, oldest first; those of the HA manager on its behalf as well. */
  get tasks(): readonly WorldTask[] {
    return this.#simulator.world.tasks.filter((task) => MOVES.has(task.type) && isOurs(task));
  }

  look(): void {
    const { world, requests, requestLog } = this.#simulator;
    const news = requestLog.slice(Math.max(0, requestLog.length - (requests - this.#seen)));
    this.#seen = requests;
    for (const request of news) this.#read(request);
    const ours = world.migrations.filter(({ upid }) => this.tasks.some((task) => task.upid === upid));
    if (ours.length > CONCURRENT) this.#breaks(`${ours.length} migrations run at once`);
    for (const { name } of world.nodes) {
      const here = ours.filter(({ from, to }) => from === name || to === name).length;
      if (here > 1) this.#breaks(`${here} migrations run at once on ${name}`);
    }
  }

  #read(request: LoggedRequest): void {
    const { world } = this.#simulator;
    if (request.method === 'GET' && request.path.endsWith('/cluster/resources') && request.status === 200) {
      const ages = world.nodes
        .filter(({ online }) => online)
        .map(({ name }) => request.at - (world.published.nodes[name]?.at ?? 0));
      this.#looks.push({ at: request.at, oldest: Math.max(...ages) });
    }
    const found = MIGRATE.exec(request.path);
    if (request.method !== 'POST' || found === null || isSomebodys(request)) return;
    const guest = Number(found[2]);
    this.#judge(request, guest);
    this.#asked.push({ request, guest });
  }

  /** A request for a migration must rest on quorum, on fresh figures, and on nothing like it before. */
  #judge({ at, path, params }: LoggedRequest, guest: GuestId): void {
    const { world } = this.#simulator;
    if (!world.quorate) this.#breaks(`guest ${guest} is asked to move without quorum`);
    const target = world.nodes.find(({ name }) => name === params?.['target']);
    if (target?.online === false || target?.maintenance)
      this.#breaks(`guest ${guest} is sent to ${target.name}, which takes none`);
    const look = this.#looks.at(-1);
    if (look === undefined || at - look.at > LOOK) this.#breaks(`guest ${guest} is asked to move without a look`);
    else if (look.oldest > FIGURES) this.#breaks(`guest ${guest} is asked to move on figures ${look.oldest} ms old`);
    const before = this.#asked.findLast((other) => other.guest === guest);
    // Who empties a node asks for its guests to leave, rested or not.
    const ordered = world.nodes.some(({ name, maintenance }) => maintenance && path.includes(`/${name}/`));
    if (before !== undefined && !ordered && at - before.request.at < REST) {
      this.#breaks(`guest ${guest} is asked to move again after ${(at - before.request.at) / SECOND} s`);
    }
    const task = world.tasks.findLast((other) => MOVES.has(other.type) && other.id === String(guest));
    if (task !== undefined && task.startedAt < at && (task.endedAt === undefined || at - task.endedAt < SECOND)) {
      this.#breaks(`guest ${guest} is asked to move while it migrates`);
    }
  }

  #breaks(what: string): void {
    this.broken.push(`${new Date(this.#simulator.world.now).toISOString().slice(11, 19)} ${what}`);
  }
}

/** A request that got no answer was not read either. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}

function isOurs({ user, log }: WorldTask): boolean {
  return (
    user === DEFAULT_TOKEN.id ||
    user === BALLAST.name ||
    log.some((line) => line.includes('started by HA resource agent'))
  );
}

function isSomebodys({ identity }: LoggedRequest): boolean {
  return identity === DEFAULT_USER.name;
}
