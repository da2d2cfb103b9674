import { expect, test } from 'vitest';
import {
  carriedServices,
  compileServices,
  holdMember,
  placementsOf,
  putHealth,
  putPlace,
  putService,
  putWeights,
  Registry,
  releaseMember,
  removeService,
} from '../../src/index.ts';
import { aSpec } from '../rest/support.ts';

test('each change is told once, with the state before; what changes nothing is not told', () => {
  const registry = new Registry();
  const told: (readonly [number, number])[] = [];
  const end = registry.onChange((state, before) => told.push([before.version, state.version]));
  registry.change((state) => putService(state, aSpec()));
  registry.change((state) => putService(state, aSpec()));
  registry.change((state) => holdMember(state, 'shop', 101));
  registry.change((state) => holdMember(state, 'shop', 101));
  registry.change((state) => putHealth(state, 'shop', 102, { health: 'down', ramp: 0 }));
  registry.change((state) => releaseMember(state, 'shop', 101));
  const host = { type: 'told', address: '10.9.0.11', mac: '02:00:00:00:00:01', at: { dpid: 1n, port: 2 } } as const;
  registry.change((state) => putPlace(state, host));
  registry.change((state) => putPlace(state, host));
  registry.change((state) => removeService(state, 'shop'));
  end();
  registry.change((state) => putService(state, aSpec()));
  expect(told).toEqual([0, 1, 2, 3, 4, 5].map((version) => [version, version + 1]));
  expect(registry.state.version).toBe(7);
});

test('a listener that throws undoes nothing, and keeps nobody from hearing', () => {
  const failures: unknown[] = [];
  const registry = new Registry({ failed: (error) => failures.push(error) });
  const heard: number[] = [];
  registry.onChange(() => {
    throw new Error('no');
  });
  registry.onChange(({ version }) => heard.push(version));
  registry.change((state) => putService(state, aSpec()));
  expect([registry.state.version, heard, failures]).toEqual([1, [1], [new Error('no')]]);
});

test('the health of a member outlives a new spec of its service, and a registry made of a state goes on from it', () => {
  const first = new Registry();
  first.change((state) => putService(state, aSpec()));
  first.change((state) => putHealth(state, 'shop', 102, { health: 'down', ramp: 0.5 }));
  const second = new Registry({ initial: first.state });
  second.change((state) => putService(state, aSpec({ algorithm: 'source-ip' })));
  const member = carriedServices(second.state)[0]?.members[1];
  expect(member).toMatchObject({ guest: 102, health: 'down', ramp: 0.5, weight: 1, state: 'ready' });
  expect(first.state.version).toBe(2);
});

test('what the registry takes can be compiled, and a weight that changes there changes the groups', () => {
  const registry = new Registry();
  registry.change((state) => putService(state, aSpec()));
  for (const guest of [101, 102, 103, 104]) {
    const mac = `02:00:00:00:00:0${guest - 100}`;
    const at = { dpid: 1n, port: guest };
    registry.change((state) => putPlace(state, { type: 'told', address: `10.9.0.${guest - 90}`, mac, at }));
  }
  const groups = (): unknown => {
    const { state } = registry;
    return compileServices({ services: carriedServices(state), placements: placementsOf(state.places), dpid: 1n })
      .groups;
  };
  const before = groups();
  expect(groups()).toEqual(before);
  registry.change((state) => putWeights(state, 'shop', { members: [{ guest: 101, weight: 0.1 }] }));
  const light = groups();
  expect(light).not.toEqual(before);
  registry.change((state) => holdMember(state, 'shop', 101));
  expect(groups()).not.toEqual(light);
});
