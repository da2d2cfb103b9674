import { type ClusterSnapshot, type Guest, type Node, RESOURCES } from '@ballast/core';
import { gotText, type Problem } from './problems.ts';
import type { BenchCluster } from './schemas.ts';

/** What holds between the parts of a `bench-cluster/1`: its guests run. */
export function checkBench({ nodes, guests }: BenchCluster): readonly Problem[] {
  return [...checkNames(nodes, []), ...checkIds(guests, []), ...checkPlaces(guests, nodes, [])];
}

/**
 * What holds between the parts of a snapshot. Proxmox VE tells no capacity of a node that is offline; and it may list what is
 * left of guests on nodes that have left the cluster, in unknown states: they count for nothing.
 */
export function checkSnapshot({ nodes, guests }: ClusterSnapshot): readonly Problem[] {
  const counts = ({ status }: Guest): boolean => status === 'running' || status === 'paused';
  return [
    ...checkNames(nodes, ['snapshot']),
    ...nodes.flatMap(checkCapacity),
    ...checkIds(guests, ['snapshot']),
    ...checkPlaces(guests, nodes, ['snapshot'], counts),
  ];
}

function checkNames(nodes: readonly { readonly name: string }[], top: Problem['path']): readonly Problem[] {
  return repeats(nodes, (node) => node.name, { noun: 'node', pathOf: (index) => [...top, 'nodes', index, 'name'] });
}

function checkIds(guests: readonly { readonly id: number }[], top: Problem['path']): readonly Problem[] {
  return repeats(guests, (guest) => guest.id, { noun: 'guest', pathOf: (index) => [...top, 'guests', index, 'id'] });
}

interface Naming {
  readonly noun: 'node' | 'guest';
  readonly pathOf: (index: number) => Problem['path'];
}

function repeats<T>(
  values: readonly T[],
  keyOf: (value: T) => string | number,
  { noun, pathOf }: Naming,
): readonly Problem[] {
  const first = new Map<string | number, number>();
  const problems: Problem[] = [];
  for (const [index, value] of values.entries()) {
    const key = keyOf(value);
    const before = first.get(key);
    if (before === undefined) first.set(key, index);
    else {
      const got = `${gotText(key)} again, as ${noun}s[${before}]`;
      problems.push({ path: pathOf(index), expected: `each ${noun} once`, got });
    }
  }
  return problems;
}

/** The load of a guest on a node that is not there would be nobody's. */
function checkPlaces<G extends { readonly node: string }>(
  guests: readonly G[],
  nodes: readonly { readonly name: string }[],
  top: Problem['path'],
  counts: (guest: G) => boolean = () => true,
): readonly Problem[] {
  const known = new Set(nodes.map((node) => node.name));
  const problems: Problem[] = [];
  for (const [index, guest] of guests.entries()) {
    if (known.has(guest.node) || !counts(guest)) continue;
    const expected = 'the name of a node that is listed in nodes';
    problems.push({ path: [...top, 'guests', index, 'node'], expected, got: gotText(guest.node) });
  }
  return problems;
}

function checkCapacity({ status, capacity }: Node, index: number): readonly Problem[] {
  if (status !== 'online') return [];
  return RESOURCES.filter((resource) => capacity[resource] === 0).map((resource) => ({
    path: ['snapshot', 'nodes', index, 'capacity', resource],
    expected: 'a number above 0 of a node that is online',
    got: '0',
  }));
}
