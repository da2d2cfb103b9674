import type { GuestId, Milliseconds } from '@ballast/core';
import { type Simulator, withTraffic } from '@ballast/pve-simulator';
import type { Backend } from './backends.ts';

const TICK: Milliseconds = 500;
/** Weight of the newest tick: a guest's load follows its traffic within a few seconds. */
const SMOOTHING = 0.3;

/**
 * Lets the CPU usage of the simulated guests follow the requests that their web servers answer.
 * @param coresPerRequest CPU time, in seconds of one core, of one request inside a guest
 * @returns stops it
 */
export function coupleTraffic(
  backends: readonly Backend[],
  simulator: Pick<Simulator, 'update'>,
  coresPerRequest: number,
): () => void {
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
    const cores = Object.fromEntries([...rates].map(([guest, rate]) => [guest, rate * coresPerRequest]));
    simulator.update((world) => withTraffic(world, cores));
  };
  const timer = setInterval(tick, TICK);
  return () => clearInterval(timer);
}
