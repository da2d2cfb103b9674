import { NO_ORDERS, type Orders } from '@ballast/core';
import { createLogger } from '@ballast/telemetry';
import { LineSink, VirtualClock } from '@ballast/testkit';
import { expect, it } from 'vitest';
import { StandingOrders } from '../src/orders/standing.ts';

const PAUSED: Orders = { ...NO_ORDERS, pause: { since: 0, by: 'root@mgmt1', weights: false } };

/** Orders whose answers take a while each, and were read when they were asked for. */
function aStand(answers: readonly { readonly takes: number; readonly orders: Orders }[]): StandingOrders {
  const clock = new VirtualClock();
  const left = [...answers];
  return new StandingOrders({
    clock,
    log: createLogger({ level: 'info', format: 'json', destination: new LineSink() }),
    orders: {
      load: async () => {
        const { takes, orders } = left.shift() ?? { takes: 0, orders: NO_ORDERS };
        await clock.advance(takes);
        return orders;
      },
      save: async () => undefined,
    },
  });
}

it('asks again where the answer took long: somebody may have paused meanwhile', async () => {
  const slow = { takes: 15_000, orders: NO_ORDERS };
  await expect(aStand([slow, { takes: 10, orders: NO_ORDERS }]).requireNone()).resolves.toBeUndefined();
  await expect(aStand([slow, { takes: 10, orders: PAUSED }]).requireNone()).rejects.toMatchObject({ code: 'paused' });
});

it('begins nothing where no answer comes in time', async () => {
  const slow = { takes: 2_001, orders: NO_ORDERS };
  await expect(aStand([slow, slow, slow]).requireNone()).rejects.toMatchObject({
    code: 'orders-late',
    message: 'Expected the orders that stand within 2 s, got them later thrice.',
  });
});
