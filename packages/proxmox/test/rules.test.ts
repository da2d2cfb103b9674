import { aGuest, aNode } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HaResource, readHaGroups, readHaResources, readHaRules } from '../src/observe/ha.ts';
import { compileHaRules } from '../src/rules/ha-rules.ts';
import { compileTags } from '../src/rules/tags.ts';

const NODES = ['pve1', 'pve2', 'PVE3', 'rack-a.4'];
const tagged = (id: number, ...tags: string[]) => aGuest(id, 'pve1', {}, { tags, name: `g${id}` });
const RACKS: Readonly<Record<string, string>> = { pve1: 'North', pve2: 'north', PVE3: 'south' };
const LABELLED = NODES.map((name) => ({ name, labels: RACKS[name] === undefined ? {} : { rack: RACKS[name] } }));
const compile = (...guests: ReturnType<typeof tagged>[]) => compileTags(guests, LABELLED, ['ballast-', 'plb_']);

describe('rules by tags', () => {
  it.each([
    ['a pin', [tagged(1, 'ballast-pin_pve2')], [['pin', 'ballast-pin_pve2', [1], ['pve2']]]],
    [
      'several pins',
      [tagged(1, 'ballast-pin_pve1', 'ballast-pin_pve2')],
      [['pin', 'ballast-pin_pve1', [1], ['pve1', 'pve2']]],
    ],
    [
      'a pin to a rack',
      [tagged(1, 'ballast-pin+rack_north')],
      [['pin', 'ballast-pin+rack_north', [1], ['pve1', 'pve2']]],
    ],
    ['a pin without case', [tagged(1, 'ballast-pin_pve3')], [['pin', 'ballast-pin_pve3', [1], ['PVE3']]]],
    [
      'a pin to a name with hyphens and dots',
      [tagged(1, 'ballast-pin_rack-a.4')],
      [['pin', 'ballast-pin_rack-a.4', [1], ['rack-a.4']]],
    ],
    ['a hyphen for the underscore', [tagged(1, 'ballast-pin-pve2')], [['pin', 'ballast-pin-pve2', [1], ['pve2']]]],
    [
      'affinity',
      [tagged(1, 'ballast-affinity_a'), tagged(2, 'ballast-affinity_a')],
      [['affinity', 'ballast-affinity_a', [1, 2], undefined]],
    ],
    [
      'anti-affinity',
      [tagged(1, 'ballast-anti-affinity_a'), tagged(2, 'ballast-anti-affinity_a')],
      [['anti-affinity', 'ballast-anti-affinity_a', [1, 2], undefined]],
    ],
    [
      'the words of ProxLB',
      [tagged(1, 'plb_anti_affinity_a'), tagged(2, 'plb_anti_affinity_a')],
      [['anti-affinity', 'plb_anti_affinity_a', [1, 2], undefined]],
    ],
    ['two groups', [tagged(1, 'ballast-affinity_a'), tagged(2, 'ballast-affinity_b')], []],
    ['ignore', [tagged(1, 'ballast-ignore')], [['ignore', 'ballast-ignore', [1], undefined]]],
    ['ignore with a reason', [tagged(1, 'plb_ignore_licence')], [['ignore', 'plb_ignore_licence', [1], undefined]]],
    ['other tags', [tagged(1, 'web', 'pin_pve1')], []],
  ])('%s', (_what, guests, expected) => {
    const { rules, problems } = compile(...guests);
    expect(
      rules.map((rule) => [rule.kind, rule.source.name, rule.guests, 'nodes' in rule ? rule.nodes : undefined]),
    ).toEqual(expected);
    expect(problems).toEqual([]);
  });

  it.each(['affinity', 'anti-affinity'] as const)('%s by a label', (kind) => {
    const tag = `ballast-${kind}+rack_db`;
    const { rules, problems } = compile(tagged(1, tag), tagged(2, tag), tagged(3, `ballast-${kind}_db`));
    expect(rules).toEqual([{ kind, source: { kind: 'tag', name: tag }, guests: [1, 2], topology: 'rack' }]);
    expect(problems).toEqual([]);
  });

  it('a pin to a rack that is not there keeps the guest where it is', () => {
    const { rules, problems } = compile(tagged(1, 'ballast-pin+rack_nort'));
    expect(rules).toMatchObject([{ kind: 'ignore', guests: [1] }]);
    expect(problems).toEqual([
      'Expected the tag ballast-pin+rack_nort of g1 to name a rack of its nodes, got nort. Did you mean North or north?',
    ]);
  });

  it('holds a guest still whose pin names no node, and asks what was meant', () => {
    const { rules, problems } = compile(tagged(1, 'ballast-pin_pve11'));
    expect(rules).toEqual([{ kind: 'ignore', source: { kind: 'tag', name: 'ballast-pin_pve11' }, guests: [1] }]);
    expect(problems).toEqual([
      'Expected the tag ballast-pin_pve11 of g1 to name a node of the cluster, got pve11. Did you mean pve1 or PVE3 or pve2?',
    ]);
  });

  it('keeps the good pins of a guest that has a bad one too', () => {
    const { rules, problems } = compile(tagged(1, 'ballast-pin_nowhere', 'ballast-pin_pve2'));
    expect(rules).toMatchObject([{ kind: 'pin', nodes: ['pve2'] }]);
    expect(problems).toHaveLength(1);
  });

  it.each(['ballast-pin', 'ballast-affinity_', 'ballast-glue_x', 'ballast-'])('tells of %s', (tag) => {
    const { rules, problems } = compile(tagged(1, tag));
    expect(rules).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(`Expected the tag ${tag} of g1 to be `)]);
  });

  it('names guests alone that carry a tag, whatever the tags', () => {
    const tag = fc.oneof(
      fc.string(),
      fc.constantFrom('pin_pve1', 'affinity_x', 'anti-affinity_x', 'ignore').map((word) => `ballast-${word}`),
    );
    fc.assert(
      fc.property(fc.array(fc.array(tag)), (tags) => {
        const { rules } = compile(...tags.map((own, id) => tagged(id, ...own)));
        for (const rule of rules) for (const id of rule.guests) expect(tags[id]).toContain(rule.source.name);
      }),
    );
  });
});

