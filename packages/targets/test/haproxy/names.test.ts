import type { TargetReport } from '@ballast/core';
import type { HaproxyOptions, LaunchOptions } from '@ballast/targets';
import { describe, expect, test } from 'vitest';
import { anAssignment, type Wanted } from '../support/assignments.ts';
import { aBackend, launched, targetAt } from '../support/launched.ts';

type Backends = LaunchOptions['backends'];

async function applied(
  backends: Backends,
  members: readonly Wanted[],
  options: Partial<HaproxyOptions> = {},
  own: Readonly<Record<string, unknown>> = {},
  service = 'shop',
): Promise<TargetReport> {
  const haproxy = await launched(backends);
  return await targetAt(haproxy.socket, options).apply([anAssignment(service, members, own)]);
}

const web01 = { guest: 101, name: 'web-01', weight: 1 };
const web02 = { guest: 102, name: 'web-02', weight: 0.5 };
const two: Backends = [aBackend(['web-01', 'web-02'])];

describe('finding the server of a member on a real HAProxy', () => {
  test.each<{ how: string; options?: Partial<HaproxyOptions>; own?: object; backends?: Backends; service?: string }>([
    { how: 'by the name of its guest' },
    { how: 'by a template', options: { server: 'vm{{ guest.id }}' }, backends: [aBackend(['vm101', 'vm102'])] },
    { how: 'in a backend named for the service', options: { backend: 'shop' }, service: 'a shop' },
    {
      how: 'in a backend by a template',
      options: { backend: 'be_{{service.name}}' },
      backends: [{ ...aBackend(['web-01', 'web-02']), name: 'be_shop' }],
    },
    { how: "by the service's own backend", options: { backend: 'elsewhere' }, own: { backend: 'shop' } },
    { how: "by the service's own template", options: { server: 'x' }, own: { server: '{{guest.name}}' } },
    {
      how: 'by an override of the name',
      options: { server: 'x-{{guest.id}}', overrides: { 'web-01': 'web-01', 'web-02': 'shop/web-02' } },
      service: 'shop',
    },
    { how: 'by an override of the id', options: { server: 'x' }, own: { overrides: { 101: 'web-01', 102: 'web-02' } } },
    {
      how: "by the service's override before the target's",
      options: { overrides: { 101: 'nowhere/x' } },
      own: { overrides: { 101: 'shop/web-01' } },
    },
  ])('$how', async ({ options, own, backends = two, service }) => {
    const report = await applied(backends, [web01, web02], options, { ...own }, service);
    expect(report.problems).toEqual([]);
    expect(report.changed).toMatchObject([
      { guest: 101, after: 256 },
      { guest: 102, after: 128 },
    ]);
  });

  test('by address and port, an override first', async () => {
    const servers = [
      { name: 'a', address: '127.0.0.1', port: 8080 },
      { name: 'b', address: '127.0.0.1', port: 8081 },
      { name: 'c', address: '2001:db8::1', port: 8080 },
      { name: 'd', address: '127.0.0.9', port: 1 },
    ];
    const members = [
      { guest: 1, name: 'g1', address: '127.0.0.1', port: 8080 },
      { guest: 2, name: 'g2', address: '127.0.0.1', port: 8081 },
      { guest: 3, name: 'g3', address: '2001:0DB8:0::1', port: 8080 },
      { guest: 4, name: 'g4', address: '10.9.9.9', port: 8080 },
    ];
    const options = { match: 'address', overrides: { g4: 'd' } } as const;
    const report = await applied([{ name: 'shop', servers }], members, options);
    expect(report.problems).toEqual([]);
    expect(report.changed.map(({ guest, handle }) => [guest, handle])).toEqual([
      [1, 'shop/a'],
      [2, 'shop/b'],
      [3, 'shop/c'],
      [4, 'shop/d'],
    ]);
  });

  test.each<[options: Partial<HaproxyOptions>, uses: boolean]>([
    [{}, false],
    [{ match: 'name' }, false],
    [{ match: 'address' }, true],
    [{ server: '{{member.address}}' }, true],
    [{ backend: '{{ member.address }}' }, true],
  ])('a target of %o asks for addresses: %s', (options, uses) => {
    expect(targetAt('/run/haproxy.sock', options).usesAddresses).toBe(uses);
  });
});

