import { type Guest, type GuestId, type Node, nearestNames, type Rule } from '@ballast/core';

const WORDS = /^(pin|affinity|anti[-_]affinity|ignore)(?:\+([a-z][a-z0-9-]*))?(?:[-_.](.+))?$/;

type Word = 'pin' | 'affinity' | 'anti-affinity' | 'ignore';

interface TagRule {
  readonly tag: string;
  readonly word: Word;
  /** A node for `pin`, or the value of the label; the name of a group for the affinities. */
  readonly name: string;
  /** The label that tells places apart. */
  readonly topology?: string;
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
 * | `ballast-anti-affinity+rack_db` | never in a rack with another that carries it; `+LABEL` goes with each of the first three |
 *
 * Proxmox VE lowers the case of tags: node names are compared without case. A guest whose pin names no node of the
 * cluster is not moved at all until the tag is mended.
 */
export function compileTags(
  guests: readonly Guest[],
  nodes: readonly Pick<Node, 'name' | 'labels'>[],
  prefixes: readonly string[],
): CompiledTags {
  const problems: string[] = [];
  const groups = new Map<
    string,
    Pick<TagRule, 'topology'> & { readonly word: Exclude<Word, 'pin'>; readonly guests: GuestId[] }
  >();
  const pins: Rule[] = [];
  for (const guest of guests) {
    const asked = [...new Set(guest.tags)].flatMap((tag) => readTag(tag, prefixes, problems, guest));
    for (const { tag, word, topology } of asked) {
      if (word === 'pin') continue;
      const group = groups.get(tag) ?? { word, guests: [], ...(topology === undefined ? {} : { topology }) };
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
  const rules = [...groups].map(([name, { word, guests: members, topology }]): Rule => {
    const source = { kind: 'tag', name } as const;
    if (word === 'ignore') return { kind: word, source, guests: members };
    return { kind: word, source, guests: members, ...(topology === undefined ? {} : { topology }) };
  });
  const lonely = (rule: Rule): boolean => rule.kind !== 'ignore' && rule.guests.length < 2;
  return { rules: [...pins, ...rules.filter((rule) => !lonely(rule))], problems };
}

function readTag(tag: string, prefixes: readonly string[], problems: string[], guest: Guest): readonly TagRule[] {
  const prefix = prefixes.find((candidate) => tag.startsWith(candidate.toLowerCase()) || tag.startsWith(candidate));
  if (prefix === undefined || prefix === '') return [];
  const found = WORDS.exec(tag.slice(prefix.length).replace(/^[-_.]/, ''));
  const word = found?.[1]?.replace('_', '-') as Word | undefined;
  const [topology, name = ''] = found?.slice(2) ?? [];
  if (word === undefined || (word !== 'ignore' && name === '') || (word === 'ignore' && topology !== undefined)) {
    problems.push(
      `Expected the tag ${tag} of ${guest.name} to be ${prefix}pin_NODE, ${prefix}affinity_GROUP, ${prefix}anti-affinity_GROUP or ${prefix}ignore; it is passed over.`,
    );
    return [];
  }
  return [{ tag, word, name, ...(topology === undefined ? {} : { topology }) }];
}

function pinOf(
  guest: Guest,
  asked: readonly TagRule[],
  nodes: readonly Pick<Node, 'name' | 'labels'>[],
  problems: string[],
): readonly Rule[] {
  const [first] = asked;
  if (first === undefined) return [];
  const known = asked.flatMap((rule) => {
    const { tag, name, topology } = rule;
    const found = nodes.filter((node) => wordAt(node, rule)?.toLowerCase() === name.toLowerCase());
    if (found.length === 0) {
      const near = nearestNames(
        name,
        nodes.flatMap((node) => wordAt(node, rule) ?? []),
      );
      const ask = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
      const what = topology === undefined ? 'node of the cluster' : `${topology} of its nodes`;
      problems.push(`Expected the tag ${tag} of ${guest.name} to name a ${what}, got ${name}.${ask}`);
    }
    return found.map((node) => node.name);
  });
  const source = { kind: 'tag', name: first.tag } as const;
  if (known.length === 0) return [{ kind: 'ignore', source, guests: [guest.id] }];
  return [{ kind: 'pin', source, guests: [guest.id], nodes: [...new Set(known)] }];
}

/** What a pin knows a node by: its name, or what it has as the label. */
function wordAt({ name, labels = {} }: Pick<Node, 'name' | 'labels'>, { topology }: TagRule): string | undefined {
  if (topology === undefined) return name;
  return Object.hasOwn(labels, topology) ? labels[topology] : undefined;
}
