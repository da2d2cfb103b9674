// What is compared: Ballast as its service runs it, and two rules as they are found elsewhere.
import { parseConfig } from '@ballast/config';
import { type Clock, type ClusterSnapshot, type GuestId, type NodeName, type Ratio, utilization } from '@ballast/core';
import { Operator } from '@ballast/operator';
import { memoryHistoryStore } from '@ballast/store';
import { createLogger } from '@ballast/telemetry';
import { HOUR, type TraceCluster } from './cluster.ts';

/** Something that is asked every half minute, and may begin migrations. */
export interface Policy {
  readonly name: string;
  round(cluster: TraceCluster, now: number): Promise<void>;
}

/** The operator itself, in `auto`, with a configuration that says nothing but where the cluster is. */
export function ballast(cluster: TraceCluster, clock: Clock): Policy {
  const auth = '{ token: ballast@pve!bench, secret: "file:/dev/null" }';
  const text = `cluster: { name: traces, endpoints: [https://pve1:8006], auth: ${auth} }\nmode: auto\n`;
  const settings = parseConfig(text, { file: 'stability.yaml', env: {}, readSecret: () => 'none' });
  const operator = new Operator({
    settings,
    source: cluster,
    migrator: cluster,
    targets: [],
    store: memoryHistoryStore(),
    clock,
    log: createLogger({ level: 'silent', format: 'json' }),
  });
  return {
    name: 'Ballast',
    round: async () => {
      const { failure } = await operator.round();
      if (failure !== undefined) throw new Error(`${failure.code}: ${failure.message}`);
    },
  };
}

interface Wanted {
  readonly guest: GuestId;
  readonly to: NodeName;
}

/**
 * A threshold, and nothing else: from each node that is above it now, the largest guest that finds room on the least
 * loaded node goes there.
 */
export function greedy(threshold: Ratio): Policy {
  return {
    name: `greedy, above ${threshold}`,
    round: async (cluster) => {
      const loads = new Loads(await cluster.observe());
      const wanted = loads.byLoad().flatMap((node) => {
        if (loads.of(node) <= threshold) return [];
        const to = loads.byLoad().at(-1) ?? node;
        const guest = loads.largestOn(node).find((id) => loads.of(to) + loads.share(id) <= threshold);
        if (guest === undefined) return [];
        loads.move(guest, to);
        return [{ guest, to }];
      });
      beginSome(cluster, wanted);
    },
  };
}

/**
 * ProxLB's rule as it is published: while the most and the least loaded node are further apart than `balanciness`, a
 * guest goes from the one to the other; the whole list is worked off before it looks again. In its favour: the guest is the
 * one that brings both nodes closest together, and the list ends where none does.
 */
export function evening(balanciness: Ratio, every: number): Policy {
  let list: Wanted[] = [];
  let nextLook = 0;
  return {
    name: `ProxLB's rule, every ${every / HOUR} h`,
    round: async (cluster, now) => {
      if (list.length === 0 && now >= nextLook && cluster.running.length === 0) {
        nextLook = now + every;
        list = evened(new Loads(await cluster.observe()), balanciness);
      }
      list = beginSome(cluster, list);
    },
  };
}

function evened(loads: Loads, balanciness: Ratio): Wanted[] {
  const list: Wanted[] = [];
  for (;;) {
    const from = loads.byLoad().at(0);
    const to = loads.byLoad().at(-1);
    if (from === undefined || to === undefined) return list;
    const spread = loads.of(from) - loads.of(to);
    if (spread <= balanciness) return list;
    const apart = (id: GuestId): Ratio => Math.abs(spread - 2 * loads.share(id));
    const guest = loads.largestOn(from).toSorted((a, b) => apart(a) - apart(b))[0];
    if (guest === undefined || apart(guest) >= spread) return list;
    loads.move(guest, to);
    list.push({ guest, to });
  }
}

/** Begins those that fit beside what runs: two in the cluster, one for each node. What is left waits. */
function beginSome(cluster: TraceCluster, wanted: readonly Wanted[]): Wanted[] {
  cluster.settle();
  return wanted.filter(({ guest, to }) => {
    const from = cluster.machines[guest - 100]?.node;
    if (from === undefined || from === to) return false;
    const busy = (node: NodeName): boolean => cluster.running.some((move) => move.from === node || move.to === node);
    if (cluster.running.length >= 2 || busy(from) || busy(to)) return true;
    cluster.begin(guest, to);
    return false;
  });
}

/** CPU of nodes and guests as shares of a node, as planned moves change it. */
class Loads {
  readonly #nodes: Map<NodeName, Ratio>;
  readonly #guests: Map<GuestId, { node: NodeName; readonly share: Ratio }>;

  constructor({ nodes, guests }: ClusterSnapshot) {
    this.#nodes = new Map(nodes.map(({ name, usage, capacity }) => [name, utilization(usage, capacity).cpu]));
    const cores = nodes[0]?.capacity.cpu ?? 1;
    this.#guests = new Map(guests.map(({ id, node, usage }) => [id, { node, share: usage.cpu / cores }]));
  }

  of(node: NodeName): Ratio {
    return this.#nodes.get(node) ?? 0;
  }

  share(guest: GuestId): Ratio {
    return this.#guests.get(guest)?.share ?? 0;
  }

  /** The most loaded first. */
  byLoad(): readonly NodeName[] {
    return [...this.#nodes.keys()].sort((a, b) => this.of(b) - this.of(a));
  }

  largestOn(node: NodeName): readonly GuestId[] {
    return [...this.#guests]
      .filter(([, guest]) => guest.node === node)
      .sort(([, a], [, b]) => b.share - a.share)
      .map(([id]) => id);
  }

  move(id: GuestId, to: NodeName): void {
    const guest = this.#guests.get(id);
    if (guest === undefined) return;
    this.#nodes.set(guest.node, this.of(guest.node) - guest.share);
    this.#nodes.set(to, this.of(to) + guest.share);
    guest.node = to;
  }
}
