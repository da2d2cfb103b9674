import {
  type CurrentWeight,
  type MemberState,
  type Random,
  seededRandom,
  type TargetAssignment,
  type TargetReport,
  type WeightTarget,
} from '@ballast/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aService, someWeights } from '../builders.ts';

/** A weight target before a load balancer that was made for the suite. */
export interface WeightTargetSubject {
  readonly target: WeightTarget;
  /** What services say of themselves at it, by name; nothing where it is left out. */
  readonly options?: Readonly<Record<string, object>>;
  /** Makes the load balancer lose what it was told, as a restart does; left out when nothing can make it. */
  readonly forget?: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The pools that a load balancer has when {@link weightTargetConformance} starts: guests by service. */
export const CONFORMANCE_POOLS: Readonly<Record<string, readonly number[]>> = { shop: [1, 2, 3, 4], pay: [11, 12] };

/** What rounding to 256 steps may move a share by, where the largest weight is at least a half. */
const TOLERANCE = 0.01;

type Pool = Readonly<Record<number, number | readonly [weight: number, state: MemberState]>>;
type Pools = Readonly<Record<string, Pool>>;
type Apply = (pools: Pools) => Promise<TargetReport>;
type Read = (pools: Pools) => Promise<readonly CurrentWeight[]>;

/**
 * What every {@link WeightTarget} promises, run on a real one. A member's name is `guest-ID`.
 * @param start makes a load balancer with {@link CONFORMANCE_POOLS}, whose members have the port 8080
 */
export function weightTargetConformance(name: string, start: () => Promise<WeightTargetSubject>): void {
  describe(`${name} as a weight target`, () => {
    let subject: WeightTargetSubject;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(() => subject.stop());
    const assign = (pools: Pools): readonly TargetAssignment[] => assignments(pools, subject.options);
    const apply = (pools: Pools): Promise<TargetReport> => subject.target.apply(assign(pools));
    const read = (pools: Pools): Promise<readonly CurrentWeight[]> => subject.target.read(assign(pools));

    applying(apply, read);
    states(apply, read);
    failing(apply, read);

    test('what was lost is noticed and set again by the next apply', async () => {
      const pools = { shop: { 1: 1, 2: 0.25, 3: [0.5, 'drain'], 4: 0.75 } } as const;
      await apply(pools);
      const before = await subject.target.read(assign(pools));
      await subject.forget?.();
      const report = await apply(pools);
      expect(report.problems).toEqual([]);
      expect(report.changed.length > 0).toBe(subject.forget !== undefined);
      expect(await subject.target.read(assign(pools))).toEqual(before);
    });

    test('calls at once are carried out one after another: the last one holds', async () => {
      const tables = Array.from({ length: 8 }, (_, i) => ({ shop: { 1: 1, 2: (i + 1) / 8 } }));
      const reports = await Promise.all(tables.map(apply));
      expect(reports.flatMap((report) => report.problems)).toEqual([]);
      expect(shares(await read({ shop: { 1: 1, 2: 1 } }))).toEqual({ 'shop/1': 1, 'shop/2': 1 });
    });

    test('closing twice is closing once', async () => {
      await expect(subject.target.close()).resolves.toBeUndefined();
      await expect(subject.target.close()).resolves.toBeUndefined();
    });
  });
}

function applying(apply: Apply, read: Read): void {
  test('applies the weights of every service, and says what it changed', async () => {
    const pools = { shop: { 1: 1, 2: 0.5, 3: 0.25, 4: 0.75 }, pay: { 11: 0.3, 12: 0.6 } };
    const report = await apply(pools);
    expect(report.problems).toEqual([]);
    expect(report.changed.length + report.unchanged).toBe(6);
    const found = await read(pools);
    expect(found).toHaveLength(6);
    for (const { handle, after, state } of report.changed) {
      expect(found).toContainEqual(expect.objectContaining({ handle, scaled: after, state }));
    }
    expect(shares(found)).toEqual({
      'shop/1': 1,
      'shop/2': near(0.5),
      'shop/3': near(0.25),
      'shop/4': near(0.75),
      'pay/11': near(0.5),
      'pay/12': 1,
    });
  });

  test('applied again it changes nothing', async () => {
    const pools = { shop: { 1: 0.9, 2: 0.4, 3: 0.1, 4: 0.2 } };
    await apply(pools);
    expect(await apply(pools)).toMatchObject({ changed: [], unchanged: 4, problems: [] });
  });

  test('changes the member that differs, and that one alone', async () => {
    await apply({ shop: { 1: 1, 2: 0.5, 3: 0.5, 4: 0.5 } });
    const report = await apply({ shop: { 1: 1, 2: 0.5, 3: 0.25, 4: 0.5 } });
    expect(report.changed).toEqual([expect.objectContaining({ service: 'shop', guest: 3, state: 'ready' })]);
    const [change] = report.changed;
    expect((change?.after ?? 0) / (change?.before ?? 1)).toBeCloseTo(0.5, 1);
    expect(report.unchanged).toBe(3);
  });

  test('keeps the proportions of weights drawn by chance', async () => {
    const random = seededRandom(20_260_105);
    for (let round = 0; round < 40; round++) {
      const weights = drawn(random);
      const largest = Math.max(...Object.values(weights));
      expect((await apply({ shop: weights })).problems).toEqual([]);
      const wanted = Object.entries(weights).map(([guest, weight]) => [`shop/${guest}`, near(weight / largest)]);
      expect(shares(await read({ shop: weights }))).toEqual(Object.fromEntries(wanted));
    }
  });

  test('a ready member keeps some weight, however little is asked for', async () => {
    await apply({ shop: { 1: 1, 2: 0.000_01, 3: 0, 4: 1 } });
    const found = shares(await read({ shop: { 1: 1, 2: 1, 3: 1, 4: 1 } }));
    expect(Object.values(found).every((share) => share > 0)).toBe(true);
  });

  test('a pool of zeros is not weighted to nothing', async () => {
    expect((await apply({ pay: { 11: 0, 12: 0 } })).problems).toEqual([]);
    const found = shares(await read({ pay: { 11: 1, 12: 1 } }));
    expect(found).toEqual({ 'pay/11': 1, 'pay/12': 1 });
  });

  test('no assignment is nothing to do', async () => {
    expect(await apply({})).toMatchObject({ changed: [], unchanged: 0, problems: [] });
  });
}

function states(apply: Apply, read: Read): void {
  const stateOf = (found: readonly CurrentWeight[]): Record<number, MemberState> =>
    Object.fromEntries(found.map((entry) => [entry.guest, entry.state]));

  test('drains a member, keeps the weight it is to return with, and takes it back', async () => {
    await apply({ shop: { 1: 1, 2: 1, 3: 1, 4: 1 } });
    const drained = { shop: { 1: 1, 2: [1, 'drain'], 3: 1, 4: 1 } } as const;
    expect((await apply(drained)).changed).toEqual([expect.objectContaining({ guest: 2, state: 'drain' })]);
    expect(stateOf(await read(drained))).toEqual({ 1: 'ready', 2: 'drain', 3: 'ready', 4: 'ready' });
    expect(await apply(drained)).toMatchObject({ changed: [], unchanged: 4 });

    const back = { shop: { 1: 1, 2: 1, 3: 1, 4: 1 } };
    expect((await apply(back)).changed).toEqual([expect.objectContaining({ guest: 2, state: 'ready' })]);
    expect(stateOf(await read(back))).toEqual({ 1: 'ready', 2: 'ready', 3: 'ready', 4: 'ready' });
    expect(shares(await read(back))).toEqual({ 'shop/1': 1, 'shop/2': 1, 'shop/3': 1, 'shop/4': 1 });
  });
}

function failing(apply: Apply, read: Read): void {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.5])(
    'a weight of %s is a problem of its member, and the others are applied',
    async (weight) => {
      await apply({ shop: { 1: 1, 2: 1, 3: 1, 4: 1 } });
      const report = await apply({ shop: { 1: 1, 2: weight, 3: 0.5, 4: 1 } });
      expect(report.problems).toEqual([expect.objectContaining({ service: 'shop', guest: 2 })]);
      expect(report.problems[0]?.message).toContain(`got ${weight}`);
      expect(shares(await read({ shop: { 1: 1, 2: 1, 3: 1, 4: 1 } }))).toEqual({
        'shop/1': 1,
        'shop/2': 1,
        'shop/3': near(0.5),
        'shop/4': 1,
      });
    },
  );
}

