import type { Cluster, ClusterGuest } from './cluster.ts';

/** What a plan says, as short as can be: the field `moves` of its JSON document. */
export interface Move {
  readonly guest: number;
  readonly from: string;
  readonly to: string;
  readonly wave: number | null;
}

export interface Ceilings {
  readonly cpu: number;
  readonly mem: number;
  readonly allocated: number;
}

export interface Checked {
  /** Everything that is wrong with the plan, one sentence each. Empty for a sound plan. */
  readonly faults: readonly string[];
  /** Nodes above `target` once the plan was carried out. */
  readonly hot: readonly string[];
  /** Memory of the guests moved, in bytes. */
  readonly bytes: number;
}

const SLACK = 1e-6;
const CEILINGS: Ceilings = { cpu: 0.85, mem: 0.9, allocated: 1 };

interface Load {
  cpu: number;
  mem: number;
  allocated: number;
}

/**
 * Carries a plan out wave by wave on the plain document of a cluster, and says what is wrong with it. Shares no code
 * with the planner. While a wave runs, all that arrive are on their targets and all that leave are still on their
 * sources.
 */
export function checkPlan(
  cluster: Cluster,
  moves: readonly Move[],
  target: number,
  ceilings: Ceilings = CEILINGS,
): Checked {
  const faults: string[] = [];
  const guests = new Map(cluster.guests.map((guest) => [guest.id, guest]));
  const nodes = new Map(cluster.nodes.map((node) => [node.name, node]));
  const place = new Map(cluster.guests.map((guest) => [guest.id, guest.node]));
  const load = new Map<string, Load>(
    cluster.nodes.map(({ name }) => [name, { cpu: cluster.overhead.cpu, mem: cluster.overhead.mem, allocated: 0 }]),
  );
  const add = (node: string, guest: ClusterGuest, sign: 1 | -1): void => {
    const sum = load.get(node);
    if (sum === undefined) return;
    sum.cpu += sign * guest.cpuUsed;
    sum.mem += sign * guest.memUsed;
    sum.allocated += sign * guest.memTotal;
  };
  for (const guest of cluster.guests) add(guest.node, guest, 1);
  const peers = rulesOf(cluster.guests);
  const moved = new Set<number>();
  let bytes = 0;
  for (const [number, wave] of wavesOf(moves, faults)) {
    const arriving = new Map<string, number>();
    const leaving = new Map<string, number>();
    for (const { guest: id, from, to } of wave) {
      const guest = guests.get(id);
      if (guest === undefined || !nodes.has(to)) {
        faults.push(`wave ${number}: ${id} or ${to} is unknown`);
        continue;
      }
      if (place.get(id) !== from || from === to)
        faults.push(`wave ${number}: ${id} is on ${place.get(id)}, not ${from}`);
      if (moved.has(id)) faults.push(`wave ${number}: ${id} moves twice`);
      if (guest.storage === 'local') faults.push(`wave ${number}: ${id} has local disks`);
      if (guest.pin.length > 0 && !guest.pin.includes(to)) faults.push(`wave ${number}: ${id} is pinned, not to ${to}`);
      moved.add(id);
      bytes += guest.memUsed;
      leaving.set(from, (leaving.get(from) ?? 0) + 1);
      arriving.set(to, (arriving.get(to) ?? 0) + 1);
      add(to, guest, 1);
    }
    for (const [node, count] of [...arriving, ...leaving]) {
      if (count > 1) faults.push(`wave ${number}: ${count} at once into or out of ${node}`);
    }
    for (const node of arriving.keys()) {
      const [sum, size] = [load.get(node), nodes.get(node)];
      if (sum === undefined || size === undefined) continue;
      if (sum.cpu > (ceilings.cpu + SLACK) * size.cpu)
        faults.push(`wave ${number}: CPU of ${node} at ${sum.cpu / size.cpu}`);
      if (sum.mem > (ceilings.mem + SLACK) * size.mem)
        faults.push(`wave ${number}: memory of ${node} at ${sum.mem / size.mem}`);
      if (sum.allocated > (ceilings.allocated + SLACK) * size.mem) {
        faults.push(`wave ${number}: ${node} allocates ${sum.allocated / size.mem}`);
      }
    }
    faults.push(...metApart(wave, place, peers.apart).map((fault) => `wave ${number}: ${fault}`));
    for (const { label, groups } of peers.apartBy) {
      const racks = rackOf(cluster, label);
      const at = new Map([...place].map(([id, node]) => [id, racks(node)]));
      const moves = wave.map((move) => ({ ...move, to: racks(move.to) }));
      faults.push(...metApart(moves, at, groups).map((fault) => `wave ${number}: ${fault}, by ${label}`));
    }
    for (const { guest: id, from, to } of wave) {
      const guest = guests.get(id);
      if (guest !== undefined) add(from, guest, -1);
      place.set(id, to);
    }
  }
  faults.push(...apartFromGroup(peers.together, place));
  for (const { label, groups } of peers.togetherBy) {
    const racks = rackOf(cluster, label);
    faults.push(...apartFromGroup(groups, new Map([...place].map(([id, node]) => [id, racks(node)]))));
  }
  const hot = cluster.nodes.filter(({ name, cpu, mem }) => {
    const sum = load.get(name);
    return sum !== undefined && (sum.cpu > (target + SLACK) * cpu || sum.mem > (target + SLACK) * mem);
  });
  return { faults, hot: hot.map((node) => node.name), bytes };
}

