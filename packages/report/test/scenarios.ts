import {
  type Assessment,
  type Blocker,
  type CurrentWeight,
  type Explanation,
  GIB,
  MIB,
  type NodeClass,
  type NodeProjection,
  type Plan,
  type StepReport,
  utilization,
  type WeightTable,
} from '@ballast/core';
import { aBalancePolicy, aGuest, aMigration, aNode, aSnapshot, someWeights, T0 } from '@ballast/testkit';
import type { PlanReportInput } from '../src/index.ts';

const NAMES = ['order-1', 'order-2', 'payment-1', 'payment-2'];

/** Three nodes of four guests each, of which pve1 is over, and a service of the order guests. */
export function aShop(): Assessment {
  const loads: readonly (readonly [string, number, number, NodeClass, number])[] = [
    ['pve1', 0.93, 0.61, 'over', 5],
    ['pve2', 0.52, 0.44, 'appropriate', 0],
    ['pve3', 0.31, 0.38, 'under', 0],
  ];
  const nodes = loads.map(([name, cpu, memory]) => aNode(name, { cpu, memory }));
  const guests = nodes.flatMap((node, n) =>
    NAMES.map((name, i) =>
      aGuest(101 + n * 4 + i, node.name, { cpu: 3 - n }, { name: `${name}${'abc'[n]}`, tags: ['web'] }),
    ),
  );
  return {
    snapshot: aSnapshot({ cluster: 'shop', nodes, guests }),
    nodes: loads.map(([, cpu, , name, roundsOver], n) => {
      const node = nodes[n] ?? aNode('none');
      const hot = cpu > 0.8 ? (['cpu'] as const) : [];
      return {
        node,
        usage: node.usage,
        utilization: utilization(node.usage, node.capacity),
        class: name,
        hot,
        roundsOver,
        pressure: cpu,
      };
    }),
    guests: guests.map((guest) => ({
      guest,
      usage: guest.usage,
      blockers: blockersOf.filter((blocker) => blocker.guest === guest.id),
    })),
  };
}

/** The same shop, its native balancer on. */
export function aShopUnderHa(guests: readonly number[] = [101, 102, 105, 106, 109, 110]): Assessment {
  const shop = aShop();
  return { ...shop, snapshot: { ...shop.snapshot, nativeBalancer: { active: true, guests } } };
}

const blockersOf: readonly Blocker[] = [
  { guest: 103, code: 'cool-down', detail: 'It was moved 4 min ago and rests for 11 min more.' },
  { guest: 104, code: 'pinned', detail: 'The tag ballast-pin_pve1 pins it to pve1.' },
  { guest: 108, code: 'local-disk', detail: 'Its disk scsi1 lies on local-lvm of pve2, which is not shared.' },
  { guest: 112, code: 'locked', detail: 'Its configuration is locked: backup.' },
  { guest: 111, code: 'cool-down', detail: 'It was moved 2 min ago and rests for 13 min more.' },
];

function projection(node: string, cpu: number, memory: number, name: NodeClass, guests: number): NodeProjection {
  return { node, utilization: { cpu, memory }, class: name, guests };
}

/** Two steps that bring pve1 below its threshold. */
export function aShopPlan(fields: Partial<Plan> = {}): Plan {
  return {
    id: '9c41d2e07b5a',
    snapshotId: 'shop-000042',
    decidedAt: T0,
    steps: [
      aMigration(102, 'pve1', 'pve3', {
        guestName: 'order-2a',
        why: [
          'pve1 stands at CPU 93 %, above 80 % for 5 rounds; it is relieved to 70 %.',
          'order-2a takes 2.56 cores of CPU along: 93 % → 77 % for 6.2 GiB over the network in about 58 s.',
          'pve3 has the most room of the 2 nodes that may take it: CPU 31 % → 47 %, memory 38 % → 44 %.',
        ],
        gain: { resource: 'cpu', fromBefore: 0.93, fromAfter: 0.77, toBefore: 0.31, toAfter: 0.47 },
        cost: { bytes: 6.2 * GIB, duration: 58_000, downtime: 90 },
        wave: 1,
        alternatives: [
          { node: 'pve3', fullness: 0.67 },
          { node: 'pve2', fullness: 0.97 },
        ],
      }),
      aMigration(101, 'pve1', 'pve2', {
        guestName: 'order-1a',
        why: [
          'pve1 would still stand at CPU 77 % after the steps before, above its target of 70 %.',
          'order-1a takes 1.44 cores of CPU along: 77 % → 68 % for 3.9 GiB over the network in about 36 s.',
          'pve2 is the only node that may take it: CPU 52 % → 61 %, memory 44 % → 50 %.',
        ],
        gain: { resource: 'cpu', fromBefore: 0.77, fromAfter: 0.68, toBefore: 0.52, toAfter: 0.61 },
        cost: { bytes: 3.9 * GIB, duration: 36_000, downtime: 70 },
        wave: 2,
        alternatives: [{ node: 'pve2', fullness: 0.87 }],
      }),
    ],
    blocked: blockersOf,
    before: [
      projection('pve1', 0.93, 0.61, 'over', 4),
      projection('pve2', 0.52, 0.44, 'appropriate', 4),
      projection('pve3', 0.31, 0.38, 'under', 4),
    ],
    after: [
      projection('pve1', 0.68, 0.49, 'appropriate', 2),
      projection('pve2', 0.61, 0.5, 'appropriate', 5),
      projection('pve3', 0.47, 0.44, 'appropriate', 5),
    ],
    unresolved: [],
    bound: { moves: 2, bytes: 8.4 * GIB },
    makespan: 94_000,
    ...fields,
  };
}

