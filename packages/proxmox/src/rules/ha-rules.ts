import type { GuestId, Node, NodeName, Rule } from '@ballast/core';
import type { HaNodePreference, HaResource, HaRule } from '../observe/ha.ts';

/**
 * HA rules as rules of ours.
 *
 * A guest under a node-affinity rule stays where the HA manager would place it: on the available nodes of the highest
 * priority. With failback on, the manager would take it back from anywhere else; with failback off only a strict rule
 * binds it, to all of its nodes.
 */
export function compileHaRules(
  haRules: readonly HaRule[],
  resources: readonly HaResource[],
  nodes: readonly Node[],
): readonly Rule[] {
  const available = new Set(
    nodes.filter((node) => node.status === 'online' && !node.maintenance).map(({ name }) => name),
  );
  const failback = new Map(resources.map((resource) => [resource.guest, resource.failback]));
  return haRules.flatMap((rule): readonly Rule[] => {
    const source = { kind: 'ha', name: rule.name } as const;
    if (rule.kind === 'resource-affinity') {
      if (rule.guests.length < 2) return [];
      return [{ kind: rule.affinity === 'positive' ? 'affinity' : 'anti-affinity', source, guests: rule.guests }];
    }
    const returns = (guest: GuestId): boolean => rule.failback && (failback.get(guest) ?? true);
    const returning = rule.guests.filter(returns);
    const staying = rule.strict ? rule.guests.filter((guest) => !returns(guest)) : [];
    const preferred = preferredNodes(rule.nodes, available);
    const everyNode = rule.nodes.map(({ node }) => node);
    // None of its nodes is available: a strict rule holds its guests, another one lets them run anywhere.
    const home = preferred.length > 0 ? preferred : rule.strict ? everyNode : [];
    return [
      ...(returning.length > 0 && home.length > 0 ? [pin(returning, home)] : []),
      ...(staying.length > 0 ? [pin(staying, everyNode)] : []),
    ];

    function pin(guests: readonly GuestId[], to: readonly NodeName[]): Rule {
      return { kind: 'pin', source, guests, nodes: to };
    }
  });
}

function preferredNodes(nodes: readonly HaNodePreference[], available: ReadonlySet<NodeName>): readonly NodeName[] {
  const candidates = nodes.filter(({ node }) => available.has(node));
  const highest = Math.max(...candidates.map(({ priority }) => priority));
  return candidates.filter(({ priority }) => priority === highest).map(({ node }) => node);
}
