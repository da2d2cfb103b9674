import type { GuestId, Milliseconds } from '@ballast/core';
import { type Simulator, withTraffic } from '@ballast/pve-simulator';
import type { Backend } from './backends.ts';

/** CPU time of one request inside a guest. */
const CORES_PER_REQUEST = 0.08;
const TICK: Milliseconds = 500;
/** Weight of the newest tick: a guest's load follows its traffic within a few seconds. */
const SMOOTHING = 0.3;

/**
 * Lets the CPU usage of the simulated guests follow the requests that their web servers answer.
 * @returns stops it
 */
export function coupleTraffic(backends: readonly Backend[], simulator: Pick<Simulator, 'update'>): () => void {
  const rates = new Map<GuestId, number>(backends.map(({ guest }) => [guest, 0]));
  const served = new Map<GuestId, number>(backends.map(({ guest, served: count }) => [guest, count()]));
  let last = performance.now();
  const tick = (): void => {
    const elapsed = (performance.now() - last) / 1000;
    last = performance.now();
    for (const { guest, served: count } of backends) {
      const rate = (count() - (served.get(guest) ?? 0)) / elapsed;
      served.set(guest, count());
      rates.set(guest, (rates.get(guest) ?? 0) * (1 - SMOOTHING) + rate * SMOOTHING);
    }
    const cores = Object.fromEntries([...rates].map(([guest, rate]) => [guest, rate * CORES_PER_REQUEST]));
    simulator.update((world) => withTraffic(world, cores));
  };
  const timer = setInterval(tick, TICK);
  return () => clearInterval(timer);
}
