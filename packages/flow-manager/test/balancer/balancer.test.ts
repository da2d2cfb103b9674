import type { Monitor } from '@ballast/core';
import { PROGRAMS, until } from '@ballast/ovs-lab';
import { expect, test } from 'vitest';
import {
  detectionWindow,
  putPlace,
  putWeights,
  type Registry,
  removeService,
  type ServiceMember,
  TABLE,
} from '../../src/index.ts';
import { aRig, PORT, placed, type Seat } from './rig.ts';

const rig = aRig({ apart: false });

const MONITOR: Monitor = { type: 'tcp', delay: 250, timeout: 800, maxRetries: 2, maxRetriesDown: 2 };

/** One that leads, told of the service, with all members found and all rows confirmed. */
async function aLeader(generation: bigint, ...spec: Parameters<typeof rig.shop>): Promise<Seat> {
  const seat = await rig.seat({ lead: { role: 'master', generation }, slowStart: 2_000, recheckInterval: 500 });
  rig.tell(rig.shop(...spec), seat);
  await rig.connect(seat);
  await placed(seat, 4);
  await carried(seat);
  return seat;
}

async function carried({ balancer, registry }: Seat): Promise<void> {
  await until(() => {
    const switches = balancer.switches();
    return switches.length === 2 && switches.every(({ carries }) => carries === registry.state.version);
  }, 'the switches to carry what is wanted');
}

const stateOf = ({ state }: Registry, guest: number): unknown =>
  state.services.get('shop')?.service.members.find((member) => member.guest === guest);

test('a member that dies gets nothing new once its window is over; one that returns grows to its weight', {
  timeout: 60_000,
}, async () => {
  const seat = await aLeader(1n, { monitor: MONITOR });
  // Those that were probed before the switches passed anything are returning ones.
  const members = (): readonly ServiceMember[] => seat.registry.state.services.get('shop')?.service.members ?? [];
  await until(() => members().every(({ health, ramp = 1 }) => health === 'up' && ramp === 1), 'all members up');
  await seat.balancer.settled();
  expect(Object.keys(await rig.spread(200))).toHaveLength(4);

  const died = Date.now();
  rig.programs[1]?.child.kill('SIGKILL');
  await until(() => JSON.stringify(stateOf(seat.registry, 102)).includes('down'), 'b2 to be down');
  await seat.balancer.settled();
  const took = Date.now() - died;
  expect(took).toBeLessThan(detectionWindow(MONITOR) + 100);
  // Every one of these is answered: none goes to the dead member.
  expect(Object.keys(await rig.spread(400, 12_000)).sort()).toEqual(['b1', 'b3', 'b4']);

  const [, host] = rig.members;
  if (host === undefined) throw new Error('Expected a member b2.');
  const back = rig.fabric.program(host, PROGRAMS.member, 'b2', String(PORT));
  await back.line();
  rig.programs[1] = back;
  await until(() => JSON.stringify(stateOf(seat.registry, 102)).includes('"ramp":0.1'), 'b2 to begin to grow');
  await seat.balancer.settled();
  expect((await rig.spread(400, 14_000))['b2'] ?? 0).toBeLessThan(60);
  await until(
    () => JSON.stringify(stateOf(seat.registry, 102)).includes('"ramp":1'),
    'b2 to have its full weight',
    20_000,
  );
  await seat.balancer.settled();
  expect((await rig.spread(400, 16_000))['b2']).toBeGreaterThan(60);
  await seat.balancer.stop();
});

test('least connections: chosen by the controller, counted by the switches, known to whoever takes over', {
  timeout: 60_000,
}, async () => {
  const seat = await aLeader(2n, { algorithm: 'least-connections' });
  const held = await rig.hold(40);
  expect(JSON.parse(await held.ask('how')).by).toEqual({ b1: 10, b2: 10, b3: 10, b4: 10 });
  expect(seat.balancer.connections()).toMatchObject([
    { service: 'shop', members: [10, 10, 10, 10].map((open) => ({ open })) },
  ]);

  const next = await rig.seat({ lead: { role: 'master', generation: 3n }, recheckInterval: 300 });
  rig.tell(rig.shop({ algorithm: 'least-connections' }), next);
  await rig.connect(next);
  const open = (): readonly number[] =>
    next.balancer.connections().flatMap(({ members }) => members.map((one) => one.open));
  await until(() => open().join() === '10,10,10,10', 'the switches to be asked for their counts');
  await held.end();
  await until(() => open().join() === '0,0,0,0', 'the connections to end');
  await expect(rig.fabric.ofctl('br0', 'dump-flows', `table=${TABLE.connections}`)).resolves.not.toContain('actions=');
  await Promise.all([seat.balancer.stop(), next.balancer.stop()]);
});

test('one that was told of nothing leaves what a switch carries, and says so', { timeout: 60_000 }, async () => {
  const before = await aLeader(4n);
  await before.balancer.stop();
  const empty = await rig.seat({ lead: { role: 'master', generation: 5n } });
  await rig.connect(empty);
  await until(() => empty.failures.length === 2, 'both switches to be found strange');
  expect(empty.failures.every((text) => text.includes('was never told of'))).toBe(true);
  expect(empty.balancer.switches()).toMatchObject(
    [1, 2].map(() => ({ problem: expect.stringContaining('left as they are') })),
  );
  expect(Object.keys(await rig.spread(100, 18_000))).toHaveLength(4);

  // Told of the service, it takes over, and knows where the members are from what the switches carry.
  rig.tell(rig.shop(), empty);
  await carried(empty);
  expect(Object.keys(await rig.spread(100, 18_500))).toHaveLength(4);
  // Told that there is none any more, it removes what there was.
  empty.registry.change((state) => removeService(state, 'shop'));
  await empty.balancer.settled();
  expect(await rig.fabric.ofctl('br0', 'dump-groups')).not.toContain('group_id');
  await empty.balancer.stop();
});

test('a switch that restarts, or that somebody has changed, has its rows again', { timeout: 60_000 }, async () => {
  const seat = await aLeader(6n);
  const { registry, balancer } = seat;
  await rig.fabric.ofctl('br0', 'del-groups');
  await until(
    async () => (await rig.fabric.ofctl('br0', 'dump-groups')).includes('group_id'),
    'the group to be there again',
  );
  const peers = (): readonly string[] => balancer.switches().map(({ peer }) => peer);
  const before = peers();
  await rig.fabric.restart('br0');
  await until(() => peers().length === 2 && !peers().some((peer) => before.includes(peer)), 'the switch to come again');
  await carried(seat);
  expect(Object.keys(await rig.spread(100, 20_000))).toHaveLength(4);

  // In words for a person.
  const flows = await balancer.flows('0000000000000001');
  expect(flows?.flows.find(({ purpose, service }) => purpose === 'choose' && service === 'shop')?.text).toContain(
    'a member of shop by its share',
  );
  expect(flows?.groups[0]?.text).toContain('shop, 256 slots: ');
  expect(await balancer.flows('00000000000000ff')).toBeUndefined();

  // A place that is told counts at once.
  const address = rig.fabric.network.address(11);
  registry.change((state) =>
    putPlace(state, { type: 'told', address, mac: '02:00:00:00:00:11', at: { dpid: 1n, port: 11 } }),
  );
  registry.change((state) =>
    putWeights(state, 'shop', { members: [102, 103, 104].map((guest) => ({ guest, weight: 0 })) }),
  );
  await balancer.settled();
  expect(await rig.spread(50, 21_000)).toEqual({ b1: 50 });
  await balancer.stop();
});
