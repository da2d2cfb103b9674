import { type BalancePolicy, EMPTY_HISTORY, type Guest, type History, type NetworkPolicy } from '@ballast/core';
import { aBalancePolicy, aGuest, aNode, aSnapshot, T0 } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { placeGuest, remember } from '../src/index.ts';
import { decideOn, moves } from './stage.ts';

const MBIT = 125_000;
const network: NetworkPolicy = { capacity: 1000 * MBIT, ceiling: 0.8 };

describe('the traffic of a guest', () => {
  const policy = aBalancePolicy({ network, smoothing: 0.5 });
  /** A look `seconds` after the first, with the guest's counters in megabits. */
  const look = (seconds: number, received: number, sent: number, fields: Partial<Guest> = {}) => ({
    seconds,
    guest: aGuest(1, 'a', {}, { carried: { received: received * MBIT, sent: sent * MBIT }, ...fields }),
  });
  const after = (looks: readonly ReturnType<typeof look>[], under: BalancePolicy = policy): History =>
    looks.reduce((past, { seconds, guest }) => {
      const nodes = [aNode('a'), aNode('b')];
      return remember(past, aSnapshot({ takenAt: T0 + seconds * 1000, nodes, guests: [guest] }), under);
    }, EMPTY_HISTORY);
  const rateOf = (history: History): readonly [number, number] | undefined => {
    const rate = history.guests[1]?.network?.rate;
    return rate === undefined ? undefined : [rate.received / MBIT, rate.sent / MBIT];
  };
  const start = look(0, 500, 100);

  it.each([
    { case: 'nothing after one look', looks: [start], is: undefined },
    { case: 'what its counters rose by', looks: [start, look(30, 800, 3100)], is: [10, 100] },
    { case: 'smoothed', looks: [start, look(30, 800, 3100), look(60, 800, 3100)], is: [5, 50] },
    { case: 'over half a minute, however often is looked', looks: [start, look(10, 500, 100)], is: undefined },
    {
      case: 'over looks that come fast',
      looks: [start, look(10, 500, 100), look(20, 500, 2100), look(30, 800, 3100)],
      is: [10, 100],
    },
    {
      case: 'what it was, once its counters began anew',
      looks: [start, look(30, 800, 3100), look(60, 0, 0)],
      is: [10, 100],
    },
    {
      case: 'what it was where it came to, and measured from there on',
      looks: [start, look(30, 800, 3100), look(60, 900, 3200, { node: 'b' }), look(90, 1500, 9200, { node: 'b' })],
      is: [15, 150],
    },
    { case: 'nothing from a clock that was set back', looks: [start, look(-600, 800, 3100)], is: undefined },
    {
      case: 'what it was where one look does not tell',
      looks: [start, look(30, 800, 3100), { seconds: 60, guest: aGuest(1, 'a') }],
      is: [10, 100],
    },
  ])('is $case', ({ looks, is }) => {
    expect(rateOf(after(looks))).toEqual(is?.map((rate) => expect.closeTo(rate, 6)));
  });

  it('is not remembered where no policy looks at it', () => {
    expect(after([start, look(30, 800, 3100)], aBalancePolicy()).guests[1]).not.toHaveProperty('network');
  });
});

describe('the links of nodes', () => {
  const nodes = [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.1 }), aNode('c', { cpu: 0.3 })];
  const guests = [
    aGuest(1, 'a', { cpu: 4 }),
    aGuest(2, 'a', { cpu: 1 }),
    aGuest(3, 'b', { cpu: 0.1 }),
    aGuest(4, 'c', { cpu: 0.1 }),
  ].map((guest) => ({ ...guest, carried: { received: 0, sent: 0 } }));
  const snapshot = aSnapshot({ nodes, guests });
  /** What guests send, in Mbit/s. */
  const sending = (rates: Readonly<Record<number, number>>): History => ({
    ...EMPTY_HISTORY,
    guests: Object.fromEntries(
      guests.map(({ id, node, usage, carried }) => {
        const rate = { received: 0, sent: (rates[id] ?? 0) * MBIT };
        return [id, { smoothed: usage, samples: 3, node, network: { carried, since: T0, rate } }];
      }),
    ),
  });

  it('keep a guest off a node that they would be too narrow on', () => {
    const history = sending({ 1: 300, 3: 600, 4: 400 });
    expect(moves(decideOn({ snapshot, history }).plan)).toEqual(['1 a>b']);
    const { plan, explain } = decideOn({ snapshot, history, policy: { network } });
    expect(moves(plan)).toEqual(['1 a>c']);
    expect(explain(1).targets.find(({ node }) => node === 'b')).toMatchObject({
      allowed: false,
      code: 'no-room',
      detail: 'b has no room for guest-1: its guests would send 900 Mbit/s, above 80 % of 1 Gbit/s (balance.network).',
    });
  });

  it('are as wide as the policy says of a node', () => {
    const history = sending({ 1: 300, 3: 600, 4: 400 });
    const wide = { ...network, nodes: { b: 10_000 * MBIT } };
    expect(moves(decideOn({ snapshot, history, policy: { network: wide } }).plan)).toEqual(['1 a>b']);
  });

  it('take no new guest once they are full', () => {
    const { assessment, policy } = decideOn({ snapshot, history: sending({ 3: 900 }), policy: { network } });
    const verdict = placeGuest({ assessment, policy, usage: { cpu: 1, memory: 1 } }).find(({ node }) => node === 'b');
    expect(verdict).toMatchObject({
      allowed: false,
      detail: 'No room: its guests would send 900 Mbit/s, above 80 % of 1 Gbit/s (balance.network).',
    });
  });

  it('are told of where the policy names a node that is not there', () => {
    const named = { ...network, nodes: { bb: 10_000 * MBIT } };
    const { plan } = decideOn({ snapshot, policy: { network: named } });
    expect(plan.notices).toEqual([
      {
        code: 'network',
        nodes: ['bb'],
        guests: [],
        detail: 'balance.network.nodes names bb, which is no node of the cluster. Did you mean b?',
      },
    ]);
    expect(decideOn({ snapshot, policy: { network } }).plan.notices).toBeUndefined();
  });
});