export function aShopTable(): WeightTable {
  const { members } = someWeights('orders', { 101: 0.45, 102: 0.4, 105: 0.8, 106: 0.8, 109: 1, 110: 0.95 });
  const drained = members.map((member) =>
    member.member.guest === 102 ? { ...member, state: 'drain' as const } : member,
  );
  return {
    snapshotId: 'shop-000042',
    decidedAt: T0,
    services: [
      { service: 'orders', members: drained },
      { service: 'search', members: [], frozen: 'no-members' },
    ],
  };
}

export function aShopReport(fields: Partial<PlanReportInput> = {}): PlanReportInput {
  return {
    plan: aShopPlan(),
    assessment: aShop(),
    policy: aBalancePolicy(),
    mode: 'advise',
    cluster: 'shop',
    weights: aShopTable(),
    violations: [{ kind: 'pin', source: { kind: 'tag', name: 'ballast-pin_pve1' }, guests: [108], nodes: ['pve2'] }],
    elapsed: 4.2,
    notes: ['Judged by one look: the operator acts only on load that lasts.'],
    ...fields,
  };
}

/** The same shop in a calm hour. */
export function aBalancedReport(): PlanReportInput {
  const shop = aShop();
  const calm = { cpu: 0.52, memory: 0.44 };
  const nodes = shop.nodes.map((node) => ({
    ...node,
    utilization: calm,
    class: 'appropriate' as const,
    hot: [],
    roundsOver: 0,
  }));
  const standing = nodes.map(({ node }) => projection(node.name, 0.52, 0.44, 'appropriate', 4));
  const plan = aShopPlan({ id: '000000000000', steps: [], blocked: [], before: standing, after: standing });
  const {
    weights: _weights,
    notes: _notes,
    ...rest
  } = aShopReport({
    plan,
    assessment: { ...shop, nodes },
    violations: [],
  });
  return rest;
}

/** pve1 is over, and nothing on it may move. */
export function aStuckReport(): PlanReportInput {
  const plan = aShopPlan();
  return aShopReport({
    plan: {
      ...plan,
      steps: [],
      after: plan.before,
      unresolved: [
        { node: 'pve1', detail: 'No guest on it may move: 1 pinned, 1 in cool-down, 2 without room elsewhere.' },
      ],
    },
  });
}

export const someSteps: readonly StepReport[] = [
  {
    step: aMigration(102, 'pve1', 'pve3', { guestName: 'order-2a' }),
    state: 'done',
    startedAt: T0,
    endedAt: T0 + 58_000,
    outcome: { result: 'done', detail: 'OK', downtime: 90, transferred: 6 * GIB },
  },
  {
    step: aMigration(101, 'pve1', 'pve2', { guestName: 'order-1a' }),
    state: 'running',
    startedAt: T0,
    progress: { ratio: 0.42, transferred: 1.6 * GIB, total: 3.9 * GIB, speed: 112 * MIB },
  },
  {
    step: aMigration(105, 'pve2', 'pve3', { guestName: 'order-1b' }),
    state: 'failed',
    outcome: { result: 'failed', detail: 'migration aborted' },
    detail: 'Proxmox VE ended the task with: migration problems.',
  },
  {
    step: aMigration(106, 'pve2', 'pve3', { guestName: 'order-2b' }),
    state: 'skipped',
    detail: 'A step before it failed.',
  },
  { step: aMigration(107, 'pve2', 'pve3', { guestName: 'payment-1b' }), state: 'planned' },
];

export const someExplanations: Readonly<Record<'moves' | 'stays', Explanation>> = {
  moves: {
    guest: 102,
    guestName: 'order-2a',
    node: 'pve1',
    decision: 'moves',
    summary: 'It moves to pve3, since that brings the CPU of pve1 from 93 % to 77 %.',
    step: aShopPlan().steps[0] ?? aMigration(102, 'pve1', 'pve3'),
    blockers: [],
    targets: [
      {
        node: 'pve2',
        allowed: true,
        detail: 'Allowed: it would stand at CPU 68 %, memory 50 %.',
        after: { cpu: 0.68, memory: 0.5 },
      },
      {
        node: 'pve3',
        allowed: true,
        detail: 'Chosen: it would stand at CPU 47 %, memory 44 %.',
        after: { cpu: 0.47, memory: 0.44 },
      },
    ],
  },
  stays: {
    guest: 103,
    guestName: 'payment-1a',
    node: 'pve1',
    decision: 'stays',
    summary: 'It may not move now.',
    blockers: [{ guest: 103, code: 'cool-down', detail: 'It was moved 4 min ago and rests for 11 min more.' }],
    targets: [
      {
        node: 'pve2',
        allowed: false,
        code: 'anti-affinity',
        detail: 'payment-1b runs there; the tag ballast-anti-affinity_payment keeps them apart.',
      },
      {
        node: 'pve3',
        allowed: false,
        code: 'no-room',
        detail: 'Its memory would stand at 94 %, above its ceiling of 90 %.',
        after: { cpu: 0.5, memory: 0.94 },
      },
    ],
  },
};

export const someCurrentWeights: readonly CurrentWeight[] = [
  { service: 'orders', guest: 101, handle: 'orders/order-1a', weight: 0.8, scaled: 205, state: 'ready' },
  { service: 'orders', guest: 102, handle: 'orders/order-2a', weight: 0.4, scaled: 102, state: 'drain' },
  { service: 'orders', guest: 110, handle: 'orders/order-2c', weight: 0.95, scaled: 243, state: 'ready' },
  { service: 'orders', guest: 110, handle: 'spare/order-2c', weight: 0.5, scaled: 128, state: 'ready' },
];
