import {
  type Assessment,
  type BalancePolicy,
  type Cores,
  type GuestAssessment,
  type GuestId,
  type GuestStatus,
  type NodeAssessment,
  type NodeName,
  type Ratio,
  type Service,
  selects,
} from '@ballast/core';

/** What a weight can be told from: the load of a member and of the node it runs on. */
export interface MemberLoad {
  readonly vcpus: Cores;
  readonly usage: Cores;
  readonly node: {
    readonly name: NodeName;
    readonly capacity: Cores;
    readonly usage: Cores;
    readonly pressure: Ratio;
    /** The utilization of its CPU at which relief stops. */
    readonly target: Ratio;
    /** The part of its usage that members of services cause: the part that weights can move. */
    readonly memberUsage: Cores;
    /** How many members of services run there. */
    readonly members: number;
  };
}

/** The loads of an assessment, looked up by guest. */
export class ClusterLoad {
  readonly #guests: ReadonlyMap<GuestId, GuestAssessment>;
  readonly #nodes: ReadonlyMap<NodeName, NodeAssessment>;
  readonly #target: Ratio;
  readonly #members = new Map<NodeName, { usage: Cores; count: number }>();

  constructor(assessment: Assessment, services: readonly Service[], balance: BalancePolicy) {
    this.#target = balance.cpu.target;
    this.#guests = new Map(assessment.guests.map((entry) => [entry.guest.id, entry]));
    this.#nodes = new Map(assessment.nodes.map((entry) => [entry.node.name, entry]));
    // By id: a sum of floats depends on its order, and a table must not depend on the order of guests.
    const guests = [...assessment.guests].sort((a, b) => a.guest.id - b.guest.id);
    for (const { guest, usage } of guests) {
      if (guest.status !== 'running' || !services.some((service) => selects(service.pool.members, guest))) continue;
      const { usage: sum, count } = this.#members.get(guest.node) ?? { usage: 0, count: 0 };
      this.#members.set(guest.node, { usage: sum + usage.cpu, count: count + 1 });
    }
  }

  /** Where the guest runs; nothing for a guest that the assessment does not hold. */
  nodeOf(guest: GuestId): NodeName | undefined {
    return this.#guests.get(guest)?.guest.node;
  }

  /** The guest's status; `unknown` as well while its node is not online, whose guests nobody sees. */
  statusOf(guest: GuestId): GuestStatus {
    const known = this.#guests.get(guest)?.guest;
    if (known === undefined || this.#nodes.get(known.node)?.node.status !== 'online') return 'unknown';
    return known.status;
  }

  /** The load of a guest that runs on a node that is online; nothing for any other. */
  of(guest: GuestId): MemberLoad | undefined {
    const known = this.#guests.get(guest);
    const node = known === undefined ? undefined : this.#nodes.get(known.guest.node);
    if (known === undefined || node === undefined || this.statusOf(guest) !== 'running') return undefined;
    const members = this.#members.get(known.guest.node);
    return {
      vcpus: known.guest.capacity.cpu,
      usage: known.usage.cpu,
      node: {
        name: node.node.name,
        capacity: node.node.capacity.cpu,
        usage: node.usage.cpu,
        pressure: node.pressure,
        target: this.#target,
        memberUsage: members?.usage ?? 0,
        members: members?.count ?? 0,
      },
    };
  }
}
