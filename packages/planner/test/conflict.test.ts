import type { Rule } from '@ballast/core';
import { aGuest, aNode, aSnapshot } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conflicts } from '../src/rules/conflict.ts';
import { placesOf } from '../src/rules/places.ts';
import { anyCluster } from './arbitrary.ts';
import { apart, apartBy, decideOn, ignore, near, pin, together } from './stage.ts';

const nodes = ['a', 'b', 'c'];
const racks = nodes.map((name) => ({ name, labels: { rack: name === 'c' ? 'y' : 'x' } }));
const places = new Map([1, 2, 3, 4, 5].map((id) => [id, id < 4 ? 'a' : 'b']));
const found = (...rules: Rule[]): readonly (readonly Rule[])[] =>
  conflicts(rules, { nodes, places, placeOf: placesOf(racks) });

describe('rules that contradict each other', () => {
  const one = pin(1, 'a');
  const two = pin(2, 'b');
  const pair = together(1, 2);

  it.each<readonly [string, readonly Rule[], readonly (readonly Rule[])[]]>([
    ['none: what can be kept', [pair, apart(2, 3), pin(3, 'a', 'b'), ignore(4)], []],
    ['two pins of one guest', [one, pin(1, 'b', 'c'), apart(1, 4)], [[one, pin(1, 'b', 'c')]]],
    ['affinity between pins that are apart', [one, pin(1, 'a', 'b'), pair, two], [[one, pair, two]]],
    ['the smallest of several sets', [apart(1, 2), pair, one, two], [[apart(1, 2), pair]]],
    ['together and apart', [pair, apart(1, 2, 3)], [[pair, apart(1, 2, 3)]]],
    ['together in two steps, and apart', [pair, together(2, 3), apart(1, 3)], [[pair, together(2, 3), apart(1, 3)]]],
    ['more guests apart than there are nodes', [apart(1, 2, 3, 4)], [[apart(1, 2, 3, 4)]]],
    [
      'three apart on two nodes',
      [apart(1, 2, 3), pin(1, 'a', 'b'), pin(2, 'a', 'b'), pin(3, 'a', 'b'), pin(4, 'c')],
      [[apart(1, 2, 3), pin(1, 'a', 'b'), pin(2, 'a', 'b'), pin(3, 'a', 'b')]],
    ],
    ['a guest that stays, and its pin', [ignore(4), pin(4, 'a')], [[ignore(4), pin(4, 'a')]]],
    ['a pin to no node of the cluster', [pin(5, 'x')], [[pin(5, 'x')]]],
    [
      'two sets, each by itself',
      [one, pin(1, 'b'), ignore(4), pin(4, 'c')],
      [
        [one, pin(1, 'b')],
        [ignore(4), pin(4, 'c')],
      ],
    ],
    [
      'a ring of pairs, of which each could be kept',
      [apart(1, 2), apart(2, 3), apart(1, 3), pin(1, 'a', 'b'), pin(2, 'a', 'b'), pin(3, 'a', 'b')],
      [[apart(1, 2), apart(2, 3), apart(1, 3), pin(1, 'a', 'b'), pin(2, 'a', 'b'), pin(3, 'a', 'b')]],
    ],
    ['none: two apart by rack, for which there are two', [apartBy('rack', 1, 4), near('rack', 1, 2)], []],
    ['more guests apart than there are racks', [apartBy('rack', 1, 2, 3)], [[apartBy('rack', 1, 2, 3)]]],
    [
      'near, and pinned to two racks',
      [near('rack', 1, 2), pin(1, 'a', 'b'), pin(2, 'c'), apart(4, 5)],
      [[near('rack', 1, 2), pin(1, 'a', 'b'), pin(2, 'c')]],
    ],
    [
      'near and apart, by the same label',
      [near('rack', 1, 2), apartBy('rack', 2, 1)],
      [[near('rack', 1, 2), apartBy('rack', 2, 1)]],
    ],
    ['on one node, and apart by rack', [pair, apartBy('rack', 1, 2)], [[pair, apartBy('rack', 1, 2)]]],
    ['none: near by rack, and apart by node', [near('rack', 1, 2, 3), apart(1, 2)], []],
    ['none: guests that do not run', [pin(77, 'a'), pin(77, 'b')], []],
  ])('%s', (_, rules, expected) => {
    expect(found(...rules)).toEqual(expected);
  });

  it('are told of with the plan, by the places they were written down in', () => {
    const snapshot = aSnapshot({ nodes: nodes.map((name) => aNode(name)), guests: [aGuest(1, 'a'), aGuest(2, 'b')] });
    const { notices } = decideOn({ snapshot, rules: [two, pair, one] }).plan;
    expect(notices).toEqual([
      {
        code: 'rule-conflict',
        nodes: ['a', 'b'],
        guests: [1, 2],
        detail:
          'No placement keeps these rules together: guest-1 and guest-2 on one node (tag rule), guest-1 on a alone (tag rule) and guest-2 on b alone (tag rule). Without any one of them the others can be kept.',
      },
    ]);
  });

  it('are such that without any one of them the others can be kept', () => {
    fc.assert(
      fc.property(anyCluster, ({ snapshot, rules }) => {
        const running = snapshot.guests.filter(({ status }) => status === 'running');
        const ground = {
          nodes: snapshot.nodes.map(({ name }) => name),
          places: new Map(running.map(({ id, node }) => [id, node])),
          placeOf: placesOf(snapshot.nodes),
        };
        for (const core of conflicts(rules, ground)) {
          expect(conflicts(core, ground)).toHaveLength(1);
          for (const rule of core)
            expect(
              conflicts(
                core.filter((other) => other !== rule),
                ground,
              ),
            ).toEqual([]);
        }
      }),
      { numRuns: 300 * Number(process.env['PLANNER_RUNS'] ?? 1) },
    );
  });
});
