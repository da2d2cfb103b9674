import { PROGRAMS } from '@ballast/ovs-lab';
import { expect, test } from 'vitest';
import type { Departure } from '../../src/index.ts';
import { goesOn } from '../balancer/rig.ts';
import { aMember, aVirtualService, somePlacements } from '../services/builders.ts';
import { aNetwork, countsOf } from './network.ts';

const network = aNetwork();

test('80 open connections live through new weights, drain, removal, a migration to another switch, and back', async () => {
  const shop = (...members: ReturnType<typeof aMember>[]) => aVirtualService({ members });
  await network.carry([shop(aMember(1), aMember(2), aMember(3), aMember(4))]);
  const held = network.fabric.program(network.client, PROGRAMS.hold, '10.9.0.100', '80', '80');
  expect(await held.line()).toBe('open');
  // Straight to the host of a member that stays: it passes no table of ours, and tells what the machine itself makes wait.
  // At a port of its own: from the client's side a connection to the member itself could be the same as one by the VIP.
  const { address } = aMember(3);
  const listener = network.fabric.program(network.host('b3'), PROGRAMS.member, 'b3', '8081');
  expect(await listener.line()).toBe('ready');
  const control = network.fabric.program(network.client, PROGRAMS.hold, address, '8081', '8');
  expect(await control.line()).toBe('open');
  expect(Object.keys(JSON.parse(await held.ask('how')).by).sort()).toEqual(['b1', 'b2', 'b3', 'b4']);

  await network.carry([shop(aMember(1, 10), aMember(2, 20), aMember(3, 30), aMember(4, 40))]);
  await goesOn(held, 80);

  await network.carry([shop(aMember(1, 1, { state: 'drain' }), aMember(2), aMember(3), aMember(4))]);
  expect(Object.keys(countsOf(await network.spread(200))).sort()).toEqual(['b2', 'b3', 'b4']);
  await goesOn(held, 80);

  const rest = shop(aMember(3), aMember(4));
  const departures: readonly Departure[] = [1, 2].map((n) => ({ ...aMember(n), service: 'shop', protocol: 'tcp' }));
  await network.carry([rest], { departures });
  expect(Object.keys(countsOf(await network.spread(200, { firstPort: 11_000 }))).sort()).toEqual(['b3', 'b4']);
  await goesOn(held, 80);

  const guest = network.host('b4');
  const placements = somePlacements.map((known) =>
    known.mac === guest.mac ? { ...known, at: { dpid: 2n, port: 34 } } : known,
  );
  await network.fabric.move(guest, 'br1', 34);
  await network.carry([rest], { departures, placements });
  await goesOn(held, 80);
  await network.fabric.move(guest, 'br0', 14);
  await network.carry([rest], { departures });
  await goesOn(held, 80);

  const [end, usual] = (await Promise.all([held.end(), control.end()])).map((line) => JSON.parse(line));
  expect(end).toMatchObject({ connections: 80, broken: [], hung: 0, moved: 0 });
  expect(end.stall, `machine ${usual.stall} ms`).toBeLessThan(300 + usual.stall);
});
