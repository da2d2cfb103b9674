import {
  addUsage,
  type BalancePolicy,
  type ClusterSnapshot,
  type Cost,
  type Guest,
  type GuestAssessment,
  type GuestFacts,
  type GuestId,
  type Migration,
  type MigrationMode,
  NO_USAGE,
  type NodeAssessment,
  type NodeName,
  subtractUsage,
  type Traffic,
  type Usage,
  type Utilization,
  utilization,
} from '@ballast/core';
import { isStrained } from '../assessment/pressure.ts';
import { amounts } from '../limits.ts';
import { migrationCost, migrationMode } from './cost.ts';
import type { Learned } from './learned.ts';
import { compareNodes } from './order.ts';
import type { Loads, PlacedGuest, PlacedNode } from './placed.ts';
import { type Quota, quotasOf, type Taker } from './quotas.ts';
import type { Limits } from './tightest.ts';

/** Who stands where while a plan is made, in an order that does not depend on the snapshot's. */
export class Placement {
  readonly nodes: readonly PlacedNode[];
  /** Guests that put a load on their node: stopped ones and templates do not. */
  readonly guests: readonly PlacedGuest[];
  readonly limits: Limits;
  readonly #nodes: ReadonlyMap<NodeName, PlacedNode>;
  readonly #guests: Map<GuestId, PlacedGuest>;
  readonly #learned: Learned | undefined;

  constructor(input: {
    readonly nodes: readonly NodeAssessment[];
    readonly guests: readonly GuestAssessment[];
    readonly facts: ClusterSnapshot['facts'];
    readonly policy: BalancePolicy;
    readonly expected: Readonly<Record<GuestId, Usage>>;
    readonly inFlight: readonly Migration[];
    /** What past migrations teach about the cost of new ones. */
    readonly learned?: Learned;
  }) {
    this.limits = { policy: input.policy, quotas: quotasOf(input.policy) };
    this.#learned = input.learned;
    this.nodes = input.nodes.map((node) => placeNode(node, this.limits)).sort(compareNodes);
    this.#nodes = new Map(this.nodes.map((node) => [node.name, node]));
    const flights = new Map(input.inFlight.map((step) => [step.guest, step.to]));
    const guests: PlacedGuest[] = [];
    this.#guests = new Map();
    for (const assessed of input.guests.toSorted((a, b) => a.guest.id - b.guest.id)) {
      const { id } = assessed.guest;
      const placed = this.#place(assessed, input.facts[id], input.expected[id], flights.get(id));
      if (placed === undefined) continue;
      guests.push(placed);
      this.#guests.set(id, placed);
    }
    this.guests = guests;
  }

  node(name: NodeName): PlacedNode | undefined {
    return this.#nodes.get(name);
  }

  guest(id: GuestId): PlacedGuest | undefined {
    return this.#guests.get(id);
  }

  /** Moves a guest. The function returned takes it back, exactly. */
  move(guest: PlacedGuest, to: PlacedNode): () => void {
    const from = guest.node;
    const [left, reached] = [from.loads, to.loads];
    const [heldBefore, heldThere] = [from.held, to.held];
    from.loads = combine(subtractUsage, left, guest.loads);
    to.loads = combine(addUsage, reached, guest.loads);
    [from.held, to.held] = [[...heldBefore], [...heldThere]];
    this.#hold(from, guest, -1);
    this.#hold(to, guest, 1);
    relocate(guest, to);
    guest.moved = true;
    fill(to, guest, -1);
    return () => {
      fill(to, guest, 1);
      relocate(guest, from);
      guest.moved = false;
      from.loads = left;
      to.loads = reached;
      from.held = heldBefore;
      to.held = heldThere;
    };
  }

  #hold({ held }: PlacedNode, guest: Taker, sign: 1 | -1): void {
    const { quotas } = this.limits;
    for (let q = 0; q < quotas.length; q++) held[q] = (held[q] as number) + sign * (quotas[q] as Quota).of(guest);
  }

  #place(
    assessed: GuestAssessment,
    facts: GuestFacts | undefined,
    expected: Usage | undefined,
    flight: NodeName | undefined,
  ): PlacedGuest | undefined {
    const { guest, usage } = assessed;
    const home = this.#nodes.get(guest.node);
    if (home === undefined || guest.template || guest.status === 'stopped') return undefined;
    const raw = sameUsage(guest.usage, usage) ? usage : amounts(guest.usage);
    const loads: Loads = { raw, assessed: usage, expected: expected === undefined ? usage : amounts(expected) };
    this.#hold(home, assessed, 1);
    if (loads.expected !== usage) {
      home.loads = { ...home.loads, expected: shift(home.loads.expected, usage, loads.expected) };
    }
    const to = flight === undefined ? undefined : this.#nodes.get(flight);
    const mode = migrationMode(guest);
    const moved = flight !== undefined;
    const costs: Costs = { facts, policy: this.limits.policy, learned: this.#learned };
    if (to === undefined || to === home) return seat(new Seated(assessed, loads, mode, home, moved, costs));
    to.loads = combine(addUsage, to.loads, loads);
    home.leaving = addUsage(home.leaving, loads.expected);
    this.#hold(to, assessed, 1);
    const seated = seat(new Seated(assessed, loads, mode, to, moved, costs, home));
    fill(to, seated, -1);
    return seated;
  }
}