describe('members that have no server of their own on a real HAProxy', () => {
  const web3: Wanted = { guest: 103, name: 'web-3' };
  const sameAddress = [
    { name: 'a', port: 8080 },
    { name: 'b', port: 8080 },
  ];
  test.each<{
    name: string;
    members?: readonly Wanted[];
    options?: Partial<HaproxyOptions>;
    own?: object;
    backends?: Backends;
    service?: string;
    problem: { code: string; message: string; guest?: number };
  }>([
    {
      name: 'an unknown backend names the nearest',
      service: 'shpo',
      problem: {
        code: 'haproxy-unknown-backend',
        message:
          'HAProxy "lb" has no backend "shpo"; nearest: shop. Name the backend after the service, or set `backend` for it.',
      },
    },
    {
      name: 'an unknown backend with nothing near names what there is',
      service: 'warehouse',
      problem: {
        code: 'haproxy-unknown-backend',
        message:
          'HAProxy "lb" has no backend "warehouse"; it has shop. Name the backend after the service, or set `backend` for it.',
      },
    },
    {
      name: 'an unknown server names the nearest',
      members: [web01, web02, web3],
      problem: {
        code: 'haproxy-unknown-server',
        message:
          'Backend "shop" has no server "web-3" for guest 103 (web-3); nearest: web-01, web-02. Name the server after the guest, or map the guest under `overrides`.',
        guest: 103,
      },
    },
    {
      name: 'a name that HAProxy cannot have is not sent',
      members: [web01, web02, { guest: 103, name: 'web;show info' }],
      problem: {
        code: 'haproxy-bad-name',
        message:
          'Expected the name of a server to be of letters, digits and _ . : - alone, got "web;show info". It was not sent. Map the member to its server under `overrides`.',
        guest: 103,
      },
    },
    {
      name: 'an address that no server has',
      members: [{ guest: 103, name: 'g', address: '127.0.0.1', port: 9999 }],
      options: { match: 'address' },
      problem: {
        code: 'haproxy-unknown-server',
        message:
          'Backend "shop" has no server at 127.0.0.1 port 9999 for guest 103 (g); at that address is shop/web-01 with port 7001, shop/web-02 with port 7002. Give the service the servers\' port, or map the guest under `overrides`.',
        guest: 103,
      },
    },
    {
      name: 'an address that two servers have',
      backends: [{ name: 'shop', servers: sameAddress }],
      members: [{ guest: 103, name: 'g', address: '127.0.0.1' }],
      options: { match: 'address' },
      problem: {
        code: 'haproxy-ambiguous',
        message:
          'Expected one server at 127.0.0.1 port 8080 for guest 103 (g), got shop/a, shop/b. Map the guest to one of them under `overrides`.',
        guest: 103,
      },
    },
    {
      name: 'a guest that tells no address',
      members: [{ guest: 103, name: 'g' }],
      options: { match: 'address' },
      problem: {
        code: 'haproxy-no-address',
        message:
          'Expected guest 103 (g) to have an address, since it is matched by address, got none. Install the guest agent in the guest, or map it to its server under `overrides`.',
        guest: 103,
      },
    },
    {
      name: 'a template of a service that names an address nobody asked for',
      members: [{ guest: 103, name: 'g' }],
      own: { server: '{{member.address}}' },
      problem: {
        code: 'haproxy-no-address',
        message:
          'Expected guest 103 (g) to have an address, since the template "{{member.address}}" names it, got none. Addresses are read only where the target itself says `match: address`: say it there.',
        guest: 103,
      },
    },
    {
      name: 'an option of a service that there is not',
      own: { backnd: 'shop' },
      problem: { code: 'haproxy-options', message: "Unknown key 'backnd'; did you mean 'backend'?" },
    },
  ])('$name', async ({ members = [web01, web02], options, own, backends = two, service = 'shop', problem }) => {
    const report = await applied(backends, members, options, { ...own }, service);
    expect(report.problems).toEqual([{ service, ...problem }]);
    // The other members have their weights all the same.
    const whole = problem.guest === undefined ? 0 : members.length - 1;
    expect(report.changed).toHaveLength(whole);
  });

  test('two guests of one name: neither is applied, both are told', async () => {
    const report = await applied(two, [web01, web02, { guest: 202, name: 'web-02' }]);
    const message =
      'Expected one member for server shop/web-02, got guest 102 (web-02) of service shop and guest 202 (web-02) of service shop. Rename one of the guests, or map each to its own server under `overrides`.';
    expect(report.problems).toEqual([
      { code: 'haproxy-shared-server', message, service: 'shop', guest: 102 },
      { code: 'haproxy-shared-server', message, service: 'shop', guest: 202 },
    ]);
    expect(report.changed).toMatchObject([{ guest: 101 }]);
  });
});
