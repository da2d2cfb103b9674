import type { GuestId, NodeName, Rule } from '@ballast/core';
import { type PlaceOf, topologyOf } from './places.ts';

/** Sets of rules looked at for one that is smaller than what leaving rules out came to. */
const MOST_SETS = 2000;
/** Places tried before a set of rules is taken to be one that can be kept. */
const MOST_BRANCHES = 4000;

/** What rules are to be kept by. */
export interface Ground {
  /** All of the cluster: one that takes no guests now will again. */
  readonly nodes: readonly NodeName[];
  /** Where each guest that runs is; `ignore` holds it there. */
  readonly places: Pick<ReadonlyMap<GuestId, NodeName>, 'get' | 'has'>;
  readonly placeOf: PlaceOf;
}

/** Blocks that are each in a place of their own, or all in one. */
interface Bond {
  readonly blocks: readonly Block[];
  readonly apart: boolean;
  readonly placeOf: (node: NodeName) => string;
}

/**
 * The smallest sets of rules that cannot all be kept, whatever the loads: no placement of their guests, those that run,
 * keeps them. Of each part of the rules that hangs together by its guests one set: first one from which no rule can be left
 * out without its ending (deletion-based: each rule is left out in turn, and stays out where the rest still cannot be
 * kept), then a smaller one, if there is one among the first {@link MOST_SETS}.
 */
export function conflicts(rules: readonly Rule[], ground: Ground): readonly (readonly Rule[])[] {
  const all = new Set(ground.nodes);
  const known = rules
    .map((rule) => ({ ...rule, guests: [...new Set(rule.guests)].filter((id) => ground.places.has(id)) }))
    .filter(({ guests }) => guests.length > 0);
  if (areKept(known, ground, all)) return [];
  return connected(known).flatMap((part) => {
    if (areKept(part, ground, all) || canBeKept(part, ground, all)) return [];
    let core: readonly Rule[] = part;
    for (const rule of part) {
      const rest = core.filter((other) => other !== rule);
      if (!canBeKept(rest, ground, all)) core = rest;
    }
    return [smaller(part, core.length, (set) => canBeKept(set, ground, all)) ?? core];
  });
}

