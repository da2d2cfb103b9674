import type { Operator } from '@ballast/operator';
import { memoryHistoryStore, memoryLeaseStore } from '@ballast/store';
import { createLogger } from '@ballast/telemetry';
import { eventLoopTurns, VirtualClock } from '@ballast/testkit';
import { expect, it } from 'vitest';
import { Terms } from '../src/terms.ts';

it('gives the lease back though its operator cannot save what it knows, and begins no further term', async () => {
  const clock = new VirtualClock();
  const lease = memoryLeaseStore(() => clock.now());
  const told: (bigint | undefined)[] = [];
  let operators = 0;
  const terms = new Terms({
    shared: { lease, historyUnder: () => memoryHistoryStore() },
    duration: 8_000,
    clock,
    log: createLogger({ level: 'silent', format: 'json' }),
    operatorOf: () => {
      operators += 1;
      return { stop: () => Promise.reject(new Error('Redis is away')) } as unknown as Operator;
    },
    changed: (token) => told.push(token),
  });
  terms.start();
  await eventLoopTurns();
  expect(told).toEqual([1n]);
  await expect(terms.stop(0)).rejects.toThrow('Redis is away');
  expect(told).toEqual([1n, undefined]);
  expect(operators).toBe(1);
  expect(await lease.hold('another', 8_000)).toEqual({ held: true, token: 2n });
});
