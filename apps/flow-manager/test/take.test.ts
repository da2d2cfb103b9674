import type { FlowManagerConfig } from '@ballast/config';
import {
  EMPTY_REGISTRY,
  holdMember,
  putHealth,
  putPlace,
  putService,
  putWeights,
  type RegistryState,
  removeService,
  type ServiceSpec,
} from '@ballast/flow-manager';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOTHING_STATED, statedIn } from '../src/stated/stated.ts';
import { leadToTake, takeFile } from '../src/stated/take.ts';
import { configOf, serviceLine } from './configs.ts';

const SHOP = configOf(`services:\n${serviceLine('shop', '10.9.0.100', '101 50%', '102')}`);
const first = (config: FlowManagerConfig): RegistryState => takeFile(EMPTY_REGISTRY, config, NOTHING_STATED);
const next = (state: RegistryState, before: FlowManagerConfig, config: FlowManagerConfig): RegistryState =>
  takeFile(state, config, statedIn(before));

/** The service of {@link SHOP}, as REST would tell it. */
function theShop(): ServiceSpec {
  const [shop] = SHOP.services;
  if (shop === undefined) throw new Error('Expected a service.');
  return shop;
}

function weightsOf(state: RegistryState, name = 'shop'): Readonly<Record<number, number>> {
  const members = state.services.get(name)?.service.members ?? [];
  return Object.fromEntries(members.map(({ guest, weight }) => [guest, weight]));
}

describe('services of the file', () => {
  test('are made, and read again they change nothing, not even the version', () => {
    const state = first(SHOP);
    expect(weightsOf(state)).toEqual({ 101: 0.5, 102: 1 });
    expect(next(state, SHOP, SHOP)).toBe(state);
    expect(takeFile(state, SHOP, NOTHING_STATED)).toBe(state);
  });

  test('keep what was said since: weights, tokens, who is held and who is ill', () => {
    let state = putWeights(first(SHOP), 'shop', {
      members: [{ guest: 101, weight: 0.1, state: 'drain' }],
      fencing: 7n,
    });
    state = putHealth(holdMember(state, 'shop', 102), 'shop', 102, { health: 'down', ramp: 0.5 });
    expect(next(state, SHOP, SHOP)).toBe(state);
    const other = configOf(`services:\n${serviceLine('shop', '10.9.0.101 443', '101 50%', '102')}`);
    const moved = next(state, SHOP, other).services.get('shop');
    expect(moved).toMatchObject({ fencing: 7n, held: new Set([102]), service: { vip: { port: 443 } } });
    expect(moved?.service.members).toMatchObject([
      { guest: 101, weight: 0.1, state: 'drain' },
      { guest: 102, health: 'down', ramp: 0.5 },
    ]);
  });

  test.each([
    ['the same as before: what was set since', '101 50%', 0.1],
    ['another one: the file', '101 80%', 0.8],
    ['left out: what was set since', '101', 0.1],
  ])('a weight that is %s', (_, member, weight) => {
    const state = putWeights(first(SHOP), 'shop', { members: [{ guest: 101, weight: 0.1 }] });
    const config = configOf(`services:\n${serviceLine('shop', '10.9.0.100', member, '102')}`);
    expect(weightsOf(next(state, SHOP, config))[101]).toBe(weight);
  });

  test('a member that somebody removed comes back with the weight of the file', () => {
    const members = [{ guest: 102, address: '10.9.0.12', port: 8080 }];
    const state = putService(first(SHOP), { ...theShop(), members });
    expect(weightsOf(next(state, SHOP, SHOP))).toEqual({ 101: 0.5, 102: 1 });
  });

  test('that it no longer names go; those that came by REST stay', () => {
    const rest = { ...theShop(), name: 'pay', vip: { address: '10.9.0.200', port: 80 } };
    const state = putService(first(SHOP), rest);
    expect([...next(state, SHOP, configOf('')).services.keys()]).toEqual(['pay']);
    expect([...takeFile(state, configOf(''), NOTHING_STATED).services.keys()]).toEqual(['shop', 'pay']);
    const gone = removeService(state, 'shop');
    expect([...next(gone, SHOP, configOf('')).services.keys()]).toEqual(['pay']);
    expect([...next(gone, SHOP, SHOP).services.keys()]).toEqual(['pay', 'shop']);
  });

  test('may exchange their VIPs, and keep their order', () => {
    const lines = (a: string, b: string): FlowManagerConfig =>
      configOf(`services:\n${serviceLine('a', a, '101 10%')}${serviceLine('b', b, '102 20%')}`);
    const [before, after] = [lines('10.9.0.100', '10.9.0.101'), lines('10.9.0.101', '10.9.0.100')];
    const state = next(first(before), before, after);
    expect([...state.services.values()].map(({ service }) => [service.name, service.vip.address])).toEqual([
      ['a', '10.9.0.101'],
      ['b', '10.9.0.100'],
    ]);
    expect([weightsOf(state, 'a'), weightsOf(state, 'b')]).toEqual([{ 101: 0.1 }, { 102: 0.2 }]);
    expect(state.version).toBeGreaterThan(first(before).version);
  });

  test('cannot stand at the VIP of one that was made by REST: all or nothing is taken', () => {
    const state = putService(EMPTY_REGISTRY, { ...theShop(), name: 'pay' });
    expect(() => takeFile(state, SHOP, NOTHING_STATED)).toThrow(
      expect.objectContaining({
        code: 'config-conflict',
        message:
          'The services of flow-manager.yaml cannot stand beside those made by REST: ' +
          'Expected one service at tcp 10.9.0.100 port 80, got pay and shop.',
        hint: 'Correct the file; or take the service out of it, start, DELETE /v1/services/{name}, and reload.',
      }),
    );
  });

  test('from any file to any other: what is there is what the new one says, whatever was there', () => {
    const vips = ['10.9.0.100', '10.9.0.101', '10.9.0.102'];
    const file = fc
      .record({ names: fc.subarray(['a', 'b', 'c']), order: fc.shuffledSubarray(vips, { minLength: 3 }) })
      .map(({ names, order }) =>
        configOf(`services:\n${names.map((name, i) => serviceLine(name, order[i] ?? '', '101')).join('')}`),
      );
    const rest = { ...theShop(), name: 'rest', vip: { address: '10.9.0.200', port: 80 } };
    fc.assert(
      fc.property(file, file, (before, after) => {
        const state = next(putService(first(before), rest), before, after);
        const there = [...state.services.values()].map(({ service }) => `${service.name} ${service.vip.address}`);
        const wanted = after.services.map(({ name, vip }) => `${name} ${vip.address}`);
        expect(new Set(there)).toEqual(new Set([...wanted, 'rest 10.9.0.200']));
        expect(next(state, after, after)).toBe(state);
      }),
      { numRuns: 100 },
    );
  });
});