/** Waves in their order; a plan lists its moves wave by wave. */
function wavesOf(moves: readonly Move[], faults: string[]): ReadonlyMap<number, readonly Move[]> {
  const waves = new Map<number, Move[]>();
  let last = 1;
  for (const move of moves) {
    const wave = move.wave ?? 0;
    if (wave < last) faults.push(`the move of ${move.guest} in wave ${wave} stands behind wave ${last}`);
    last = Math.max(last, wave);
    waves.set(wave, [...(waves.get(wave) ?? []), move]);
  }
  return waves;
}

interface Peers {
  readonly apart: ReadonlyMap<number, readonly (readonly number[])[]>;
  readonly together: readonly (readonly number[])[];
  readonly apartBy: readonly { readonly label: string; readonly groups: Peers['apart'] }[];
  readonly togetherBy: readonly { readonly label: string; readonly groups: Peers['together'] }[];
}

/** The rack of a node, or whatever the label is; a node without is a rack by itself. */
function rackOf(cluster: Cluster, label: string): (node: string) => string {
  const racks = new Map(cluster.nodes.map(({ name, labels }) => [name, labels[label]]));
  return (node) => racks.get(node) ?? `node ${node}`;
}

function rulesOf(guests: readonly ClusterGuest[]): Peers {
  const collect = (namesOf: (guest: ClusterGuest) => readonly string[]): readonly number[][] => {
    const groups = new Map<string, number[]>();
    for (const guest of guests) {
      for (const name of namesOf(guest)) {
        const group = groups.get(name);
        if (group === undefined) groups.set(name, [guest.id]);
        else group.push(guest.id);
      }
    }
    return [...groups.values()];
  };
  const byGuest = (groups: readonly number[][]): Peers['apart'] => {
    const apart = new Map<number, number[][]>();
    for (const group of groups) for (const id of group) apart.set(id, [...(apart.get(id) ?? []), group]);
    return apart;
  };
  const labels = (key: 'affinityBy' | 'antiAffinityBy'): readonly string[] => [
    ...new Set(guests.flatMap((guest) => Object.keys(guest[key]))),
  ];
  return {
    apart: byGuest(collect((guest) => guest.antiAffinity)),
    together: collect((guest) => guest.affinity),
    apartBy: labels('antiAffinityBy').map((label) => {
      return { label, groups: byGuest(collect((guest) => guest.antiAffinityBy[label] ?? [])) };
    }),
    togetherBy: labels('affinityBy').map((label) => {
      return { label, groups: collect((guest) => guest.affinityBy[label] ?? []) };
    }),
  };
}

/** Guests that would meet on a target, those that leave it in the same wave included. */
function metApart(wave: readonly Move[], place: ReadonlyMap<number, string>, apart: Peers['apart']): readonly string[] {
  const arriving = new Map(wave.map((move) => [move.guest, move.to]));
  return wave.flatMap(({ guest, to }) =>
    (apart.get(guest) ?? []).flatMap((group) =>
      group
        .filter((other) => other !== guest && (place.get(other) === to || arriving.get(other) === to))
        .map((other) => `${guest} meets ${other} on ${to}`),
    ),
  );
}

function apartFromGroup(together: Peers['together'], place: ReadonlyMap<number, string>): readonly string[] {
  return together
    .filter((group) => new Set(group.map((id) => place.get(id))).size > 1)
    .map((group) => `${group.join(', ')} are no longer together`);
}
