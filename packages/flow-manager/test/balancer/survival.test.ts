import { until } from '@ballast/ovs-lab';
import { expect, test } from 'vitest';
import { holdMember, putWeights } from '../../src/index.ts';
import { aRig, goesOn, placed } from './rig.ts';

const CONNECTIONS = 80;
// Two switches of their own: no connection table in common.
const rig = aRig({ apart: true });

test('80 open connections live through everything that happens to a flow manager', { timeout: 120_000 }, async () => {
  const first = await rig.seat({ lead: { role: 'master', generation: 1n } });
  const standby = await rig.seat({ lead: { role: 'slave', generation: 0n } });
  rig.tell(rig.shop(), first, standby);
  await rig.connect(first, standby);
  await placed(first, 4);
  await first.balancer.settled();
  const held = await rig.hold(CONNECTIONS);
  const control = await rig.holdBeside(8);

  // New weights.
  const weights = [1, 0.5, 0.25, 0.25].map((weight, i) => ({ guest: 101 + i, weight }));
  for (const { registry } of [first, standby])
    registry.change((state) => putWeights(state, 'shop', { members: weights }));
  await goesOn(held, CONNECTIONS);

  // A drain.
  for (const { registry } of [first, standby]) registry.change((state) => holdMember(state, 'shop', 101));
  await first.balancer.settled();
  expect(Object.keys(await rig.spread(100)).sort()).toEqual(['b2', 'b3', 'b4']);
  await goesOn(held, CONNECTIONS);

  // A removal.
  rig.tell(rig.shop({}, [2, 3, 4]), first, standby);
  await first.balancer.settled();
  await goesOn(held, CONNECTIONS);

  // A migration to the other switch: the guest says there that it has come, and nobody else tells.
  const [, , , guest] = rig.members;
  if (guest === undefined) throw new Error('Expected four members.');
  const unplugged = performance.now();
  await rig.fabric.move(guest, 'br1', 34);
  const cable = performance.now() - unplugged;
  await rig.fabric.announce(guest);
  const at = (): unknown => first.registry.state.places.byAddress.get(rig.fabric.network.address(14))?.at;
  await until(
    () =>
      JSON.stringify(at(), (_, value) => (typeof value === 'bigint' ? Number(value) : value)) ===
      '{"dpid":2,"port":34}',
    'the guest to be seen',
  );
  await first.balancer.settled();
  await goesOn(held, CONNECTIONS);
  expect(Object.keys(await rig.spread(200, 12_000))).toContain('b4');

  // A restart: what it knew is on disk, and what it carries is on the switches.
  const departures = first.balancer.departures();
  expect(departures.map(({ address }) => address)).toEqual([rig.fabric.network.address(11)]);
  const rows = await rig.fabric.ofctl('br0', 'dump-groups');
  await first.balancer.stop();
  await goesOn(held, CONNECTIONS);
  const again = await rig.seat({ lead: { role: 'master', generation: 1n }, registry: first.registry, departures });
  await rig.connect(again, standby);
  await until(() => again.balancer.switches().length === 2, 'the switches to come again');
  await until(
    () => again.balancer.switches().every(({ carries }) => carries === again.registry.state.version),
    'their rows',
  );
  expect(await rig.fabric.ofctl('br0', 'dump-groups')).toBe(rows);
  await goesOn(held, CONNECTIONS);

  // A hand-over between two that run.
  await until(() => standby.balancer.switches().length === 2, 'the switches at the standby');
  const settled = await standby.balancer.lead({ role: 'master', generation: 2n });
  expect(settled.map((one) => 'error' in one)).toEqual([false, false]);
  expect(await rig.fabric.ofctl('br0', 'dump-groups')).toBe(rows);
  await until(() => again.balancer.switches().every(({ role }) => role === 'slave'), 'the one before to be a slave');
  await goesOn(held, CONNECTIONS);
  standby.registry.change((state) => putWeights(state, 'shop', { members: [{ guest: 102, weight: 0 }] }));
  await standby.balancer.settled();
  expect(Object.keys(await rig.spread(100, 14_000)).sort()).toEqual(['b3', 'b4']);
  await goesOn(held, CONNECTIONS);

  const [end, usual] = (await Promise.all([held.end(), control.end()])).map((line) => JSON.parse(line));
  expect(end).toMatchObject({ connections: CONNECTIONS, broken: [], hung: 0, moved: 0 });
  // Ours is what is left of the worst stall without the time in which the guest had no cable.
  expect(end.stall, `cable ${Math.round(cable)} ms, machine ${usual.stall} ms`).toBeLessThan(300 + cable + usual.stall);
  expect([...first.failures, ...again.failures, ...standby.failures]).toEqual([]);
});
