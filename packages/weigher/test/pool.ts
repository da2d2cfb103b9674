import {
  type Assessment,
  EMPTY_HISTORY,
  type Guest,
  type GuestId,
  type History,
  type MemberWeight,
  memberKey,
  type Node,
  type Ratio,
  type ServiceWeights,
  type WeightTable,
} from '@ballast/core';
import { aBalancePolicy, aGuest, aNode, aService, aSnapshot, aWeightPolicy, T0 } from '@ballast/testkit';
import { rememberWeights, type WeighInput, weigh } from '../src/index.ts';

/** A node with its load, and its pressure where it is not what follows from its CPU. */
export interface NodeLoad {
  readonly cpu: Ratio;
  readonly pressure?: Ratio;
  readonly fields?: Partial<Node>;
}

/** An assessment of these nodes and guests, unsmoothed. */
export function anAssessment(nodes: Readonly<Record<string, NodeLoad>>, guests: readonly Guest[]): Assessment {
  const list = Object.entries(nodes).map(([name, { cpu, fields }]) => aNode(name, { cpu }, fields));
  return {
    snapshot: aSnapshot({ nodes: list, guests }),
    nodes: list.map((node) => {
      const cpu = node.usage.cpu / node.capacity.cpu;
      return {
        node,
        usage: node.usage,
        utilization: { cpu, memory: 0.3 },
        class: cpu > 0.8 ? 'over' : 'appropriate',
        hot: cpu > 0.8 ? ['cpu'] : [],
        roundsOver: cpu > 0.8 ? 3 : 0,
        pressure: nodes[node.name]?.pressure ?? Math.min(1, cpu),
      };
    }),
    guests: guests.map((guest) => ({ guest, usage: guest.usage, blockers: [] })),
  };
}

/** A member of the service `shop`; `cpu` in cores. */
export function aMember(id: GuestId, node: string, cpu = 1, fields: Partial<Guest> = {}): Guest {
  return aGuest(id, node, { cpu }, { tags: ['web'], ...fields });
}

/** A history that holds these weights of `shop`. */
export function withWeights(weights: Readonly<Record<GuestId, number>>, fields: Partial<History> = {}): History {
  const entries = Object.entries(weights).map(([id, weight]) => [memberKey('shop', Number(id)), weight]);
  return { ...EMPTY_HISTORY, weights: Object.fromEntries(entries), ...fields };
}

/** Weighs the service `shop`. */
export function weighShop(assessment: Assessment, fields: Partial<WeighInput> = {}): WeightTable {
  return weigh({
    assessment,
    services: [aService()],
    history: EMPTY_HISTORY,
    policy: aWeightPolicy(),
    balance: aBalancePolicy(),
    migrating: [],
    now: T0,
    ...fields,
  });
}

/** Weighs the same load round after round. */
export function settle(assessment: Assessment, rounds: number, fields: Partial<WeighInput> = {}): WeightTable {
  let history = fields.history ?? EMPTY_HISTORY;
  let table = weighShop(assessment, { ...fields, history });
  for (let round = 1; round < rounds; round++) {
    history = rememberWeights(history, table);
    table = weighShop(assessment, { ...fields, history });
  }
  return table;
}

/** The one service of the table. */
export function pool(table: WeightTable): ServiceWeights {
  const [first] = table.services;
  if (first === undefined) throw new Error('Expected a table with a service, got none.');
  return first;
}

export function weightsOf(table: WeightTable): Record<GuestId, number> {
  return Object.fromEntries(pool(table).members.map(({ member, weight }) => [member.guest, weight]));
}

export function statesOf(table: WeightTable): Record<GuestId, string> {
  return Object.fromEntries(pool(table).members.map(({ member, state }) => [member.guest, state]));
}

export function membersOf(table: WeightTable): readonly MemberWeight[] {
  return pool(table).members;
}
