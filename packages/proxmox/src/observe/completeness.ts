import type { Guest, Instant, Milliseconds, Node, NodeName } from '@ballast/core';
import type { Membership } from './membership.ts';
import { SnapshotError } from './snapshot-error.ts';

const IN_PVESTATD = 'Check `systemctl status pvestatd` on it; a node that has just started needs up to 20 s.';

/** @throws {SnapshotError} `snapshot-no-quorum` */
export function requireQuorum({ quorate, online, offline }: Membership): void {
  if (quorate) return;
  throw new SnapshotError(
    'snapshot-no-quorum',
    `Expected a cluster with quorum, got ${online.size} of ${online.size + offline.size} nodes online and no majority.`,
    { hint: 'Check `pvecm status` and the network between the nodes; nothing is decided until the quorum is back.' },
  );
}

/**
 * Every online node has its figures, and no online node hides all of its guests.
 * @throws {SnapshotError} `snapshot-incomplete`, `snapshot-no-rights`
 */
export function requireComplete(nodes: readonly Node[], guests: readonly Guest[], membership: Membership): void {
  const named = new Set(nodes.map((node) => node.name));
  const missing = [...membership.online].find((name) => !named.has(name));
  if (missing !== undefined || nodes.length === 0) {
    throw new SnapshotError(
      'snapshot-no-rights',
      `Expected every node in /cluster/resources, got ${nodes.length} of them without ${missing ?? 'any'}.`,
      { hint: 'Grant Sys.Audit on / to the user and the token (`pveum acl modify / --roles PVEAuditor`).' },
    );
  }
  for (const node of nodes) requireFigures(node, guests);
}

function requireFigures(node: Node, guests: readonly Guest[]): void {
  const { name, status, capacity, usage } = node;
  if (status === 'offline') return;
  if (status === 'unknown') {
    throw new SnapshotError('snapshot-incomplete', `Expected figures of node ${name}, which is online, got none.`, {
      hint: IN_PVESTATD,
    });
  }
  if (capacity.cpu === 0 || capacity.memory === 0) {
    throw new SnapshotError('snapshot-no-rights', `Expected CPU and memory of node ${name}, got a row without them.`, {
      hint: `Grant Sys.Audit on /nodes/${name} to the user and the token (\`pveum acl modify / --roles PVEAuditor\`).`,
    });
  }
  const own = guests.filter((guest) => guest.node === name);
  // A running host uses some memory: nothing at all is a gap, not a measurement.
  if (usage.memory === 0 || (own.length > 0 && own.every((guest) => guest.status === 'unknown'))) {
    throw new SnapshotError(
      'snapshot-incomplete',
      `Expected figures of node ${name} and its guests, got ${usage.memory === 0 ? 'no memory in use' : 'guests in unknown states alone'}.`,
      { hint: IN_PVESTATD },
    );
  }
}

interface Sighting {
  /** Seconds. */
  readonly uptime: number;
  /** When it was first seen. */
  readonly at: Instant;
  /** Since when it stands there, as far as that can be told. */
  readonly since: Instant;
}

/** Watches that the figures of nodes move: `uptime` steps with every broadcast of pvestatd. */
export class Freshness {
  readonly #maxAge: Milliseconds;
  readonly #seen = new Map<NodeName, Sighting>();
  /** Since when nodes were seen to be away that have not come back yet. */
  readonly #away = new Map<NodeName, Instant>();

  constructor(maxAge: Milliseconds) {
    this.#maxAge = maxAge;
  }

  /**
   * Remembers since when each uptime stands where it is.
   * @param away nodes without figures
   */
  note(uptimes: ReadonlyMap<NodeName, number>, away: readonly NodeName[], now: Instant): void {
    for (const name of away) this.#away.set(name, this.#away.get(name) ?? now);
    for (const [name, uptime] of uptimes) {
      const past = this.#seen.get(name);
      const left = this.#away.get(name);
      this.#away.delete(name);
      if (past?.uptime === uptime) continue;
      // A node may come back with figures from before it left, those of an earlier start included: that they move is told
      // by looking twice.
      this.#seen.set(name, { uptime, at: now, since: Math.min(left ?? now, now - lagOf(past, uptime, now)) });
    }
  }

  /** @throws {SnapshotError} `snapshot-stale` when a node's uptime has stood still for longer than `maxAge` */
  require(uptimes: ReadonlyMap<NodeName, number>, now: Instant): void {
    this.note(uptimes, [], now);
    for (const name of uptimes.keys()) {
      const since = this.#seen.get(name)?.since ?? now;
      if (now - since <= this.#maxAge) continue;
      throw new SnapshotError(
        'snapshot-stale',
        `Expected figures of node ${name} from the last ${this.#maxAge / 1000} s, got some that have not moved for ${Math.ceil((now - since) / 1000)} s.`,
        { hint: IN_PVESTATD },
      );
    }
  }

  /** @throws {SnapshotError} `snapshot-stale` when the answers themselves took longer than `maxAge` */
  requireSwift(startedAt: Instant, endedAt: Instant): void {
    if (endedAt - startedAt <= this.#maxAge) return;
    throw new SnapshotError(
      'snapshot-stale',
      `Expected all answers within ${this.#maxAge / 1000} s, got them after ${Math.ceil((endedAt - startedAt) / 1000)} s.`,
      { hint: 'Check the load of the endpoint and the network to it.' },
    );
  }
}

/**
 * How old figures may be that are seen for the first time: where nobody has looked for a while, the uptime has grown by
 * less than the time that passed. A node that was started meanwhile may have been so right after it was last seen.
 */
function lagOf(past: Sighting | undefined, uptime: number, now: Instant): Milliseconds {
  if (past === undefined) return 0;
  const grown = uptime < past.uptime ? uptime : uptime - past.uptime;
  return Math.max(0, now - past.at - grown * 1000);
}
