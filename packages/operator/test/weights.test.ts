import { BallastError, type TargetAssignment, type WeightTarget } from '@ballast/core';
import { Weights } from '@ballast/operator';
import { aBalancePolicy, aService, aWeightPolicy, someBudgets, someWeights, T0, VirtualClock } from '@ballast/testkit';
import { expect, it, vi } from 'vitest';

const ADDRESSES: Readonly<Record<number, readonly string[]>> = {
  101: ['10.0.0.1', 'fd00::1'],
  102: ['10.0.0.2'],
  103: [],
};
const vip = { address: 'fd00::99', port: 80 };
const SERVICES = [
  aService('four', { vip: { ...vip, address: '10.0.0.99' }, carriers: [{ target: 'lb', options: {} }] }),
  aService('six', { vip, carriers: [{ target: 'lb', options: {} }] }),
  aService('any', { carriers: [{ target: 'lb', options: {} }] }),
];
const TABLE = {
  snapshotId: 's',
  decidedAt: T0,
  services: SERVICES.map(({ name }) => someWeights(name, { 101: 1, 102: 1, 103: 1 })),
};

/** A target that keeps what it is given. */
function aTarget(usesAddresses: boolean): WeightTarget & { readonly given: TargetAssignment[] } {
  const given: TargetAssignment[] = [];
  return {
    name: 'lb',
    kind: 'test',
    usesAddresses,
    given,
    apply: async (assignments) => {
      given.push(...assignments);
      return { target: 'lb', kind: 'test', changed: [], unchanged: 0, problems: [], duration: 0 };
    },
    read: async (assignments) => {
      given.push(...assignments);
      return [];
    },
    close: async () => undefined,
  };
}

function weights(...targets: readonly WeightTarget[]): Weights {
  return weightsOver(() => undefined, ...targets);
}

function weightsOver(requireQuorum: () => void, ...targets: readonly WeightTarget[]): Weights {
  const policies = { balance: aBalancePolicy(), weights: aWeightPolicy(), budgets: someBudgets };
  return new Weights({
    settings: { ...policies, services: SERVICES },
    source: {
      addresses: async (guests) => Object.fromEntries(guests.map((id) => [id, ADDRESSES[id] ?? []])),
      requireQuorum,
    },
    targets,
    clock: new VirtualClock(),
  });
}

const addresses = (given: readonly TargetAssignment[]): unknown =>
  Object.fromEntries(
    given.map(({ service, weights: { members } }) => [service.name, members.map(({ member }) => member.address)]),
  );

const FILLED = {
  four: ['10.0.0.1', '10.0.0.2', undefined],
  six: ['fd00::1', '10.0.0.2', undefined],
  any: ['10.0.0.1', '10.0.0.2', undefined],
};

it("members have the address of their VIP's family, or else their first", async () => {
  const target = aTarget(true);
  await weights(target).push(TABLE);
  expect(addresses(target.given)).toEqual(FILLED);
});

it('what targets have is read with the same addresses, and a target that cannot be read fails alone', async () => {
  const target = aTarget(true);
  const broken = { ...aTarget(false), read: async () => Promise.reject(new BallastError('gone', 'It is gone.')) };
  expect(await weights(broken, target).read(TABLE)).toMatchObject([
    { status: 'rejected', reason: { code: 'gone' } },
    { status: 'fulfilled', value: [] },
  ]);
  expect(addresses(target.given)).toEqual(FILLED);
});

it('nobody is asked for addresses where no target needs them', async () => {
  const target = aTarget(false);
  await weights(target).push(TABLE);
  expect(addresses(target.given)).toEqual({
    four: [undefined, undefined, undefined],
    six: [undefined, undefined, undefined],
    any: [undefined, undefined, undefined],
  });
});

it('asks whether a table may still be pushed once those before it are through', async () => {
  const target = aTarget(false);
  let through = (): void => undefined;
  const slow: WeightTarget = {
    ...target,
    apply: async (assignments) => {
      await new Promise<void>((resolve) => {
        through = resolve;
      });
      return target.apply(assignments);
    },
  };
  const pushed = weights(slow);
  let leads = true;
  const mayPush = (): void => {
    if (!leads) throw new BallastError('not-leading', 'Another one leads.');
  };
  const first = pushed.push(TABLE, undefined, mayPush);
  const second = pushed.push(TABLE, undefined, mayPush);
  await vi.waitFor(() => expect(through.name).toBe(''));
  leads = false;
  through();
  await first;
  await expect(second).rejects.toMatchObject({ code: 'not-leading' });
  expect(target.given).toHaveLength(SERVICES.length);
});

it('nothing is pushed once the cluster has told that it has no quorum, while addresses were asked for, too', async () => {
  const target = aTarget(true);
  let quorate = true;
  const lost = weightsOver(() => {
    if (!quorate) throw new BallastError('snapshot-no-quorum', 'There is none.');
  }, target);
  await lost.push(TABLE);
  const pushed = lost.push(TABLE, undefined, () => {
    quorate = false;
  });
  await expect(pushed).rejects.toMatchObject({ code: 'snapshot-no-quorum' });
  expect(target.given).toHaveLength(SERVICES.length);
});
