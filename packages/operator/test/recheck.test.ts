import { type Assessment, type Guest, type Node, utilization } from '@ballast/core';
import { aBalancePolicy, aGuest, aMigration, aNode, aSnapshot } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { recheck } from '../src/execution/recheck.ts';

function assessed(nodes: readonly Node[], guests: readonly Guest[], quorate = true): Assessment {
  return {
    snapshot: aSnapshot({ nodes, guests, quorate }),
    nodes: nodes.map((node) => ({
      node,
      usage: node.usage,
      utilization: utilization(node.usage, node.capacity),
      class: 'appropriate',
      hot: [],
      roundsOver: 0,
      pressure: 0,
    })),
    guests: guests.map((guest) => ({ guest, usage: guest.usage, blockers: [] })),
  };
}

const step = aMigration(1, 'a', 'b');
const guest = aGuest(1, 'a', { cpu: 2 });
const [a, b] = [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.4 })];

describe('recheck', () => {
  it.each<{
    case: string;
    now: Assessment;
    running?: readonly ReturnType<typeof aMigration>[];
    ended?: readonly ReturnType<typeof aMigration>[];
    says: readonly RegExp[];
  }>([
    { case: 'nothing has changed', now: assessed([a, b], [guest]), says: [] },
    { case: 'quorum is lost', now: assessed([a, b], [guest], false), says: [/no quorum/] },
    { case: 'the guest is gone', now: assessed([a, b], []), says: [/gone/] },
    { case: 'somebody moved it', now: assessed([a, b], [aGuest(1, 'b')]), says: [/on b now, not on a/] },
    {
      case: 'its node has cooled down by itself',
      now: assessed([aNode('a', { cpu: 0.6 }), b], [guest]),
      says: [/60 % cpu/],
    },
    { case: 'the target is gone', now: assessed([a], [guest]), says: [/b takes no guests/] },
    {
      case: 'the target is offline',
      now: assessed([a, { ...b, status: 'offline' }], [guest]),
      says: [/b takes no guests/],
    },
    {
      case: 'the target is in maintenance',
      now: assessed([a, { ...b, maintenance: true }], [guest]),
      says: [/b takes no guests/],
    },
    { case: 'the target has filled up', now: assessed([a, aNode('b', { cpu: 0.75 })], [guest]), says: [/cpu .* 88 %/] },
    {
      case: 'another guest is on its way there',
      now: assessed([a, aNode('b', { cpu: 0.7 })], [guest, aGuest(2, 'c', { cpu: 2 })]),
      running: [aMigration(2, 'c', 'b')],
      says: [/no room/],
    },
    {
      case: 'a request for the same guest is in doubt',
      now: assessed([a, b], [guest]),
      running: [aMigration(1, 'a', 'c')],
      says: [/may still run/],
    },
    { case: 'its memory has filled up', now: assessed([a, aNode('b', { memory: 0.88 })], [guest]), says: [/memory/] },
    {
      case: 'another guest has arrived there since the look',
      now: assessed([a, aNode('b', { cpu: 0.7 })], [guest, aGuest(2, 'c', { cpu: 2 })]),
      ended: [aMigration(2, 'c', 'b')],
      says: [/no room/],
    },
    {
      case: 'the look shows that guest there',
      now: assessed([a, aNode('b', { cpu: 0.7 })], [guest, aGuest(2, 'b', { cpu: 2 })]),
      ended: [aMigration(2, 'c', 'b')],
      says: [],
    },
  ])('when $case', ({ now, running = [], ended = [], says }) => {
    const blockers = recheck(step, now, aBalancePolicy(), { running, ended });
    expect(blockers.map((blocker) => blocker.detail)).toEqual(says.map((words) => expect.stringMatching(words)));
  });
});
