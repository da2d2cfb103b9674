import {
  type CurrentWeight,
  EMPTY_HISTORY,
  type GuestId,
  type History,
  type HistoryStore,
  NO_ORDERS,
  type Orders,
} from '@ballast/core';
import { memoryHistoryStore } from '@ballast/store';
import { aMigration, aWeightPolicy } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { propose } from '../src/approval/proposals.ts';
import { aStage, EMPTY_PLAN, type Stage } from './stage.ts';

const PAUSE = { since: 0, by: 'root@mgmt1', weights: false };

const approvalOf = (plan: string, since: number): Orders => ({
  ...NO_ORDERS,
  approvals: [{ plan, by: 'ann@mgmt1', since, until: since + 30 * 60_000 }],
});

async function proposed(history?: HistoryStore): Promise<Stage & { readonly id: string }> {
  const stage = aStage(NO_ORDERS, 'advise', history);
  const report = await stage.rounds(2);
  return Object.assign(stage, { id: report.plan?.id ?? '' });
}

describe('mode advise', () => {
  it('keeps the plan that waits, and carries nothing out', async () => {
    const stage = await proposed();
    const { proposals = [] } = await stage.history.load();
    expect(proposals).toMatchObject([
      { id: stage.id, since: stage.clock.now() - 60_000, seen: stage.clock.now() - 30_000 },
    ]);
    expect(stage.cluster.started).toEqual([]);
    expect(stage.logged.join()).toContain(`a plan waits for \`ballast approve ${stage.id}\``);
  });

  it('carries out what was approved, once, and says who let it be', async () => {
    const stage = await proposed();
    const { steps = [] } = (await stage.history.load()).proposals?.[0] ?? {};
    stage.orders = approvalOf(stage.id, stage.clock.now());
    for (let round = 0; round < 8; round += 1) {
      await stage.rounds(1);
      for (const step of stage.cluster.running) stage.cluster.end(step.guest);
    }
    expect(stage.cluster.started.map(({ guest }) => guest)).toEqual(steps.map(({ guest }) => guest));
    expect(stage.target.applied).toEqual([]);
    const { moves, plans } = await stage.history.load();
    expect(moves.map(({ by, plan }) => [by, plan])).toEqual(steps.map(() => ['ann@mgmt1', stage.id]));
    expect(plans).toMatchObject([{ id: stage.id, by: 'ann@mgmt1', approvedAt: stage.orders.approvals?.[0]?.since }]);
    expect(plans?.[0]?.steps.map(({ state }) => state)).toEqual(steps.map(() => 'verifying'));
    // The cluster is hot again, and the approval has been used.
    const before = stage.cluster.started.length;
    for (const { guest } of steps) stage.cluster.move(guest, 'a');
    await stage.rounds(4);
    expect(stage.cluster.started).toHaveLength(before);
  });

  it('carries out a plan that was proposed before a restart, and not what it would rather do now', async () => {
    const first = await proposed();
    const second = aStage(approvalOf(first.id, first.clock.now()), 'advise', first.history);
    await second.clock.advance(60_000);
    // Somebody locks a guest: what comes out now is another plan.
    const { steps = [] } = (await first.history.load()).proposals?.[0] ?? {};
    const spared = [1, 2, 3, 4].find((id) => steps.every(({ guest }) => guest !== id)) ?? 0;
    second.cluster.snapshot = {
      ...second.cluster.snapshot,
      guests: second.cluster.snapshot.guests.map((guest) =>
        guest.id === spared ? { ...guest, lock: 'backup' } : guest,
      ),
    };
    await second.rounds(1);
    expect(second.cluster.started[0]).toMatchObject({ guest: steps[0]?.guest, to: steps[0]?.to });
  });

  it('checks each step again: what no longer holds is not done', async () => {
    const stage = await proposed();
    const { steps = [] } = (await stage.history.load()).proposals?.[0] ?? {};
    stage.cluster.move(steps[0]?.guest ?? 0, 'c');
    stage.orders = approvalOf(stage.id, stage.clock.now());
    await stage.rounds(3);
    expect(stage.cluster.started).toEqual([]);
    const { plans, moves } = await stage.history.load();
    expect(plans?.[0]?.steps[0]).toMatchObject({
      state: 'skipped',
      detail: expect.stringMatching(/on c now, not on a/),
    });
    expect(moves).toEqual([]);
  });

  it.each<{ case: string; change: (orders: Orders, now: number) => Orders }>([
    { case: 'it has run out', change: (_, now) => approvalOf('', now - 40 * 60_000) },
    { case: 'the operator is paused', change: (orders) => ({ ...orders, pause: PAUSE }) },
    { case: 'it is of a plan that nobody knows', change: (_, now) => approvalOf('ffff', now) },
  ])('begins nothing by an approval where $case', async ({ change }) => {
    const stage = await proposed();
    const changed = change(approvalOf(stage.id, stage.clock.now()), stage.clock.now());
    const approvals = changed.approvals?.map((entry) => ({
      ...entry,
      plan: entry.plan === '' ? stage.id : entry.plan,
    }));
    stage.orders = { ...changed, ...(approvals === undefined ? {} : { approvals }) };
    await stage.rounds(3);
    expect(stage.cluster.started).toEqual([]);
  });

  it('forgets plans that it did not come to for half an hour, and keeps five', () => {
    const now = 10_000_000;
    const steps = [aMigration(1, 'a', 'b', { alternatives: [{ node: 'b', fullness: 0.5 }] })];
    const of = (history: History, id: string, at: number): History =>
      propose(history, { ...EMPTY_PLAN, id, steps }, at);
    const ids = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
    const many = ids.reduce((history, id, n) => of(history, id, now + n), EMPTY_HISTORY);
    expect(many.proposals?.map(({ id }) => id)).toEqual(ids.slice(1));
    expect(many.proposals?.[0]?.steps[0]?.alternatives).toBeUndefined();
    const again = of(many, 'p2', now + 60_000);
    expect(again.proposals?.at(-1)).toMatchObject({ id: 'p2', since: now + 1, seen: now + 60_000 });
    const later = propose(again, { ...EMPTY_PLAN, id: 'none', steps: [] }, now + 30.5 * 60_000);
    expect(later.proposals?.map(({ id }) => id)).toEqual(['p2']);
    expect(propose(later, { ...EMPTY_PLAN, id: 'none', steps: [] }, now + 30.5 * 60_000)).toBe(later);
  });
});