/** Assignments that throw when they are written to: a target owns none of what it is given. */
function assignments(pools: Pools, options: WeightTargetSubject['options'] = {}): readonly TargetAssignment[] {
  return frozen(
    Object.entries(pools).map(([service, pool]) => {
      const entries = Object.entries(pool).map(([guest, entry]): [number, number, MemberState] =>
        typeof entry === 'number' ? [Number(guest), entry, 'ready'] : [Number(guest), entry[0], entry[1]],
      );
      const weights = someWeights(service, Object.fromEntries(entries.map(([guest, weight]) => [guest, weight])));
      const members = weights.members.map((member, index) => ({ ...member, state: entries[index]?.[2] ?? 'ready' }));
      return { service: aService(service), options: { ...options[service] }, weights: { ...weights, members } };
    }),
  );
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** A quarter of the guests has at least a half, so that {@link TOLERANCE} holds; the others may come close to nothing. */
function drawn(random: Random): Record<number, number> {
  return Object.fromEntries(
    (CONFORMANCE_POOLS['shop'] ?? []).map((guest) => [guest, guest === 1 ? 0.5 + random() / 2 : random()]),
  );
}

/** Weights by `service/guest`, as shares of the largest of their service. */
function shares(found: readonly CurrentWeight[]): Record<string, number> {
  const largest = new Map<string, number>();
  for (const { service, weight } of found) largest.set(service, Math.max(weight, largest.get(service) ?? 0));
  return Object.fromEntries(
    found.map(({ service, guest, weight }) => [`${service}/${guest}`, weight / (largest.get(service) || 1)]),
  );
}

function near(wanted: number): unknown {
  return expect.toSatisfy((got: number) => Math.abs(got - wanted) <= TOLERANCE, `about ${wanted.toFixed(3)}`);
}
