import { afterEach, expect, it } from 'vitest';
import { MINUTE, Rig } from './faults/rig.ts';

// The operator as its service wires it over HTTPS: what guests send is read from the counters that a simulated cluster tells.

const running: Rig[] = [];
afterEach(async () => {
  for (const rig of running.splice(0)) await rig.stop();
});

/** Lets an operator relieve the hot node of the shop, by two guests at most: where they were sent. */
async function relieve(config: string): Promise<readonly string[]> {
  const rig = await Rig.start({ config });
  running.push(rig);
  await rig.pass(8 * MINUTE, () => rig.watch.asked.length >= 2 && rig.simulator.world.migrations.length === 0);
  expect(rig.watch.broken).toEqual([]);
  return rig.watch.asked.map(({ to }) => to);
}

it('no guest is sent to a node whose links are too narrow for what it sends', async () => {
  const [favourite = ''] = await relieve('');
  // A guest sends some 120 Mbit/s.
  const narrow = `balance: { network: { capacity: 10 Gbit/s, nodes: { ${favourite}: 100 Mbit/s } } }`;
  const targets = await relieve(narrow);
  expect(targets.length).toBeGreaterThan(0);
  expect(targets).not.toContain(favourite);
  const wide = 'balance: { network: { capacity: 10 Gbit/s } }';
  expect(await relieve(wide)).toContain(favourite);
});