describe('weights in mode advise', () => {
  /** As somebody has set them by hand: small ones, and guest 3 drained. */
  const AS_SET: readonly CurrentWeight[] = [1, 2, 3, 4].map((guest) => ({
    service: 'shop',
    guest,
    handle: `shop/${guest}`,
    weight: guest === 2 ? 0.01 : 0.02,
    scaled: guest,
    state: guest === 3 ? 'drain' : 'ready',
  }));
  const weightsOf = ({ target }: Stage): readonly (readonly [GuestId, number, string])[] =>
    target.has.map(({ guest, weight, state }) => [guest, weight, state]);

  /** Right after the first step of an approved plan has begun. */
  async function begun(history?: HistoryStore): Promise<Stage & { readonly guest: GuestId }> {
    const stage = await proposed(history);
    stage.target.has = AS_SET;
    stage.orders = approvalOf(stage.id, stage.clock.now());
    await stage.rounds(1);
    return Object.assign(stage, { guest: stage.cluster.started[0]?.guest ?? 0 });
  }

  it('are lowered while a guest of an approved plan moves, climb back, and end as they were set', async () => {
    const stage = await begun();
    const { guest } = stage;
    const wholeOf = (id: GuestId): number => (id === 2 ? 0.5 : 1);
    const { migrationFactor } = aWeightPolicy();
    expect(weightsOf(stage)).toEqual(
      AS_SET.map(({ guest: id, state }) => [id, wholeOf(id) * (id === guest ? migrationFactor : 1), state]),
    );
    expect((await stage.history.load()).borrowed).toEqual({
      shop: Object.fromEntries(AS_SET.map(({ guest: id, weight, state }) => [id, { weight, state }])),
    });
    // Nothing more of the plan: it is this one that climbs.
    stage.cluster.refusals = [{ guest: 0, code: 'locked', detail: 'no more' }];
    stage.cluster.end(guest);
    const seen: number[] = [];
    for (let round = 0; round < 6; round++) {
      await stage.rounds(1);
      seen.push(stage.target.weightOf(guest) ?? 0);
    }
    expect(seen.slice(0, 3)).toEqual(seen.slice(0, 3).toSorted((a, b) => a - b));
    expect(seen[1]).toBeGreaterThan(migrationFactor * wholeOf(guest));
    expect(stage.target.has).toEqual(AS_SET);
    const { borrowed, weights } = await stage.history.load();
    expect([borrowed, weights]).toEqual([undefined, {}]);
    const pushes = stage.target.applied.length;
    await stage.rounds(2);
    expect(stage.target.applied).toHaveLength(pushes);
  });

  it('are given back by the operator that comes after one that crashed, also once a target answers again', async () => {
    const { history, guest, cluster } = await begun();
    const saved = memoryHistoryStore(await history.load());
    const later = aStage(NO_ORDERS, 'advise', saved);
    await later.clock.advance(600_000);
    // The task goes on in the cluster, and is followed.
    for (const step of cluster.started) later.cluster.carry(step, 'UPID:1');
    await later.rounds(1);
    expect(later.target.weightOf(guest)).toBeLessThan(0.5);
    later.cluster.end(guest);
    later.target.failure = new Error('gone');
    await later.rounds(6);
    later.target.failure = undefined;
    later.target.has = AS_SET.map((current) => ({ ...current, weight: 1 }));
    await later.rounds(1);
    expect(later.target.has).toEqual(AS_SET);
    expect((await saved.load()).borrowed).toBeUndefined();
  });

  it("stay where a pause says so, and are nobody else's in auto", async () => {
    const { history, target } = await begun();
    const pushes = target.applied.length;
    const paused = aStage({ ...NO_ORDERS, pause: { ...PAUSE, weights: true } }, 'advise', history);
    await paused.rounds(5);
    expect([paused.target.applied, target.applied.length]).toEqual([[], pushes]);
    const auto = aStage(NO_ORDERS, 'auto', history);
    await auto.rounds(1);
    expect((await history.load()).borrowed).toBeUndefined();
  });

  it('are left alone where no load balancer tells what it has', async () => {
    const stage = await proposed();
    stage.target.failure = new Error('gone');
    stage.orders = approvalOf(stage.id, stage.clock.now());
    await stage.rounds(2);
    expect(stage.cluster.started).toHaveLength(1);
    expect((await stage.history.load()).borrowed).toBeUndefined();
  });

  it('are not lowered where that could not be taken back: nothing is begun when the history cannot be saved', async () => {
    const store = memoryHistoryStore();
    const stage = await proposed(store);
    stage.target.has = AS_SET;
    stage.orders = approvalOf(stage.id, stage.clock.now());
    const save = store.save.bind(store);
    const full = (history: History): Promise<void> =>
      history.borrowed === undefined ? save(history) : Promise.reject(new Error('ENOSPC'));
    Object.assign(store, { save: full });
    await stage.rounds(1);
    expect([stage.cluster.started, stage.target.applied]).toEqual([[], []]);
  });
});
