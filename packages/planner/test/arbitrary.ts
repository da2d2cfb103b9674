import {
  type ClusterSnapshot,
  GIB,
  type Guest,
  type GuestFacts,
  type MoveRecord,
  type Node,
  type Rule,
} from '@ballast/core';
import { aGuest, aNode, aSnapshot, T0 } from '@ballast/testkit';
import fc from 'fast-check';
import { apart, apartBy, ignore, near, pin, together } from './stage.ts';

/** A cluster of any shape, with loads high enough that there is often something to do, and rules that may be broken. */
export interface AnyCluster {
  readonly snapshot: ClusterSnapshot;
  readonly rules: readonly Rule[];
  readonly moves: readonly MoveRecord[];
}

const NODE_NAMES = ['a', 'b', 'c', 'd', 'e'];

const anyNode: fc.Arbitrary<Partial<Node>> = fc.record({
  capacity: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom({ cpu: 16, memory: 64 * GIB }, { cpu: 32, memory: 48 * GIB }) },
    { weight: 1, arbitrary: fc.constant({ cpu: 0, memory: 0 }) },
  ),
  status: fc.oneof(
    { weight: 15, arbitrary: fc.constant('online' as const) },
    { weight: 1, arbitrary: fc.constant('offline' as const) },
  ),
  maintenance: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  labels: fc.constantFrom<Readonly<Record<string, string>>>(
    { rack: 'x' },
    { rack: 'x', site: 'n' },
    { rack: 'y', site: 'n' },
    { rack: 'y' },
    {},
  ),
});

const anyGuest: fc.Arbitrary<Partial<Guest> & { readonly at: number }> = fc.record({
  at: fc.nat({ max: 99 }),
  usage: fc.record({
    cpu: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 1, max: 140 }).map((n) => n / 20) },
      { weight: 1, arbitrary: fc.constantFrom(0, Number.NaN) },
    ),
    memory: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 1, max: 160 }).map((n) => (n / 10) * GIB) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
  }),
  kind: fc.constantFrom('qemu' as const, 'qemu' as const, 'qemu' as const, 'lxc' as const),
  status: fc.constantFrom(
    'running' as const,
    'running' as const,
    'running' as const,
    'running' as const,
    'stopped' as const,
  ),
});

const ids = fc.uniqueArray(fc.integer({ min: 100, max: 124 }), { minLength: 2, maxLength: 4 });
const anyRule: fc.Arbitrary<Rule> = fc.oneof(
  fc.tuple(fc.integer({ min: 100, max: 124 }), fc.subarray(NODE_NAMES)).map(([guest, nodes]) => pin(guest, ...nodes)),
  ids.map((guests) => together(...guests)),
  ids.map((guests) => apart(...guests)),
  ids.map((guests) => apartBy('rack', ...guests.slice(0, 3))),
  ids.map((guests) => near('rack', ...guests)),
  ids.map((guests) => near('site', ...guests)),
  fc.integer({ min: 100, max: 124 }).map((guest) => ignore(guest)),
);

const anyMove: fc.Arbitrary<MoveRecord> = fc
  .record({
    guest: fc.integer({ min: 100, max: 124 }),
    from: fc.constantFrom(...NODE_NAMES),
    to: fc.constantFrom(...NODE_NAMES),
    outcome: fc.constantFrom('done' as const, 'done' as const, 'failed' as const, 'running' as const),
    ago: fc.integer({ min: 0, max: 30 * 3600 }),
  })
  .map(({ ago, ...move }) => ({ ...move, startedAt: T0 - ago * 1000 - 5000, endedAt: T0 - ago * 1000 }));

export const anyCluster: fc.Arbitrary<AnyCluster> = fc
  .record({
    nodes: fc.array(anyNode, { minLength: 1, maxLength: 5, size: 'max' }),
    guests: fc.array(anyGuest, { maxLength: 25, size: 'max' }),
    rules: fc.array(anyRule, { maxLength: 5 }),
    moves: fc.array(anyMove, { maxLength: 6 }),
    tight: fc.integer({ min: 0, max: 30 }).map((n) => n / 50),
    immovable: fc.dictionary(fc.integer({ min: 100, max: 124 }).map(String), fc.nat({ max: 3 }), { maxKeys: 3 }),
  })
  .map(({ nodes, guests, rules, moves, tight, immovable }) => {
    const placed = guests.map(({ at, ...fields }, i) => {
      // Half of the guests crowd the first node, so that it is often over.
      const node = NODE_NAMES[at % 2 === 0 ? 0 : at % nodes.length] ?? 'a';
      return aGuest(100 + i, node, {}, fields);
    });
    const named = nodes.map((fields, i) => {
      const name = NODE_NAMES[i] ?? 'a';
      const own = { cpu: tight * 8, memory: tight * 16 * GIB };
      const running = placed.filter((guest) => guest.node === name && guest.status === 'running');
      const usage = running.reduce(
        (sum, { usage: { cpu, memory } }) => ({ cpu: sum.cpu + (cpu || 0), memory: sum.memory + memory }),
        own,
      );
      return aNode(name, {}, { ...fields, usage });
    });
    return { snapshot: aSnapshot({ nodes: named, guests: placed, facts: factsOf(immovable) }), rules, moves };
  });

function factsOf(immovable: Readonly<Record<string, number>>): Readonly<Record<number, GuestFacts>> {
  return Object.fromEntries(
    Object.entries(immovable).map(([id, kind]) => [
      Number(id),
      {
        guest: Number(id),
        digest: '',
        localDiskBytes: kind === 0 ? GIB : 0,
        localResources: kind === 1 ? ['hostpci0'] : [],
        refusedNodes: kind === 2 ? { b: 'storage is not available there' } : {},
        ...(kind === 3 ? { dirtyRate: 10 * GIB } : {}),
      },
    ]),
  );
}
