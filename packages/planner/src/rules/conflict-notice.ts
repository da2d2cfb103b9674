import type { GuestId, NodeName, Notice, Rule } from '@ballast/core';
import { list, ruleName } from '../text/words.ts';
import { conflicts, type Ground } from './conflict.ts';
import { topologyOf } from './places.ts';

/** Says which rules contradict each other, each set in its smallest form. */
export function conflictNotices(
  rules: readonly Rule[],
  ground: Ground,
  nameOf: (id: GuestId) => string,
): readonly Notice[] {
  return conflicts(rules, ground).map((core) => {
    const guests = [...new Set(core.flatMap((rule) => rule.guests))].sort((a, b) => a - b);
    const nodes: readonly NodeName[] = [...new Set(core.flatMap((rule) => (rule.kind === 'pin' ? rule.nodes : [])))];
    const said = list(core.map((rule) => wordsOf(rule, ground, nameOf)));
    const detail =
      core.length === 1
        ? `No placement keeps this rule: ${said}. Change it.`
        : `No placement keeps these rules together: ${said}. Without any one of them the others can be kept.`;
    return { code: 'rule-conflict', nodes, guests, detail };
  });
}

function wordsOf(rule: Rule, { places, nodes, placeOf }: Ground, nameOf: (id: GuestId) => string): string {
  const running = rule.guests.filter((id) => places.has(id));
  const guests = list(running.map(nameOf));
  const where = `(${ruleName(rule.source)})`;
  const topology = topologyOf(rule);
  switch (rule.kind) {
    case 'pin':
      return `${guests} on ${rule.nodes.length === 0 ? 'no node' : list(rule.nodes)} alone ${where}`;
    case 'affinity':
      return topology === 'node' ? `${guests} on one node ${where}` : `${guests} in one ${topology} ${where}`;
    case 'anti-affinity':
      if (topology !== 'node') {
        const there = new Set(nodes.map((node) => placeOf(topology, node))).size;
        return `${guests} each in a ${topology} of its own, of which there ${there === 1 ? 'is' : 'are'} ${there} ${where}`;
      }
      return `${guests} on ${running.length} of the ${nodes.length} nodes ${where}`;
    case 'ignore':
      return `${guests} never moved ${where}`;
  }
}
