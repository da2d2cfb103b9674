import { codeOf } from '@ballast/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { putWeights, type WeightsChange } from '../../src/index.ts';
import { aServer } from '../rest/support.ts';

const GUESTS = [101, 102, 103, 104];

/** A weight table whose every weight tells which table it is of; `spoilt` makes its last member a wrong one. */
interface Put {
  readonly token: number | undefined;
  readonly spoilt: 'no' | 'stranger' | 'weight' | 'twice';
}

const aPut: fc.Arbitrary<Put> = fc.record({
  token: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  spoilt: fc.constantFrom('no', 'no', 'no', 'stranger', 'weight', 'twice'),
});

function bodyOf({ token, spoilt }: Put, weight: number): object {
  const members = GUESTS.map((guest) => ({ guest, weight, state: weight < 0.5 ? 'ready' : 'drain' }));
  const wrong = {
    no: [],
    stranger: [{ guest: 999, weight }],
    weight: [{ guest: 101, weight: 1.5 }],
    twice: [{ guest: 104, weight }],
  }[spoilt];
  return { members: [...members, ...wrong], ...(token !== undefined && { fencing: String(token) }) };
}

test('no sequence of weight tables that arrive at once leaves a half of one, or of a leader that is gone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aPut, { minLength: 1, maxLength: 8 }), fc.scheduler(), async (puts, scheduler) => {
      const { call, registry } = aServer();
      const tables: number[] = [];
      const leaders: number[] = [];
      registry.onChange(({ services }) => {
        const { service, fencing = -1 } = services.get('shop') ?? {};
        tables.push(new Set(service?.members.map(({ weight, state }) => `${weight} ${state}`)).size);
        leaders.push(Number(fencing));
      });
      const send = async (put: Put, index: number): Promise<void> => {
        const weight = (index + 1) / 16;
        await scheduler.schedule(Promise.resolve(), `send ${index}`);
        const [{ status, body }, read] = await Promise.all([
          call('PUT', '/v1/services/shop/weights', bodyOf(put, weight)),
          call('GET', '/v1/services/shop/weights'),
        ]);
        expect(new Set(read.body.members.map((member: { weight: number }) => member.weight)).size).toBe(1);
        expect(put.spoilt === 'no' ? [200, 409] : [400, 404, 409]).toContain(status);
        const taken = status === 200 ? body.members.map((member: { weight: number }) => member.weight) : [];
        expect(taken).toEqual(status === 200 ? Array(4).fill(weight) : []);
      };
      const sent = puts.map(send);
      await scheduler.waitAll();
      await Promise.all(sent);
      expect(tables).toEqual(tables.map(() => 1));
      expect(leaders).toEqual(leaders.toSorted((a, b) => a - b));
      const sound = puts.filter(({ spoilt }) => spoilt === 'no');
      const tokens = sound.flatMap(({ token }) => (token === undefined ? [] : [token]));
      expect(Number(registry.state.services.get('shop')?.fencing ?? -1)).toBe(Math.max(-1, ...tokens));
    }),
    { numRuns: 40 },
  );
});

test('a table makes the next value of the state, and leaves the one before as it was', () => {
  const change: WeightsChange = { members: [{ guest: 102, weight: 0.5 }], fencing: 3n };
  const { registry } = aServer();
  const before = registry.state;
  const kept = structuredClone([...before.services]);
  const after = putWeights(before, 'shop', change);
  expect([...before.services]).toEqual(kept);
  expect(after.version).toBe(before.version + 1);
  expect(after.services.get('shop')).toMatchObject({ fencing: 3n, version: after.version });
  expect(putWeights(after, 'shop', change)).toBe(after);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1.01])('a weight of %s is refused', (weight) => {
  const { registry } = aServer();
  let code: string | undefined;
  try {
    registry.change((state) => putWeights(state, 'shop', { members: [{ guest: 101, weight }] }));
  } catch (error) {
    code = codeOf(error);
  }
  expect(code).toBe('registry-bad-weight');
  expect(registry.state.version).toBe(1);
});
