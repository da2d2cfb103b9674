import { type Guest, type GuestId, type NodeName, nearestNames, type Rule } from '@ballast/core';

const WORDS = /^(pin|affinity|anti[-_]affinity|ignore)(?:[-_.](.+))?$/;

type Word = 'pin' | 'affinity' | 'anti-affinity' | 'ignore';

interface TagRule {
  readonly tag: string;
  readonly word: Word;
  /** A node for `pin`; the name of a group for the affinities. */
  readonly name: string;
}

export interface CompiledTags {
  readonly rules: readonly Rule[];
  /** Tags that ask for a rule and cannot be read, each in a sentence. */
  readonly problems: readonly string[];
}

/**
 * Rules by tags, with the prefix `ballast-`:
 *
 * | tag                           | meaning                                           |
 * |-------------------------------|---------------------------------------------------|
 * | `ballast-pin_pve1`            | runs on pve1 alone; several: on any of them       |
 * | `ballast-affinity_shop`       | together with all that carry this tag             |
 * | `ballast-anti-affinity_db`    | never on a node with another that carries it      |
 * | `ballast-ignore`              | never moved                                       |
 *
 * Proxmox VE lowers the case of tags: node names are compared without case. A guest whose pin names no node of the
 * cluster is not moved at all until the tag is mended.
 */
export function compileTags(
  guests: readonly Guest[],
  nodes: readonly NodeName[],
  prefixes: readonly string[],
): CompiledTags {
  const problems: string[] = [];
  const groups = new Map<
    string,
    { readonly word: 'affinity' | 'anti-affinity' | 'ignore'; readonly guests: GuestId[] }
  >();
  const pins: Rule[] = [];
  for (const guest of guests) {
    const asked = [...new Set(guest.tags)].flatMap((tag) => readTag(tag, prefixes, problems, guest));
    for (const { tag, word } of asked) {
      if (word === 'pin') continue;
      const group = groups.get(tag) ?? { word, guests: [] };
      group.guests.push(guest.id);
      groups.set(tag, group);
    }
    pins.push(
      ...pinOf(
        guest,
        asked.filter((rule) => rule.word === 'pin'),
        nodes,
        problems,
      ),
    );
  }
  const rules = [...groups].map(([name, { word, guests: members }]): Rule => {
    return { kind: word, source: { kind: 'tag', name }, guests: members };
  });
  const lonely = (rule: Rule): boolean => rule.kind !== 'ignore' && rule.guests.length < 2;
  return { rules: [...pins, ...rules.filter((rule) => !lonely(rule))], problems };
}

function readTag(tag: string, prefixes: readonly string[], problems: string[], guest: Guest): readonly TagRule[] {
  const prefix = prefixes.find((candidate) => tag.startsWith(candidate.toLowerCase()) || tag.startsWith(candidate));
  if (prefix === undefined || prefix === '') return [];
  const found = WORDS.exec(tag.slice(prefix.length).replace(/^[-_.]/, ''));
  const word = found?.[1]?.replace('_', '-') as Word | undefined;
  const name = found?.[2] ?? '';
  if (word === undefined || (word !== 'ignore' && name === '')) {
    problems.push(
      `Expected the tag ${tag} of ${guest.name} to be ${prefix}pin_NODE, ${prefix}affinity_GROUP, ${prefix}anti-affinity_GROUP or ${prefix}ignore; it is passed over.`,
    );
    return [];
  }
  return [{ tag, word, name }];
}

function pinOf(
  guest: Guest,
  asked: readonly TagRule[],
  nodes: readonly NodeName[],
  problems: string[],
): readonly Rule[] {
  const [first] = asked;
  if (first === undefined) return [];
  const byLowerCase = new Map(nodes.map((node) => [node.toLowerCase(), node]));
  const known = asked.flatMap(({ name }) => byLowerCase.get(name.toLowerCase()) ?? []);
  for (const { tag, name } of asked) {
    if (byLowerCase.has(name.toLowerCase())) continue;
    const near = nearestNames(name, nodes);
    const ask = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
    problems.push(`Expected the tag ${tag} of ${guest.name} to name a node of the cluster, got ${name}.${ask}`);
  }
  const source = { kind: 'tag', name: first.tag } as const;
  if (known.length === 0) return [{ kind: 'ignore', source, guests: [guest.id] }];
  return [{ kind: 'pin', source, guests: [guest.id], nodes: known }];
}
