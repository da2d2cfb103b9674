import { fieldValue } from '@ballast/openflow';
import { until } from '@ballast/ovs-lab';
import { expect, test } from 'vitest';
import { NO_PLACES, type Places, place, placementsOf, sightingOf } from '../../src/index.ts';
import { aMember, aMember6, aVirtualService } from '../services/builders.ts';
import { aNetwork, countsOf } from './network.ts';

const network = aNetwork();

test('the switch answers ARP, neighbour discovery and echo for a VIP', async () => {
  const mac = '02:00:5e:00:01:07';
  await network.carry([
    aVirtualService({ mac, members: [aMember(1)] }),
    aVirtualService({ name: 'six', mac, vip: { address: 'fd00:9::100', port: 80 }, members: [aMember6(1)] }),
  ]);
  for (const address of ['10.9.0.100', 'fd00:9::100']) {
    expect(await network.fabric.on(network.client, 'ping', '-c', '2', '-i', '0.2', '-W', '2', address)).toContain(
      '2 received',
    );
  }
  const neighbours = await network.fabric.on(network.client, 'ip', 'neigh');
  expect(neighbours).toContain(`10.9.0.100 dev eth0 lladdr ${mac}`);
  expect(neighbours).toMatch(new RegExp(`fd00:9::100 dev eth0 lladdr ${mac} (router )?REACHABLE`));
  expect(neighbours).not.toContain('router');
});

test('members are found by their own announcements, and their rows follow', async () => {
  let places: Places = NO_PLACES;
  network.channel.onPacketIn = (packet) => {
    const sighting = sightingOf(packet.data);
    const port = fieldValue(packet.match, 'in_port');
    if (sighting !== undefined && port !== undefined)
      places = place(places, { type: 'seen', dpid: 1n, port, ...sighting }).places;
  };
  const services = [
    aVirtualService({ members: [aMember(1), aMember(2)] }),
    aVirtualService({ name: 'six', vip: { address: 'fd00:9::100', port: 80 }, members: [aMember6(1), aMember6(2)] }),
  ];
  await network.carry(services, { placements: [] });
  for (const host of network.hosts.slice(0, 2)) {
    await network.fabric.on(host, 'ip', 'neigh', 'flush', 'all');
    await network.fabric.on(host, 'ping', '-c', '1', '-W', '2', '10.9.0.1');
    await network.fabric.on(network.client, 'ping', '-c', '1', '-W', '2', host.address6);
  }
  await until(() => places.byAddress.size === 4, 'four addresses');
  expect(
    placementsOf(places)
      .map(({ address, mac, at }) => `${address} ${mac} ${at?.port}`)
      .sort(),
  ).toEqual([
    '10.9.0.11 02:00:00:00:00:11 11',
    '10.9.0.12 02:00:00:00:00:12 12',
    'fd00:9::11 02:00:00:00:00:11 11',
    'fd00:9::12 02:00:00:00:00:12 12',
  ]);
  await network.carry(services, { placements: placementsOf(places) });
  expect(Object.keys(countsOf(await network.spread(50))).sort()).toEqual(['b1', 'b2']);
  expect(Object.keys(countsOf(await network.spread(50, { address: 'fd00:9::100' }))).sort()).toEqual(['b1', 'b2']);
});
