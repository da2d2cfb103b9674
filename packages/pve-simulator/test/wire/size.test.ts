import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator, syntheticWorld } from '../../src/index.ts';
import { data } from '../support/client.ts';

/** The best of several: what the code takes, not what else the machine does. */
async function fastest(times: number, act: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await act();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

describe('a large cluster', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ world: syntheticWorld({ nodes: 50, guests: 2000, seed: 1 }), speed: 0 });
  });
  afterAll(() => simulator.stop());

  it('lists 50 nodes and 2000 guests in less than 50 ms', async () => {
    const rows = await data<Record<string, unknown>[]>(simulator, '/cluster/resources');
    expect(rows.filter((row) => row['type'] === 'node')).toHaveLength(50);
    expect(rows.filter((row) => row['type'] === 'qemu')).toHaveLength(2000);
    expect(await fastest(15, () => data(simulator, '/cluster/resources'))).toBeLessThan(50);
  });

  it('lets five minutes of 20 nodes and 300 guests pass in less than 50 ms', async () => {
    const replayed = await startSimulator({ world: syntheticWorld({ nodes: 20, guests: 300, seed: 1 }), speed: 0 });
    const before = replayed.world.now;
    expect(await fastest(15, () => replayed.advance(300_000))).toBeLessThan(50);
    expect(replayed.world.now).toBe(before + 15 * 300_000);
    await replayed.stop();
  });
});
