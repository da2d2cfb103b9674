import type { Monitor } from '@ballast/core';
import { eventLoopTurns, T0, VirtualClock } from '@ballast/testkit';
import { expect, test } from 'vitest';
import { detectionWindow, HealthWatch, MonitorError, type MonitorTarget, type ProbeResult } from '../../src/index.ts';

const monitor: Monitor = { type: 'tcp', delay: 1000, timeout: 500, maxRetries: 2, maxRetriesDown: 3 };
const target = (key: string, fields: Partial<MonitorTarget> = {}): MonitorTarget => ({
  key,
  address: '10.9.0.11',
  port: 8080,
  monitor,
  ...fields,
});

/** A watch over members that answer as `answers` says; what it reports, with the time since the start. */
function aWatch(answers: Record<string, () => Promise<ProbeResult>>) {
  const clock = new VirtualClock(T0, () => eventLoopTurns(5));
  const events: string[] = [];
  const probes: string[] = [];
  const watch = new HealthWatch({
    clock,
    probe: ({ key }) => {
      probes.push(`${clock.now() - T0} ${key}`);
      return answers[key]?.() ?? Promise.resolve({ ok: true });
    },
    onChange: ({ key }, { state }) => events.push(`${clock.now() - T0} ${key} ${state}`),
    onProblem: ({ key }, error) => events.push(`${clock.now() - T0} ${key} ${String(error)}`),
  });
  return { clock, events, probes, watch };
}

test('a member that dies is down within the detection window, and up again after its retries', async () => {
  let alive = true;
  const hangs = new Promise<ProbeResult>(() => {});
  const { clock, events, watch } = aWatch({ a: () => (alive ? Promise.resolve({ ok: true }) : hangs) });
  watch.update([target('a')]);
  await clock.advance(1);
  expect(events).toEqual(['0 a up']);
  alive = false;
  await clock.advance(detectionWindow(monitor) - 1);
  expect(events).toEqual(['0 a up', '3500 a down']);
  expect(watch.health('a')).toMatchObject({ state: 'down', reason: 'no answer within 500 ms' });
  alive = true;
  await clock.advance(2000);
  expect(events).toEqual(['0 a up', '3500 a down', '5000 a up']);
  expect(watch.health('a')).toMatchObject({ returned: true });
  await watch.stop();
  expect(clock.sleepers).toBe(0);
});

test('each member on its own time: one that hangs delays no other', async () => {
  const { clock, probes, watch } = aWatch({ a: () => new Promise(() => {}) });
  watch.update([target('a'), target('b'), target('c', { monitor: { ...monitor, delay: 400 } })]);
  await clock.advance(1000);
  expect(probes.toSorted()).toEqual(['0 a', '0 b', '0 c', '1000 a', '1000 b', '400 c', '800 c']);
  await watch.stop();
});

test('what stays is not probed anew; what changes keeps its health; what goes is probed no more', async () => {
  const { clock, events, probes, watch } = aWatch({ a: () => Promise.resolve({ ok: false, reason: 'refused' }) });
  watch.update([target('a'), target('b')]);
  await clock.advance(100);
  watch.update([target('a'), target('b')]);
  await clock.advance(100);
  expect(probes).toEqual(['0 a', '0 b']);
  watch.update([target('a', { port: 9090 })]);
  await clock.advance(900);
  expect(probes).toEqual(['0 a', '0 b', '200 a']);
  expect(events).toEqual(['0 a down', '0 b up']);
  expect(watch.health('a')?.state).toBe('down');
  expect(watch.health('b')).toBeUndefined();
  await watch.stop();
});

test('a probe that cannot be made is told, and says nothing about the member', async () => {
  const broken = new MonitorError('monitor.ping-unavailable', 'Expected the program ping to work, and it did not.');
  let first = true;
  const { clock, events, watch } = aWatch({
    a: () => {
      if (!first) return Promise.reject(broken);
      first = false;
      return Promise.resolve({ ok: true });
    },
  });
  watch.update([target('a')]);
  await clock.advance(5000);
  expect(events[0]).toBe('0 a up');
  expect(events.slice(1)).toHaveLength(5);
  expect(events[1]).toContain('Expected the program ping to work');
  expect(watch.health('a')).toMatchObject({ state: 'up', streak: 0 });
  await watch.stop();
});
