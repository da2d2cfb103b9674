import type { HistoryStore, LeaseStore } from '@ballast/core';
import { EMPTY_HISTORY, NO_ORDERS } from '@ballast/core';
import { T0 } from '@ballast/testkit';
import { historyStoreConformance, leaseStoreConformance } from '@ballast/testkit/conformance';
import { expect, it } from 'vitest';
import { Agenda } from './engine/agenda.ts';
import { Process } from './engine/process.ts';
import { Calls } from './rig/calls.ts';
import { Disk } from './rig/disk.ts';
import { historyStore, leaseStore, orderStore, type StoreParts } from './rig/stores.ts';
import { Trouble } from './rig/trouble.ts';

// What holds over these stores is worth as much as they are like the real ones: they are held against the same suites.

/** Processes that share a disk where nothing fails. Time passes while a call is on its way, and when it is told to. */
class Place {
  readonly agenda = new Agenda(T0);
  readonly disk = new Disk();
  #onTheWay = 0;
  #processes = 0;
  readonly #calls: Calls;

  constructor() {
    const nothing = (): void => undefined;
    const trouble = new Trouble(nothing);
    const parts = { agenda: this.agenda, trouble, remote: true, crash: nothing, saving: nothing, trace: nothing };
    this.#calls = new Calls(parts);
  }

  history(token?: bigint): HistoryStore {
    const store = historyStore(this.#parts(), token);
    return {
      load: () => this.#answered(store.load()),
      save: (history) => this.#answered(store.save(history)),
    };
  }

  lease(): LeaseStore {
    const store = leaseStore(this.#parts());
    return {
      hold: (holder, duration) => this.#answered(store.hold(holder, duration)),
      release: (holder) => this.#answered(store.release(holder)),
    };
  }

  orders(): ReturnType<typeof orderStore> {
    const store = orderStore(this.#parts());
    return { load: () => this.#answered(store.load()), save: (orders) => this.#answered(store.save(orders)) };
  }

  pass(duration: number): Promise<void> {
    return this.agenda.runUntil(this.agenda.now + duration);
  }

  #parts(): StoreParts {
    const { agenda, disk } = this;
    const process = new Process(`p${++this.#processes}`, 0, agenda, 0);
    return { process, disk, agenda, calls: this.#calls };
  }

  async #answered<T>(answer: Promise<T>): Promise<T> {
    this.#onTheWay += 1;
    if (this.#onTheWay === 1) void this.#passOn();
    try {
      return await answer;
    } finally {
      this.#onTheWay -= 1;
    }
  }

  async #passOn(): Promise<void> {
    while (this.#onTheWay > 0) await this.pass(1);
  }
}

const remove = (): Promise<void> => Promise.resolve();

historyStoreConformance('the simulated disk', async () => {
  const place = new Place();
  return { open: () => place.history(), durable: true, remove };
});

historyStoreConformance('the simulated Redis, under the newest token,', async () => {
  const place = new Place();
  return { open: () => place.history(place.disk.token), durable: true, remove };
});

leaseStoreConformance('the simulated Redis', async () => {
  const place = new Place();
  return { open: () => place.lease(), pass: (duration) => place.pass(duration), remove };
});

it('refuses the history of who led before, as Redis does', async () => {
  const place = new Place();
  const tokens: bigint[] = [];
  for (const holder of ['one', 'two']) {
    const answer = await place.lease().hold(holder, 60);
    if (answer.held) tokens.push(answer.token);
    await place.pass(60);
  }
  const [first, second] = tokens.map((token) => place.history(token));
  await expect(first?.save({ ...EMPTY_HISTORY, weights: { 'shop/1': 1 } })).rejects.toMatchObject({
    code: 'store-fenced',
  });
  await second?.save(EMPTY_HISTORY);
  expect(await first?.load()).toEqual(EMPTY_HISTORY);
});

it('has the orders that a person gave last, and takes none from an operator', async () => {
  const place = new Place();
  expect(await place.orders().load()).toEqual(NO_ORDERS);
  place.disk.orders = { ...NO_ORDERS, drains: [{ node: 'a', since: 1, by: 'root@mgmt1' }] };
  expect(await place.orders().load()).toEqual(place.disk.orders);
  await expect(place.orders().save(NO_ORDERS)).rejects.toThrow('gives no orders');
});