describe('rules of the HA manager', () => {
  const online = [aNode('pve1'), aNode('pve2'), aNode('pve3')];
  const resource = (guest: number, fields: Partial<HaResource> = {}): HaResource => ({
    guest,
    state: 'started',
    failback: true,
    autoRebalance: true,
    ...fields,
  });
  const row = (fields: object) => ({
    rule: 'r',
    type: 'node-affinity',
    resources: 'vm:100',
    nodes: 'pve1:2,pve2:2,pve3:1',
    ...fields,
  });
  const pin = (...nodes: string[]) => [{ kind: 'pin', source: { kind: 'ha', name: 'r' }, guests: [100], nodes }];
  const without = (...names: string[]) =>
    online.map((node) => (names.includes(node.name) ? { ...node, status: 'offline' as const } : node));

  it.each([
    ['keeps guests on the nodes of the highest priority', row({}), [resource(100)], online, pin('pve1', 'pve2')],
    ['falls to the next priority when those are gone', row({}), [resource(100)], without('pve1', 'pve2'), pin('pve3')],
    [
      'counts maintenance as gone',
      row({ nodes: 'pve1:2,pve2' }),
      [resource(100)],
      [aNode('pve1', {}, { maintenance: true }), aNode('pve2')],
      pin('pve2'),
    ],
    [
      'lets guests run anywhere when none of its nodes is left',
      row({ nodes: 'pve1' }),
      [resource(100)],
      without('pve1'),
      [],
    ],
    ['unless it is strict', row({ nodes: 'pve1', strict: 1 }), [resource(100)], without('pve1'), pin('pve1')],
    [
      'binds to all nodes of a strict rule without failback',
      row({ strict: 1 }),
      [resource(100, { failback: false })],
      online,
      pin('pve1', 'pve2', 'pve3'),
    ],
    ['binds to nothing without failback and strictness', row({}), [resource(100, { failback: false })], online, []],
    ['leaves out disabled rules', row({ disable: 1 }), [resource(100)], online, []],
    ['leaves out rules with errors', row({ errors: { resources: 'x' } }), [resource(100)], online, []],
    ['leaves out kinds it does not know', row({ type: 'moon-phase' }), [resource(100)], online, []],
  ])('%s', (_what, rule, resources, nodes, expected) => {
    expect(compileHaRules(readHaRules([rule]), resources, nodes)).toEqual(expected);
  });

  it.each([
    ['positive', 'affinity'],
    ['negative', 'anti-affinity'],
  ])('reads %s resource affinity', (affinity, kind) => {
    const rules = readHaRules([{ rule: 'r', type: 'resource-affinity', resources: 'vm:100,ct:101', affinity }]);
    expect(compileHaRules(rules, [], online)).toEqual([
      { kind, source: { kind: 'ha', name: 'r' }, guests: [100, 101] },
    ]);
  });

  it.each([
    ['a group', {}, pin('pve1')],
    ['a restricted group', { restricted: 1 }, pin('pve1')],
    ['a group without failback', { nofailback: 1 }, []],
    ['a restricted group without failback', { restricted: '1', nofailback: '1' }, pin('pve1', 'pve2')],
  ])('reads %s', (_what, fields, expected) => {
    const resources = readHaResources([
      { sid: 'vm:100', state: 'started', group: 'r' },
      { sid: 'vm:101', state: 'started' },
      { sid: 'weird:1' },
    ]);
    const rules = readHaGroups([{ group: 'r', nodes: 'pve1:2,pve2:1', ...fields }], resources);
    expect(compileHaRules(rules, resources, online)).toEqual(expected);
  });
});
