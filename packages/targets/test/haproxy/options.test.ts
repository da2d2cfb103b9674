import {
  checkHaproxyOptions,
  checkHaproxyServiceOptions,
  type HaproxyOptions,
  haproxyTarget,
  parseHaproxyAddress,
} from '@ballast/targets';
import { VirtualClock } from '@ballast/testkit';
import { describe, expect, test } from 'vitest';

const FIELDS = 'guest.name, guest.id, member.address, member.port, service.name';

describe('addresses of runtime sockets', () => {
  test.each([
    ['/run/haproxy/admin.sock', { kind: 'unix', path: '/run/haproxy/admin.sock' }],
    ['unix:/run/haproxy/admin.sock', { kind: 'unix', path: '/run/haproxy/admin.sock' }],
    ['unix@/run/a b.sock', { kind: 'unix', path: '/run/a b.sock' }],
    ['./admin.sock', { kind: 'unix', path: './admin.sock' }],
    ['10.0.0.5:9999', { kind: 'tcp', host: '10.0.0.5', port: 9999 }],
    ['tcp:lb.example:9999', { kind: 'tcp', host: 'lb.example', port: 9999 }],
    ['tcp://lb.example:9999', { kind: 'tcp', host: 'lb.example', port: 9999 }],
    ['[fd00::5]:9999', { kind: 'tcp', host: 'fd00::5', port: 9999 }],
  ])('%s', (text, address) => {
    expect(parseHaproxyAddress(text)).toEqual(address);
  });

  test.each(['', 'lb.example', 'lb.example:0', 'lb.example:65536', 'lb.example:x', 'http://lb:80/', 'fd00::5:9999'])(
    '%j is none',
    (text) => {
      expect(() => parseHaproxyAddress(text)).toThrow(
        expect.objectContaining({
          code: 'haproxy-options',
          message: `Expected address to be the path of a socket or host:port, got ${JSON.stringify(text)}.`,
          hint: 'Such as /run/haproxy/admin.sock, 10.0.0.5:9999 or [fd00::5]:9999.',
        }),
      );
    },
  );
});

describe('options of a target', () => {
  const address = '/run/haproxy/admin.sock';
  test.each<[what: string, value: unknown, problems: readonly string[]]>([
    [
      'nothing wrong',
      { address, server: 'vm{{guest.id}}', match: 'name', timeout: 1_000, overrides: { a: 'b/c' } },
      [],
    ],
    ['no mapping', [], ['Expected the options of an haproxy target to be a mapping, got [].']],
    ['no address', {}, ["Expected an haproxy target to have 'address', got none."]],
    ['a mistyped key', { address, serrver: 'x' }, ["Unknown key 'serrver'; did you mean 'server'?"]],
    [
      'a key that is nothing like one',
      { address, colour: 'red' },
      ["Unknown key 'colour'; known are backend, server, overrides, address, timeout, match."],
    ],
    [
      'a mistyped field',
      { address, server: '{{guest.nam}}' },
      [`Expected a field of a template to be one of ${FIELDS}, got "guest.nam"; did you mean guest.name?`],
    ],
    [
      'an open template',
      { address, server: '{{guest.name' },
      ['Expected every {{ of a template to have its }}, got "{{guest.name".'],
    ],
    ['an empty template', { address, backend: '' }, ['Expected backend to be a name or a template, got "".']],
    ['another match', { address, match: 'mac' }, ["Expected match to be 'name' or 'address', got \"mac\"."]],
    ['no time', { address, timeout: 0 }, ['Expected timeout to be milliseconds above 0, got 0.']],
    [
      'an override of three parts',
      { address, overrides: { web: 'a/b/c' } },
      ["Expected overrides.web to be 'backend/server' or 'server', got \"a/b/c\"."],
    ],
    [
      'a list of overrides',
      { address, overrides: [] },
      ["Expected overrides to be a mapping of guests to 'backend/server', got []."],
    ],
    [
      'another kind of address',
      { address: { kind: 'udp' } },
      ["Expected address.kind to be 'unix' or 'tcp', got \"udp\"."],
    ],
    [
      'a path that is none',
      { address: { kind: 'unix' } },
      ['Expected address.path to be the path of a socket, got nothing.'],
    ],
    [
      'a host and a port that are none',
      { address: { kind: 'tcp', host: '', port: 99_999 } },
      [
        'Expected address.host to be a name or an address, got "".',
        'Expected address.port to be a port from 1 to 65535, got 99999.',
      ],
    ],
  ])('%s', (_, value, problems) => {
    expect(checkHaproxyOptions(value)).toEqual(problems);
  });

  test('a target is not made of wrong options, and says all that is wrong', () => {
    const options = { name: 'lb', clock: new VirtualClock(), address, timeout: -1, sever: 'x' } as HaproxyOptions;
    expect(() => haproxyTarget(options)).toThrow(
      expect.objectContaining({
        code: 'haproxy-options',
        message: "Expected timeout to be milliseconds above 0, got -1. Unknown key 'sever'; did you mean 'server'?",
      }),
    );
  });
});

test.each<[what: string, value: unknown, problems: readonly string[]]>([
  ['nothing wrong', { backend: 'b', server: '{{guest.name}}', overrides: { 101: 'x' } }, []],
  ['no options', {}, []],
  ["a target's own option", { match: 'address' }, ["Unknown key 'match'; known are backend, server, overrides."]],
  ['no mapping', 'web', ['Expected the options of a service at an haproxy target to be a mapping, got "web".']],
])('options of a service: %s', (_, value, problems) => {
  expect(checkHaproxyServiceOptions(value)).toEqual(problems);
});
