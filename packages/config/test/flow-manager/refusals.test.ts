import { describe, expect, it } from 'vitest';
import { lines, shop } from './reading.ts';

/** The text of a file, and the line that a user reads. docs/bad-input.md lists them. */
const CASES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'a key with a typo',
    'servces: []',
    'flow-manager.yaml:1:1: servces: expected a known key, got servces. Did you mean services?',
  ],
  [
    'a role with a typo',
    'role: mastr',
    'flow-manager.yaml:1:7: role: expected one of equal, master, slave, got "mastr". Did you mean master?',
  ],
  [
    'a generation below zero',
    'generation: -1',
    'flow-manager.yaml:1:13: generation: expected a whole number from 0 to 18446744073709551615, got -1.',
  ],
  [
    'a generation that YAML would round',
    'generation: 18446744073709551615',
    'flow-manager.yaml:1:13: generation: expected a whole number from 0 to 18446744073709551615, got 18446744073709552000. Put it in quotes.',
  ],
  [
    'a port for switches that others reach, without TLS',
    'listen: { host: 0.0.0.0 }',
    'flow-manager.yaml:1:17: listen.host: expected tls with an address that others reach, got "0.0.0.0" without. Set tls; or listen.insecure: true where a firewall stands before it.',
  ],
  [
    'a REST API that others reach, without a token',
    'rest: { host: "::" }',
    'flow-manager.yaml:1:15: rest.host: expected a token with an address that others reach, got "::" without. Set rest.token, or listen on 127.0.0.1.',
  ],
  [
    'a token written into the file',
    'rest: { token: hunter2 }',
    `flow-manager.yaml:1:16: rest.token: expected a reference: \${env:NAME} or file:/path/to/file, got a literal value (not shown). Put the secret into a file that only Ballast may read, and refer to it.`,
  ],
  [
    'a linger without unit',
    'linger: 300',
    'flow-manager.yaml:1:9: linger: expected a duration such as 30s, 10m or 1h30m, from 0s to 1d, got 300. Write the unit: 300s or 300m?',
  ],
  [
    'a service without a VIP',
    'services: [{ name: shop, members: [] }]',
    'flow-manager.yaml:1:12: services[0].vip: expected a mapping, got nothing.',
  ],
  [
    'a VIP with the length of a prefix',
    shop().replace('10.9.0.100', '10.9.0.100/24'),
    'flow-manager.yaml:1:42: services[0].vip.address: expected an IPv4 or IPv6 address, such as 10.0.0.5 or fd00::5, got "10.9.0.100/24". Leave out the length of the prefix.',
  ],
  [
    'two services at one VIP and port',
    `${shop().trimEnd().slice(0, -1)}, { name: pay, vip: { address: 10.9.0.100, port: 80 }, members: [] }]`,
    'flow-manager.yaml:1:145: services[1].vip: expected a VIP and port of its own, got tcp 10.9.0.100 port 80, which services[0] has. Give one of them another port.',
  ],
  [
    'two MACs for one VIP',
    `${shop().trimEnd().slice(0, -1)}, { name: pay, vip: { address: 10.9.0.100, port: 443 }, mac: "02:00:00:00:01:00", members: [] }]`,
    'flow-manager.yaml:1:186: services[1].mac: expected the MAC that services[0] has for 10.9.0.100, got 02:00:00:00:01:00. Give both services the same mac, or none.',
  ],
  [
    'two services of one name',
    `${shop().trimEnd().slice(0, -1)}, { name: shop, vip: { address: 10.9.0.101, port: 80 }, members: [] }]`,
    'flow-manager.yaml:1:135: services[1].name: expected a name of its own among the services, got "shop", which services[0] has. Rename one of them.',
  ],
  [
    'a member that is the VIP',
    shop().replace('10.9.0.11,', '10.9.0.100,'),
    'flow-manager.yaml:1:99: services[0].members[0].address: expected an address beside the VIP, got the VIP itself.',
  ],
  [
    'a member of the other family',
    shop().replace('10.9.0.11,', '"FD00:0::5",'),
    'flow-manager.yaml:1:99: services[0].members[0].address: expected an IPv4 address as the VIP has, got fd00::5. Make a second service for the other family.',
  ],
  [
    'a guest that is a member twice',
    shop('', '{ guest: 101, address: 10.9.0.11, port: 80 }, { guest: 101, address: 10.9.0.12, port: 80 }'),
    'flow-manager.yaml:1:131: services[0].members[1].guest: expected each guest once, got 101 again. A guest that serves at two ports is a member of two services.',
  ],
  [
    'an address that is a member twice',
    shop('', '{ guest: 101, address: 10.9.0.11, port: 80 }, { guest: 102, address: 10.9.0.11, port: 80 }'),
    'flow-manager.yaml:1:145: services[0].members[1].address: expected each address and port once, got 10.9.0.11 port 80 again.',
  ],
  [
    'a member by name',
    shop().replace('101', 'web-01'),
    'flow-manager.yaml:1:85: services[0].members[0].guest: expected a vmid from 100 to 999999999, got "web-01". Members are named by the vmid of their guest.',
  ],
  [
    'a request for a probe that sends none',
    shop(', monitor: { type: tcp, http: { path: /health } }'),
    'flow-manager.yaml:1:94: services[0].monitor.http: expected no http with the type tcp, got one. Only the type http sends a request.',
  ],
  [
    'a datapath id that YAML reads as a number',
    'links: [{ switch: 12e4, port: 1, to: "2" }]',
    'flow-manager.yaml:1:19: links[0].switch: expected a datapath id: 1 to 16 hexadecimal digits in quotes, such as "00000000000000a1", got 120000. Put it in quotes.',
  ],
  [
    'a link of a switch to itself',
    'links: [{ switch: "a1", port: 1, to: "00a1" }]',
    'flow-manager.yaml:1:38: links[0].to: expected another switch, got the same one.',
  ],
  [
    'a port that leads to two switches',
    'links: [{ switch: "1", port: 1, to: "2" }, { switch: "01", port: 1, to: "3" }]',
    'flow-manager.yaml:1:66: links[1].port: expected each port of a switch once, got the one of links[0].',
  ],
  [
    'an address at two places',
    'placements: [{ address: "fd00::5", mac: "02:00:00:00:00:05" }, { address: "fd00:0::5", mac: "02:00:00:00:00:06" }]',
    'flow-manager.yaml:1:75: placements[1].address: expected each address once, got fd00::5, which placements[0] has.',
  ],
  [
    'the MAC of a group',
    'placements: [{ address: 10.9.0.11, mac: "01:00:5e:00:00:05" }]',
    'flow-manager.yaml:1:41: placements[0].mac: expected the MAC address of a host, such as 02:00:00:00:00:05, got "01:00:5e:00:00:05". This is the address of a group; no host has one.',
  ],
  [
    'a pattern that is none',
    'guestPorts: "tap("',
    'flow-manager.yaml:1:13: guestPorts: expected a regular expression, such as ^tap, got "tap(".',
  ],
  [
    'tls without its key',
    'tls: { cert: /etc/pve/pve-root-ca.pem, ca: /etc/pve/pve-root-ca.pem }',
    'flow-manager.yaml:1:1: tls.key: expected a file of a private key in PEM, got nothing.',
  ],
  [
    'a key that is no key',
    'tls: { cert: /etc/pve/pve-root-ca.pem, key: /etc/ballast/token, ca: /etc/pve/pve-root-ca.pem }',
    'flow-manager.yaml:1:45: tls.key: expected the file /etc/ballast/token to hold a private key in PEM, got something else.',
  ],
  [
    'a certificate that is cut short',
    'tls: { cert: /etc/pve/pve-root-ca.pem, key: /etc/ballast/key.pem, ca: /etc/pve/pve-root-ca.pem }',
    'flow-manager.yaml:1:14: tls.cert: expected a certificate that can be read, got one that cannot.',
  ],
];

describe('a configuration of the flow manager is refused with place, cause and cure:', () => {
  it.each(CASES)('%s', (_, text, message) => {
    expect(lines(text)).toEqual([message]);
  });
});

it('reports everything at once, in the order of the file', () => {
  const text = `listen: { host: 192.0.2.1 }
rest: { host: 192.0.2.1, port: 99999 }
services: [{ name: shop, vip: { address: 10.9.0.100, port: 80 }, algorithm: fastest, members: [{ guest: 101, address: fd00::1 }] }]
`;
  const places = lines(text).map((line) => /^flow-manager\.yaml:(\d+):\d+: ([\w.[\]]+)/.exec(line)?.slice(1).join(' '));
  expect(places).toEqual([
    '1 listen.host',
    '2 rest.host',
    '2 rest.port',
    '3 services[0].algorithm',
    '3 services[0].members[0].port',
    '3 services[0].members[0].address',
  ]);
});