const NO_NEEDS: Readonly<Record<string, number>> = {};

/** What the cost of a guest's migration is worked out from. */
interface Costs {
  readonly facts: GuestFacts | undefined;
  readonly policy: BalancePolicy;
  readonly learned: Learned | undefined;
}

/** A guest in its place. What its migration would cost is worked out for the few that are asked about. */
class Seated implements PlacedGuest {
  readonly id: GuestId;
  readonly guest: Guest;
  readonly assessed: GuestAssessment;
  readonly loads: Loads;
  readonly mode: MigrationMode;
  node: PlacedNode;
  moved: boolean;
  readonly leaves?: PlacedNode;
  readonly #costs: Costs;
  #cost: Cost | undefined;
  /** What was asked for last: a step's cost is told in several places. */
  #told: { readonly to: NodeName | undefined; readonly cost: Cost } | undefined;

  constructor(
    assessed: GuestAssessment,
    loads: Loads,
    mode: MigrationMode,
    node: PlacedNode,
    moved: boolean,
    costs: Costs,
    leaves?: PlacedNode,
  ) {
    this.id = assessed.guest.id;
    this.guest = assessed.guest;
    this.assessed = assessed;
    this.loads = loads;
    this.mode = mode;
    this.node = node;
    this.moved = moved;
    this.#costs = costs;
    if (leaves !== undefined) this.leaves = leaves;
  }

  get cost(): Cost {
    this.#cost ??= this.costTo(this.replicas[0]);
    return this.#cost;
  }

  get traffic(): Traffic | undefined {
    return this.assessed.traffic;
  }

  get replicas(): readonly NodeName[] {
    return this.#costs.facts?.replicas ?? [];
  }

  get needs(): Readonly<Record<string, number>> {
    return this.#costs.facts?.needs ?? NO_NEEDS;
  }

  costTo(node: NodeName | undefined): Cost {
    if (this.#told === undefined || this.#told.to !== node) {
      const { facts, policy, learned } = this.#costs;
      this.#told = { to: node, cost: migrationCost(this.guest, this.assessed.usage, facts, policy, node, learned) };
    }
    return this.#told.cost;
  }
}

/** The load a node will settle at: as expected, without those that are leaving. */
export function settled(node: PlacedNode): Usage {
  return subtractUsage(node.loads.expected, node.leaving);
}

export function settledUtilization(node: PlacedNode): Utilization {
  return utilization(settled(node), node.capacity);
}

function placeNode(assessed: NodeAssessment, { policy, quotas }: Limits): PlacedNode {
  const { node, usage } = assessed;
  return {
    name: node.name,
    assessed,
    capacity: node.capacity,
    takesGuests: node.status === 'online' && !node.maintenance && !isStrained(assessed, policy),
    guests: new Set(),
    loads: { raw: amounts(node.usage), assessed: usage, expected: usage },
    leaving: NO_USAGE,
    free: new Map(Object.entries(node.free ?? {})),
    held: quotas.map(() => 0),
  };
}

/** A storage of a node that has too little room, with what is left there and what is needed. */
export interface Lack {
  readonly storage: string;
  readonly free: number;
  readonly needed: number;
}

/** The storage that cannot take the disks of the guests any more, after all that the plan has brought already. */
export function lackOfDisk(guests: readonly Pick<PlacedGuest, 'needs'>[], { free }: PlacedNode): Lack | undefined {
  if (free.size === 0) return undefined;
  const needed = new Map<string, number>();
  for (const { needs } of guests) {
    for (const [storage, bytes] of Object.entries(needs)) needed.set(storage, (needed.get(storage) ?? 0) + bytes);
  }
  for (const [storage, bytes] of needed) {
    const room = free.get(storage);
    if (room !== undefined && room < bytes) return { storage, free: room, needed: bytes };
  }
  return undefined;
}

function fill({ free }: PlacedNode, { needs }: PlacedGuest, sign: 1 | -1): void {
  for (const [storage, bytes] of Object.entries(needs)) {
    const room = free.get(storage);
    if (room !== undefined) free.set(storage, room + sign * bytes);
  }
}

function seat(guest: PlacedGuest): PlacedGuest {
  guest.node.guests.add(guest);
  return guest;
}

function relocate(guest: PlacedGuest, to: PlacedNode): void {
  guest.node.guests.delete(guest);
  guest.node = to;
  to.guests.add(guest);
}

function combine(operation: (a: Usage, b: Usage) => Usage, a: Loads, b: Loads): Loads {
  return {
    raw: operation(a.raw, b.raw),
    assessed: operation(a.assessed, b.assessed),
    expected: operation(a.expected, b.expected),
  };
}

function sameUsage(a: Usage, b: Usage): boolean {
  return a === b || (a.cpu === b.cpu && a.memory === b.memory);
}

/** `load` with a part of it replaced. */
function shift(load: Usage, from: Usage, to: Usage): Usage {
  return amounts({ cpu: load.cpu + to.cpu - from.cpu, memory: load.memory + to.memory - from.memory });
}
