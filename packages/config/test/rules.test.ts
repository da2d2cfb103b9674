import { compileRules, type RuleDefinition } from '@ballast/config';
import { aGuest, aNode } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const guests = [
  aGuest(101, 'pve1', {}, { name: 'db-1', tags: ['database', 'prod'] }),
  aGuest(102, 'pve2', {}, { name: 'db-2', tags: ['database'] }),
  aGuest(103, 'pve1', {}, { name: 'web', pool: 'shop' }),
  aGuest(104, 'pve3', {}, { name: 'web', pool: 'shop' }),
  aGuest(900, 'pve1', {}, { name: 'golden', tags: ['database'], template: true }),
];

function aDefinition(
  fields: Omit<Partial<RuleDefinition>, 'match'> & { match?: Partial<RuleDefinition['match']> },
): RuleDefinition {
  const { match, ...rest } = fields;
  return {
    name: 'a-rule',
    kind: 'anti-affinity',
    nodes: [],
    ...rest,
    match: { tags: [], pools: [], guests: [], ...match },
  };
}

describe('the guests of a rule', () => {
  it.each<[string, Partial<RuleDefinition['match']>, readonly number[]]>([
    ['by tag, without templates', { tags: ['database'] }, [101, 102]],
    ['by resource pool', { pools: ['shop'] }, [103, 104]],
    ['by vmid', { guests: [104] }, [104]],
    ['by name', { guests: ['db-2'] }, [102]],
    ['by any of the lists, each once', { tags: ['prod'], pools: ['shop'], guests: [101, 'db-1'] }, [101, 103, 104]],
  ])('%s', (_, match, ids) => {
    const { rules, problems } = compileRules([aDefinition({ match })], guests);
    expect(rules).toEqual([{ kind: 'anti-affinity', source: { kind: 'config', name: 'a-rule' }, guests: ids }]);
    expect(problems).toEqual([]);
  });

  it('of a pin come with its nodes', () => {
    const pin = aDefinition({ kind: 'pin', nodes: ['pve1'], match: { tags: ['prod'] } });
    expect(compileRules([pin], guests).rules).toEqual([
      { kind: 'pin', source: { kind: 'config', name: 'a-rule' }, guests: [101], nodes: ['pve1'] },
    ]);
  });
});

describe('what cannot be applied is said:', () => {
  it.each<[string, RuleDefinition, string, readonly number[]]>([
    ['nobody', aDefinition({ match: { tags: ['gone'] } }), 'The rule a-rule matches no guest.', []],
    [
      'a guest that is not there',
      aDefinition({ match: { guests: [777, 101] } }),
      'The rule a-rule names the guest 777, which is not there.',
      [101],
    ],
    [
      'a name that two guests have',
      aDefinition({ kind: 'pin', nodes: ['pve1'], match: { guests: ['web', 101] } }),
      'The rule a-rule names web, and 2 guests have that name (103 on pve1, 104 on pve3): it is applied to none of them. Name them by vmid.',
      [101],
    ],
  ])('%s', (_, definition, problem, ids) => {
    const { rules, problems } = compileRules([definition], guests);
    expect(problems).toEqual([problem]);
    expect(rules.flatMap((rule) => rule.guests)).toEqual(ids);
  });

  it('and to leave two guests of one name alone is safe', () => {
    const ignore = aDefinition({ kind: 'ignore', match: { guests: ['web'] } });
    expect(compileRules([ignore], guests)).toMatchObject({ rules: [{ guests: [103, 104] }], problems: [] });
  });
});

it('every compiled rule names guests that exist, in order, each once', () => {
  const match = fc.record({
    tags: fc.subarray(['database', 'prod', 'none']),
    pools: fc.subarray(['shop', 'none']),
    guests: fc.subarray<number | string>([101, 104, 900, 777, 'web', 'db-1', 'golden']),
  });
  const known = new Set(guests.filter((guest) => !guest.template).map((guest) => guest.id));
  fc.assert(
    fc.property(match, fc.constantFrom('ignore' as const, 'affinity' as const), (chosen, kind) => {
      const { rules, problems } = compileRules([aDefinition({ kind, match: chosen })], guests);
      expect(rules.length === 1 || problems.length > 0).toBe(true);
      for (const rule of rules) {
        expect(rule.guests.every((id) => known.has(id))).toBe(true);
        expect([...rule.guests]).toEqual([...new Set(rule.guests)].sort((a, b) => a - b));
      }
    }),
  );
});

describe('rules by a label of the nodes', () => {
  const nodes = [
    aNode('pve1', {}, { labels: { rack: 'a' } }),
    aNode('pve2', {}, { labels: { rack: 'b' } }),
    aNode('pve3', {}, { labels: { rack: 'b' } }),
  ];
  const all = { tags: ['database'] };
  const source = { kind: 'config', name: 'a-rule' };

  it('keep it; a pin comes with the nodes that stand there', () => {
    const apart = aDefinition({ topology: 'rack', match: all });
    const pin = aDefinition({ kind: 'pin', topology: 'rack', places: ['b'], match: all });
    expect(compileRules([apart, pin], guests, nodes)).toEqual({
      rules: [
        { kind: 'anti-affinity', source, guests: [101, 102], topology: 'rack' },
        { kind: 'pin', source, guests: [101, 102], nodes: ['pve2', 'pve3'] },
      ],
      problems: [],
    });
  });

  it.each<[string, Partial<RuleDefinition>, string]>([
    [
      'no node has',
      { topology: 'rak' },
      'The rule a-rule goes by the label rak, which no node has. Did you mean rack?',
    ],
    [
      'no node is like',
      { topology: 'site' },
      'The rule a-rule goes by the label site, which no node has. Give it to them under `labels`.',
    ],
    [
      'some nodes have not',
      { topology: 'rack' },
      'The rule a-rule goes by the label rack, which pve4 has not: each counts as a place of its own.',
    ],
    [
      'that holds something else',
      { kind: 'pin', topology: 'rack', places: ['a', 'c'] },
      'The rule a-rule names the rack c, and no node is there.',
    ],
  ])('tell of one that %s', (_, fields, problem) => {
    const bare = problem.includes('pve4') ? [...nodes, aNode('pve4')] : nodes;
    expect(compileRules([aDefinition({ ...fields, match: all })], guests, bare).problems).toEqual([problem]);
  });
});
