import type { WeightTarget } from '@ballast/core';
import {
  type HaproxyOptions,
  haproxyTarget,
  type LaunchOptions,
  type RunningHaproxy,
  startHaproxy,
} from '@ballast/targets';
import { onTestFinished } from 'vitest';
import { machineClock } from './clock.ts';

/** Starts a real HAProxy for the test that runs. Without a haproxy program the test fails. */
export async function launched(
  backends: LaunchOptions['backends'],
  options: Partial<LaunchOptions> = {},
): Promise<RunningHaproxy> {
  const haproxy = await startHaproxy({ backends, clock: machineClock, ...options });
  onTestFinished(() => haproxy.stop());
  return haproxy;
}

/** A target named `lb` for the test that runs. */
export function targetAt(address: HaproxyOptions['address'], options: Partial<HaproxyOptions> = {}): WeightTarget {
  const target = haproxyTarget({ name: 'lb', address, clock: machineClock, ...options });
  onTestFinished(() => target.close());
  return target;
}

/** A backend `shop` with servers of these names at ports that nobody serves. */
export function aBackend(
  servers: readonly string[],
  fields: Partial<LaunchOptions['backends'][number]> = {},
): LaunchOptions['backends'][number] {
  return { name: 'shop', servers: servers.map((name, index) => ({ name, port: 7001 + index })), ...fields };
}