/** The smallest set of fewer than `size` rules that cannot be kept; nothing where none was found. */
function smaller(
  rules: readonly Rule[],
  size: number,
  isKept: (set: readonly Rule[]) => boolean,
): readonly Rule[] | undefined {
  let sets = 0;
  const find = (chosen: readonly Rule[], from: number, open: number): readonly Rule[] | undefined => {
    if (open === 0) return ++sets > MOST_SETS || isKept(chosen) ? undefined : chosen;
    for (let i = from; i + open <= rules.length && sets <= MOST_SETS; i++) {
      const found = find([...chosen, rules[i] as Rule], i + 1, open - 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (let least = 1; least < size; least++) {
    const found = find([], 0, least);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Rules that share guests, directly or by others. */
function connected(rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const head = new Map<GuestId, GuestId>();
  const find = (id: GuestId): GuestId => {
    let root = id;
    while ((head.get(root) ?? root) !== root) root = head.get(root) ?? root;
    head.set(id, root);
    return root;
  };
  for (const { guests } of rules) for (const id of guests) head.set(find(id), find(guests[0] ?? id));
  const parts = new Map<GuestId, Rule[]>();
  for (const rule of rules) {
    const root = find(rule.guests[0] ?? 0);
    const part = parts.get(root);
    if (part === undefined) parts.set(root, [rule]);
    else part.push(rule);
  }
  return [...parts.values()];
}

/** Whether the guests keep the rules where they are now: then they can be kept, and nothing has to be tried. */
function areKept(rules: readonly Rule[], { places, placeOf }: Ground, all: ReadonlySet<NodeName>): boolean {
  return rules.every((rule) => {
    const { guests } = rule;
    const topology = topologyOf(rule);
    const spread = rule.kind === 'anti-affinity' || rule.kind === 'affinity';
    const taken = new Set<string>();
    for (const id of guests) {
      const node = places.get(id);
      if (node === undefined || !all.has(node)) return false;
      if (rule.kind === 'pin' && !rule.nodes.includes(node)) return false;
      if (spread) taken.add(placeOf(topology, node));
    }
    return !spread || taken.size === (rule.kind === 'affinity' ? 1 : guests.length);
  });
}

/** What moves as one, and where it may be. */
interface Block {
  readonly guests: Set<GuestId>;
  nodes: readonly NodeName[];
}

function canBeKept(rules: readonly Rule[], ground: Ground, all: ReadonlySet<NodeName>): boolean {
  const blocks = blocksOf(rules, ground, all);
  const of = new Map([...blocks].flatMap((block) => [...block.guests].map((id) => [id, block] as const)));
  if (blocks.some((block) => block.nodes.length === 0)) return false;
  const bonds = rules.flatMap((rule): readonly Bond[] => {
    const topology = topologyOf(rule);
    const apart = rule.kind === 'anti-affinity';
    // Affinity to a node is what blocks are made of.
    if (!apart && (rule.kind !== 'affinity' || topology === 'node')) return [];
    const members = rule.guests.map((id) => of.get(id)).filter((block) => block !== undefined);
    return [{ blocks: members, apart, placeOf: (node) => ground.placeOf(topology, node) }];
  });
  // Two of them that belong on one node cannot be apart; nor can more of them than there are places.
  if (bonds.some((bond) => bond.apart && (new Set(bond.blocks).size < bond.blocks.length || !canSpread(bond))))
    return false;
  return assign(blocks, bonds);
}

function blocksOf(rules: readonly Rule[], { nodes, places }: Ground, all: ReadonlySet<NodeName>): readonly Block[] {
  const blocks = new Map<GuestId, Block>();
  for (const { guests } of rules) for (const id of guests) blocks.set(id, { guests: new Set([id]), nodes });
  for (const rule of rules) {
    const { kind, guests } = rule;
    if (kind !== 'affinity' || topologyOf(rule) !== 'node') continue;
    const joined = new Set(guests.map((id) => blocks.get(id)).filter((block) => block !== undefined));
    const whole: Block = { guests: new Set([...joined].flatMap((block) => [...block.guests])), nodes };
    for (const id of whole.guests) blocks.set(id, whole);
  }
  for (const rule of rules) {
    if (rule.kind !== 'pin' && rule.kind !== 'ignore') continue;
    for (const id of rule.guests) {
      const block = blocks.get(id);
      if (block === undefined) continue;
      const allowed = rule.kind === 'pin' ? rule.nodes : [places.get(id) ?? ''];
      block.nodes = allowed.filter((node) => (block.nodes === nodes ? all.has(node) : block.nodes.includes(node)));
    }
  }
  return [...new Set(blocks.values())];
}

/** Whether each block can have a place of its own (Kuhn's augmenting paths). */
function canSpread({ blocks, placeOf }: Bond): boolean {
  const taken = new Map<string, Block>();
  const settle = (block: Block, tried: Set<string>): boolean =>
    block.nodes.some((node) => {
      const place = placeOf(node);
      if (tried.has(place)) return false;
      tried.add(place);
      const other = taken.get(place);
      if (other !== undefined && !settle(other, tried)) return false;
      taken.set(place, block);
      return true;
    });
  return blocks.every((block) => settle(block, new Set()));
}

/** Whether some placement keeps every bond: blocks with the fewest nodes first. */
function assign(blocks: readonly Block[], bonds: readonly Bond[]): boolean {
  const order = blocks.toSorted((a, b) => a.nodes.length - b.nodes.length);
  const bondsOf = new Map<Block, Bond[]>(order.map((block) => [block, []]));
  for (const bond of bonds) for (const block of new Set(bond.blocks)) bondsOf.get(block)?.push(bond);
  const placed = new Map<Block, NodeName>();
  let branches = 0;
  const holds = (block: Block, node: NodeName): boolean =>
    (bondsOf.get(block) ?? []).every(({ blocks: members, apart, placeOf }) =>
      members.every((other) => {
        const at = other === block ? undefined : placed.get(other);
        return at === undefined || (placeOf(at) === placeOf(node)) !== apart;
      }),
    );
  const descend = (i: number): boolean => {
    const block = order[i];
    if (block === undefined || ++branches > MOST_BRANCHES) return true;
    return block.nodes.some((node) => {
      if (!holds(block, node)) return false;
      placed.set(block, node);
      if (descend(i + 1)) return true;
      placed.delete(block);
      return false;
    });
  };
  return descend(0);
}