describe('places of the file', () => {
  const place = (at: string): FlowManagerConfig =>
    configOf(`placements: [{ address: 10.9.0.11, mac: "02:00:00:00:00:11"${at} }]\n`);
  const TOLD = place(', at: { switch: "a1", port: 3 }');
  const portOf = (state: RegistryState): number | undefined => state.places.byAddress.get('10.9.0.11')?.at?.port;
  const moved = putPlace(first(TOLD), {
    type: 'seen',
    dpid: 0xa2n,
    port: 9,
    address: '10.9.0.11',
    mac: '02:00:00:00:00:11',
  });

  test.each([
    ['as before: where it has moved to since', TOLD, 9],
    ['another one: where the file says', place(', at: { switch: "a1", port: 4 }'), 4],
    ['left out: where it has moved to since', place(''), 9],
    ['gone: nowhere', configOf(''), undefined],
  ])('a port that is %s', (_, config, port) => {
    expect([portOf(first(TOLD)), portOf(moved)]).toEqual([3, 9]);
    expect(portOf(next(moved, TOLD, config))).toBe(port);
  });

  test('links are those of the file', () => {
    const linked = configOf('links: [{ switch: "a1", port: 1, to: "a2" }]\n');
    const state = first(linked);
    expect(state.places.links).toEqual([{ dpid: 0xa1n, port: 1, to: 0xa2n }]);
    expect(next(state, linked, linked)).toBe(state);
    expect(next(state, linked, configOf('')).places.links).toEqual([]);
  });
});

describe('the role', () => {
  const MASTER = configOf('role: master\ngeneration: 4\n');
  const stated = statedIn(MASTER);

  test.each([
    ['nothing was taken yet', MASTER, undefined, { role: 'master', generation: 4n }],
    [
      'the file says what it said',
      MASTER,
      { role: 'slave', generation: 9n } as const,
      { role: 'slave', generation: 9n },
    ],
    [
      'the file says another',
      configOf('role: equal\n'),
      { role: 'slave', generation: 9n } as const,
      { role: 'equal', generation: 0n },
    ],
  ])('when %s', (_, config, taken, lead) => {
    expect(leadToTake(config, stated, taken)).toEqual(lead);
  });
});
