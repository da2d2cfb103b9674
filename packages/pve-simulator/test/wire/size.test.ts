import { expect, it } from 'vitest';
import { startSimulator, syntheticWorld } from '../../src/index.ts';
import { data } from '../support/client.ts';

it('lists a large cluster whole', async () => {
  const world = syntheticWorld({ nodes: 50, guests: 2000, seed: 1 });
  const simulator = await startSimulator({ strict: true, world, speed: 0 });
  const rows = await data<Record<string, unknown>[]>(simulator, '/cluster/resources');
  await simulator.stop();
  expect(rows.filter((row) => row['type'] === 'node')).toHaveLength(50);
  expect(rows.filter((row) => row['type'] === 'qemu')).toHaveLength(2000);
});
