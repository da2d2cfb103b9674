import type { Plan } from '@ballast/core';
import { aGuest, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { project } from '../src/index.ts';
import { decideOn, moves, pin, type Scene } from './stage.ts';

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
});
