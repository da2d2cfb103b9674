import { type Budgets, EMPTY_HISTORY, type Service } from '@ballast/core';
import { remember } from '@ballast/planner';
import { aBalancePolicy, aGuest, aNode, aService, aSnapshot, aWeightPolicy, T0 } from '@ballast/testkit';
import { expect, it } from 'vitest';
import { type Decided, decide } from '../src/decide/decide.ts';
import { planHere } from '../src/decide/planner.ts';

const CARRIED: Service['carriers'] = [{ target: 'lb', options: {} }];

/** Three members of a service, two of them on a hot node, with equal weights until now. */
function decideFor(fields: Partial<Service>): Promise<Decided> {
  const web = (id: number, node: string, cpu: number): ReturnType<typeof aGuest> =>
    aGuest(id, node, { cpu }, { tags: ['web'] });
  const snapshot = aSnapshot({
    nodes: [aNode('a', { cpu: 0.95 }), aNode('b', { cpu: 0.3 })],
    guests: [web(1, 'a', 3.5), web(2, 'a', 3.5), web(3, 'b', 1)],
  });
  const balance = aBalancePolicy({ sustain: 1 });
  const history = {
    ...remember(EMPTY_HISTORY, snapshot, balance),
    weights: { 'shop/1': 1, 'shop/2': 1, 'shop/3': 1 },
  };
  const services = [aService('shop', { carriers: CARRIED, trafficShare: 1, ...fields })];
  const settings = { balance, weights: aWeightPolicy(), services };
  return decide({ snapshot, history, settings, rules: [], now: T0, inFlight: [] }, planHere);
}

it('counts on what the new weights take away', async () => {
  const { expected, plan } = await decideFor({});
  expect(expected[1]?.cpu).toBeLessThan(3.5);
  expect(plan.steps[0]?.why.join(' ')).toContain('Traffic and moves under way take it to');
});

it.each<[string, Partial<Service>]>([
  ['a weight that no load balancer gets', { carriers: [] }],
  ['load that does not follow traffic', { trafficShare: 0 }],
])('does not count on %s', async (_, fields) => {
  const { expected, plan } = await decideFor(fields);
  expect(expected).toEqual({});
  expect(plan.steps[0]?.why.join(' ')).not.toContain('Traffic and moves under way');
});

it.each<[string, Partial<Budgets>, number]>([
  ['two at once on a node, of which one leaves', { concurrentPerNode: 2 }, 1],
  ['four at once on a node, of which two leave', { concurrentPerNode: 4 }, 2],
  ['four at once on a node, of which one may leave', { concurrentPerNode: 4, concurrentOut: 1 }, 1],
])('makes waves that budgets let run: %s', async (_, fields, leaving) => {
  const guests = [1, 2, 3, 4].map((id) => aGuest(id, 'a', { cpu: 1.5 }));
  const nodes = ['a', 'b', 'c', 'd', 'e'].map((name) => aNode(name, { cpu: name === 'a' ? 0.97 : 0.3 }));
  const snapshot = aSnapshot({ nodes, guests });
  const balance = aBalancePolicy({ sustain: 1 });
  const history = remember(EMPTY_HISTORY, snapshot, balance);
  const budgets = { concurrent: 8, concurrentPerNode: 2, perHour: 20, ...fields };
  const settings = { balance, weights: aWeightPolicy(), services: [], budgets };
  const { plan } = await decide({ snapshot, history, settings, rules: [], now: T0, inFlight: [] }, planHere);
  expect(plan.steps.length).toBeGreaterThan(1);
  expect(plan.steps.filter(({ wave }) => wave === 1)).toHaveLength(leaving);
});
