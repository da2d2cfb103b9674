import type { Plan } from '@ballast/core';
import { aGuest, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { project } from '../src/index.ts';
import { decideOn, moves, pin, type Scene, together } from './stage.ts';

/** 16 cores a node, relieved below 80 %. */
const high = { cpu: { high: 0.8, target: 0.8, ceiling: 0.85 } };

/** What is planned once a plan was carried out, by operators that remember no move. */
function next(scene: Scene, { steps }: Plan): Plan {
  return decideOn({ ...scene, snapshot: project(scene.snapshot, steps) }).plan;
}

describe('a plan that is looked at again', () => {
  it('takes a guest that it moved elsewhere at once, where that makes room', () => {
    const nodes = [
      aNode('a', { cpu: 0.9 }),
      aNode('b', { cpu: 0.5 }),
      aNode('c', { cpu: 0.3 }),
      aNode('d', { cpu: 0.45 }),
    ];
    const guests = [aGuest(1, 'a', { cpu: 5 }), aGuest(2, 'b', { cpu: 4 })];
    const scene = { snapshot: aSnapshot({ nodes, guests }), rules: [pin(1, 'a', 'c'), pin(2, 'c', 'd')], policy: high };
    const { plan } = decideOn(scene);
    expect(moves(plan)).toEqual(['2 b>d', '1 a>c']);
    expect(plan.steps.map(({ reason }) => reason)).toEqual(['mend-rule', 'relieve-cpu']);
    expect(plan.steps[0]?.why).toEqual([
      'guest-2 may run on c and d alone (tag rule), and is on b.',
      expect.stringMatching(/^d (has|fits) /),
    ]);
    expect(plan.unresolved).toEqual([]);
    expect(next(scene, plan).steps).toEqual([]);
  });

  it('keeps a group together, or stands as it was where its steps are too many', () => {
    const nodes = [aNode('a', { cpu: 0.75 }), aNode('b', { cpu: 0.7 }), aNode('c', { cpu: 0.1 })];
    const others = [aNode('d', { cpu: 0.9 }), aNode('e')];
    const group = [aGuest(1, 'a', { cpu: 2.2 }), aGuest(2, 'b', { cpu: 2 }), aGuest(3, 'b', { cpu: 2 })];
    const snapshot = aSnapshot({ nodes: [...nodes, ...others], guests: [...group, aGuest(4, 'd', { cpu: 2.4 })] });
    const rules = [together(1, 2, 3), ...[1, 2, 3].map((id) => pin(id, 'a', 'b', 'c')), pin(4, 'd', 'e')];
    const planned = (maxSteps: number): Plan => decideOn({ snapshot, rules, policy: { ...high, maxSteps } }).plan;
    expect(moves(planned(3))).toEqual(['1 a>b', '4 d>e']);
    const whole = planned(20);
    expect(moves(whole).filter((move) => move !== '4 d>e')).toEqual(['1 a>c', '2 b>c', '3 b>c']);
    expect([0, 3]).toContain(moves(whole).indexOf('4 d>e'));
    expect(whole.unresolved).toEqual([]);
    expect(whole.steps.filter(({ guest }) => guest < 4).map(({ why }) => why[0])).toEqual(
      Array(3).fill(expect.stringMatching(/^These guests belong on one node/)),
    );
  });
});
