import { expect, it } from 'vitest';
import { demoWorld, withLock } from '../../src/index.ts';
import { startRig } from '../support/rig.ts';

it('a long answer shows every change at once, and time within a second', async () => {
  const { simulator, data } = await startRig(demoWorld(1));
  const rows = (): Promise<{ id: string; lock?: string; uptime?: number }[]> =>
    data('GET', '/cluster/resources?type=vm');
  const first = await rows();
  expect(await rows()).toEqual(first);
  simulator.update((world) => withLock(world, 101, 'backup'));
  expect((await rows()).find(({ id }) => id === 'qemu/101')?.lock).toBe('backup');
  simulator.advance(20_000);
  expect((await rows())[0]?.uptime).toBe((first[0]?.uptime ?? 0) + 20);
  expect(await data('GET', '/cluster/resources?type=node')).toHaveLength(3);
  await simulator.stop();
});
