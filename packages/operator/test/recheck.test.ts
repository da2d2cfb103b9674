import type { Assessment, BalancePolicy, Blocker, Guest, Migration, Node, Rule } from '@ballast/core';
import { aBalancePolicy, aGuest, aMigration, aNode, assessed } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { recheck } from '../src/execution/recheck.ts';

const NO_PRESSURE = { cpuSome: 0, memorySome: 0, memoryFull: 0, ioSome: 0, ioFull: 0 };
const step = aMigration(1, 'a', 'b');
const guest = aGuest(1, 'a', { cpu: 2 });
const [a, b] = [aNode('a', { cpu: 0.9 }), aNode('b', { cpu: 0.4 })];

const apart: Rule = { kind: 'anti-affinity', source: { kind: 'ha', name: 'apart' }, guests: [1, 2] };
const together: Rule = { kind: 'affinity', source: { kind: 'config', name: 'both' }, guests: [1, 2] };

function withBlocker(blocker: Omit<Blocker, 'guest'>): Assessment {
  return {
    ...assessed([a, b], [guest]),
    guests: [{ guest, usage: guest.usage, blockers: [{ guest: 1, ...blocker }] }],
  };
}

describe('recheck', () => {
  it.each<{
    case: string;
    now: Assessment;
    running?: readonly ReturnType<typeof aMigration>[];
    ended?: readonly ReturnType<typeof aMigration>[];
    rules?: readonly Rule[];
    planned?: readonly ReturnType<typeof aMigration>[];
    policy?: Partial<BalancePolicy>;
    says: readonly RegExp[];
  }>([
    { case: 'nothing has changed', now: assessed([a, b], [guest]), says: [] },
    { case: 'quorum is lost', now: assessed([a, b], [guest], { quorate: false }), says: [/no quorum/] },
    { case: 'the guest is gone', now: assessed([a, b], []), says: [/gone/] },
    { case: 'somebody moved it', now: assessed([a, b], [aGuest(1, 'b')]), says: [/on b now, not on a/] },
    {
      case: 'its node has cooled down by itself',
      now: assessed([aNode('a', { cpu: 0.6 }), b], [guest]),
      says: [/60 % cpu/],
    },
    {
      case: 'the target says that it is strained',
      now: assessed([a, { ...b, pressure: { ...NO_PRESSURE, cpuSome: 0.7 } }], [guest]),
      policy: { pressure: { ceiling: 0.6 } },
      says: [/b is strained now/],
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
    {
      case: 'a backup of it is under way',
      now: withBlocker({ code: 'locked', detail: 'A task works on guest-1 now (vzdump).' }),
      says: [/vzdump/],
    },
    {
      case: "it is Proxmox VE's own balancer's by now",
      now: withBlocker({ code: 'native-balancer', detail: 'guest-1 is balanced by Proxmox VE itself.' }),
      says: [/Proxmox VE itself/],
    },
    {
      case: 'somebody has tagged it to be left alone',
      now: withBlocker({ code: 'ignored', detail: 'guest-1 is never moved.' }),
      says: [/never moved/],
    },
    { case: 'it rests, which the plan knew', now: withBlocker({ code: 'cool-down', detail: 'It rests.' }), says: [] },
    {
      case: 'it may not run there by now',
      now: assessed([a, b], [guest]),
      rules: [{ kind: 'pin', source: { kind: 'tag', name: 'ballast-pin_a' }, guests: [1], nodes: ['a', 'c'] }],
      says: [/On b the guest would break a rule now: pin by tag ballast-pin_a/],
    },
    {
      case: 'one that it is kept apart from is there',
      now: assessed([a, b], [guest, aGuest(2, 'b')]),
      rules: [apart],
      says: [/anti-affinity by ha apart/],
    },
    {
      case: 'one that it is kept apart from is on its way there',
      now: assessed([a, b], [guest, aGuest(2, 'c')]),
      running: [aMigration(2, 'c', 'b')],
      rules: [apart],
      says: [/anti-affinity/],
    },
    {
      case: 'one that it is kept apart from is on its way from there',
      now: assessed([a, b], [guest, aGuest(2, 'b')]),
      running: [aMigration(2, 'b', 'c')],
      rules: [apart],
      says: [],
    },
    {
      case: 'the rule is about others',
      now: assessed([a, b], [guest, aGuest(2, 'b'), aGuest(3, 'b')]),
      rules: [{ ...apart, guests: [2, 3] }],
      says: [],
    },
    {
      case: 'it would leave one that it belongs with',
      now: assessed([a, b], [guest, aGuest(2, 'a')]),
      rules: [together],
      says: [/affinity by config both/],
    },
    {
      case: 'one that it belongs with comes after it',
      now: assessed([a, b], [guest, aGuest(2, 'a')]),
      rules: [together],
      planned: [step, aMigration(2, 'a', 'b')],
      says: [],
    },
    {
      case: 'one that it belongs with in a rack goes to another node there',
      now: assessed([a, b], [guest, aGuest(2, 'a')]),
      rules: [{ ...together, topology: 'rack' }],
      planned: [step, aMigration(2, 'a', 'c')],
      says: [],
    },
    {
      case: 'one has left the target since the look, which may have no more',
      now: assessed([a, b], [guest, aGuest(2, 'b'), aGuest(3, 'b')]),
      ended: [aMigration(3, 'b', 'c')],
      policy: { maxGuests: 2 },
      says: [],
    },
    {
      case: 'a rule was broken before',
      now: assessed([a, b], [guest]),
      rules: [{ kind: 'pin', source: { kind: 'tag', name: 't' }, guests: [1], nodes: ['c'] }],
      says: [],
    },
    {
      case: 'the target may have no more guests',
      now: assessed([a, b], [guest, aGuest(2, 'b'), aGuest(3, 'c')]),
      running: [aMigration(3, 'c', 'b')],
      policy: { maxGuests: 2 },
      says: [/b has no room now: it would run 3 guests, above 2/],
    },
  ])('when $case', ({ now, running = [], ended = [], rules = [], planned = [step], policy = {}, says }) => {
    const blockers = recheck(step, now, aBalancePolicy(policy), { running, ended, rules, planned });
    expect(blockers.map((blocker) => blocker.detail)).toEqual(says.map((words) => expect.stringMatching(words)));
  });

  it('mends for as long as a rule of the guest is broken', () => {
    const mends = { ...step, reason: 'mend-rule' } as const;
    const said = (others: readonly Guest[], moving: readonly Migration[] = []): readonly string[] =>
      recheck(mends, assessed([a, b], [guest, ...others]), aBalancePolicy(), {
        running: moving,
        ended: [],
        rules: [apart],
        planned: [mends],
      }).map(({ detail }) => detail);
    const mended = ['All rules of the guest are kept now: there is nothing left to mend.'];
    expect(said([aGuest(2, 'a')])).toEqual([]);
    expect(said([aGuest(2, 'c')])).toEqual(mended);
    expect(said([aGuest(2, 'a')], [aMigration(2, 'a', 'c')])).toEqual(mended);
  });

  it('empties a node for as long as it is to be emptied', () => {
    const leaving = { ...aMigration(1, 'a', 'b'), reason: 'maintenance' } as const;
    const said = (source: Node): readonly string[] =>
      recheck(leaving, assessed([source, b], [guest]), aBalancePolicy(), { running: [], ended: [] }).map(
        ({ detail }) => detail,
      );
    expect(said({ ...a, maintenance: true })).toEqual([]);
    expect(said(a)).toEqual(['a is not to be emptied any more.']);
  });
});
