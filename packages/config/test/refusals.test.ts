import { describe, expect, it } from 'vitest';
import { CLUSTER, lines } from './reading.ts';

/** What is written below a cluster section of six lines, and the line that a user reads. docs/bad-input.md lists them. */
const CASES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'a threshold of 800',
    'balance: { cpu: { high: 800 } }',
    'ballast.yaml:7:25: balance.cpu.high: expected a ratio such as 80% or 0.8, got 800. It is at most 100%.',
  ],
  [
    'a percentage without its sign',
    'balance: { cpu: { high: 80 } }',
    'ballast.yaml:7:25: balance.cpu.high: expected a ratio such as 80% or 0.8, got 80. Did you mean 80%?',
  ],
  [
    'a target above its threshold',
    'balance: { cpu: { high: 75%, target: 0.9 } }',
    'ballast.yaml:7:38: balance.cpu.target: expected a value below high (75%), got 0.9.',
  ],
  [
    'a threshold above a ceiling that is a default',
    'balance: { memory: { high: 95% } }',
    'ballast.yaml:7:28: balance.memory.high: expected a value at most ceiling (90%, the default), got 95%.',
  ],
  [
    'a mode with a typo',
    'mode: atuo',
    'ballast.yaml:7:7: mode: expected one of observe, advise, auto, got "atuo". Did you mean auto?',
  ],
  [
    'a way to coexist that there is not',
    'balance: { coexistence: seize }',
    'ballast.yaml:7:25: balance.coexistence: expected one of cede, exclusive, got "seize".',
  ],
  [
    'fewer requests than a round takes',
    '  requestsPerRound: 5',
    'ballast.yaml:7:21: cluster.requestsPerRound: expected a whole number from 20 to 100000, got 5.',
  ],
  [
    'an unknown key',
    'balance:\n  cpu:\n    hihg: 75%',
    'ballast.yaml:9:5: balance.cpu.hihg: expected a known key, got hihg. Did you mean high?',
  ],
  [
    'an unknown key like no other',
    'budgets: { sidestepping: 1 }',
    'ballast.yaml:7:12: budgets.sidestepping: expected a known key, got sidestepping. Known here are concurrent, concurrentPerNode, concurrentIn, concurrentOut, perHour, windows, blackouts, timezone.',
  ],
  [
    'a Redis by a password in its address',
    'state: { redis: { url: "redis://:hush@r1" } }',
    'ballast.yaml:7:24: state.redis.url: expected the address of a Redis, such as redis://redis.example.com:6379, got one with credentials in it (not shown). They belong into `username` and `password`.',
  ],
  [
    'Sentinels without the name of the master',
    'state: { redis: { url: "redis+sentinel://s1,s2" } }',
    'ballast.yaml:7:24: state.redis.url: expected the address of a Redis, such as redis://redis.example.com:6379, got "redis+sentinel://s1,s2". It is redis://HOST:PORT/DATABASE, redis+sentinel://HOST:PORT,HOST:PORT/MASTER or redis+cluster://HOST:PORT,HOST:PORT; rediss is with TLS.',
  ],
  [
    'a lease that is too short',
    'state: { redis: { url: "redis://r1", lease: 1s } }',
    'ballast.yaml:7:45: state.redis.lease: expected a duration such as 30s, 10m or 1h30m, from 2s to 5m, got "1s".',
  ],
  [
    'a key given twice',
    'mode: advise\nmode: auto',
    'ballast.yaml:8:1: mode: expected each key once, got it a second time. Remove one of the two.',
  ],
  [
    'a duration without unit',
    'grace: 30',
    'ballast.yaml:7:8: grace: expected a duration such as 30s, 10m or 1h30m, from 0s to 1h, got 30. Write the unit: 30s or 30m?',
  ],
  [
    'a rate without unit',
    'balance: { migrationBandwidth: 500 }',
    'ballast.yaml:7:32: balance.migrationBandwidth: expected a rate such as 500 MiB/s or 10 Gbit/s, got 500. Write the unit: 500 MiB/s?',
  ],
  [
    'a rate in units of disks',
    'balance: { migrationBandwidth: 500MB/s }',
    'ballast.yaml:7:32: balance.migrationBandwidth: expected a rate such as 500 MiB/s or 10 Gbit/s, got "500MB/s". The units are KiB/s, MiB/s, GiB/s, Mbit/s, Gbit/s.',
  ],
  [
    'a schedule that is a duration',
    'schedule: 30s',
    'ballast.yaml:7:11: schedule: expected a cron expression of 5 fields, or of 6 with seconds first, such as "*/30 * * * * *", got "30s". Every 30 s is "*/30 * * * * *".',
  ],
  [
    'a window by the clock',
    'budgets: { windows: [{ cron: "22:00", duration: 6h }] }',
    'ballast.yaml:7:30: budgets.windows[0].cron: expected a cron expression of 5 fields, or of 6 with seconds first, such as "0 22 * * 1-5", got "22:00". Every day at 22:30 is "30 22 * * *".',
  ],
  [
    'a window that never begins',
    'budgets: { windows: [{ cron: "0 0 31 2 *", duration: 6h }] }',
    'ballast.yaml:7:30: budgets.windows[0].cron: expected a cron expression of 5 fields, or of 6 with seconds first, such as "0 22 * * 1-5", got "0 0 31 2 *". That moment never comes.',
  ],
  [
    'a blackout of no length',
    'budgets: { blackouts: [{ cron: "0 0 * * *", duration: 0s }] }',
    'ballast.yaml:7:55: budgets.blackouts[0].duration: expected a duration such as 30s, 10m or 1h30m, from 1m to 30d, got "0s".',
  ],
  [
    'a time zone that there is not',
    'budgets: { timezone: Berlin }',
    'ballast.yaml:7:22: budgets.timezone: expected an IANA time zone, such as Europe/Berlin or UTC, got "Berlin".',
  ],
  [
    'a time-out below what was predicted',
    'execution: { timeout: { factor: 0.5 } }',
    'ballast.yaml:7:33: execution.timeout.factor: expected a number from 1 to 100, got 0.5.',
  ],
  [
    'an end of a time-out that there is not',
    'execution: { timeout: { action: kill } }',
    'ballast.yaml:7:33: execution.timeout.action: expected one of follow, abort, got "kill".',
  ],
  [
    'a number out of its range',
    'budgets: { concurrent: 0 }',
    'ballast.yaml:7:24: budgets.concurrent: expected a whole number from 1 to 100, got 0.',
  ],
  [
    'a profile with a typo',
    'balance: { profile: balanse }',
    'ballast.yaml:7:21: balance.profile: expected one of standard, relief, rules, balance, pack, got "balanse". Did you mean balance?',
  ],
  [
    'a reserve that is no choice',
    'balance: { reserve: enforced }',
    'ballast.yaml:7:21: balance.reserve: expected one of off, warn, enforce, got "enforced". Did you mean enforce?',
  ],
  [
    'a node without any guest',
    'balance: { maxGuests: 0 }',
    'ballast.yaml:7:23: balance.maxGuests: expected a whole number from 1 to 10000, got 0.',
  ],
  [
    'links without what they carry',
    'balance: { network: { ceiling: 70% } }',
    'ballast.yaml:7:12: balance.network.capacity: expected a rate such as 500 MiB/s or 10 Gbit/s, got nothing.',
  ],
  [
    'links of a node that carry a bare number',
    'balance: { network: { capacity: 10 Gbit/s, nodes: { pve3: 25 } } }',
    'ballast.yaml:7:59: balance.network.nodes.pve3: expected a rate such as 500 MiB/s or 10 Gbit/s, got 25. Write the unit: 25 MiB/s?',
  ],
  [
    'an aggressiveness beyond the scale',
    'balance: { aggressiveness: 6 }',
    'ballast.yaml:7:28: balance.aggressiveness: expected a whole number from 1 to 5, got 6.',
  ],
  ['a list where a mapping belongs', 'weights: [1, 2]', 'ballast.yaml:7:10: weights: expected a mapping, got a list.'],
  [
    'two services of one name',
    'services:\n  - { name: shop, port: 80, members: { tags: [a] } }\n  - { name: shop, port: 81, members: { tags: [b] } }',
    'ballast.yaml:9:13: services[1].name: expected a name of its own among the services, got "shop", which services[0] has. Rename one of them.',
  ],
  [
    'a service on an unknown target',
    'services: [{ name: shop, port: 80, members: { tags: [a] }, targets: [lb2] }]\ntargets: [{ name: lb1, kind: haproxy, socket: /run/a }]',
    'ballast.yaml:7:70: services[0].targets[0]: expected the name of a target, got "lb2". Did you mean lb1?',
  ],
  [
    'a service of nobody',
    'services: [{ name: shop, port: 80, members: {} }]',
    'ballast.yaml:7:45: services[0].members: expected tags, pools or guests, got none of them.',
  ],
  [
    'a member by name',
    'services: [{ name: shop, port: 80, members: { guests: [web-01] } }]',
    'ballast.yaml:7:56: services[0].members.guests[0]: expected a vmid from 100 to 999999999, got "web-01". Members are chosen by vmid, by tag or by pool.',
  ],
  [
    'a target of an unknown kind',
    'targets: [{ name: lb1, kind: haprxy, socket: /run/a }]',
    'ballast.yaml:7:30: targets[0].kind: expected one of haproxy, flow-manager, ryu, got "haprxy". Did you mean haproxy?',
  ],
  [
    'a socket that is none',
    'targets: [{ name: lb1, kind: haproxy, socket: lb1.example.com }]',
    'ballast.yaml:7:47: targets[0].socket: expected the path of a socket, or HOST:PORT, got "lb1.example.com". Such as /run/haproxy/admin.sock or 10.0.0.5:9999.',
  ],
  [
    'a template with a typo',
    'targets: [{ name: lb1, kind: haproxy, socket: /run/a, server: "{{guest.nam}}" }]',
    'ballast.yaml:7:63: targets[0].server: expected a name, or a template of {{guest.name}}, {{guest.id}}, {{member.address}}, {{member.port}}, {{service.name}}, got "{{guest.nam}}". Did you mean {{guest.name}}?',
  ],
  [
    'a server that would end the command',
    'targets: [{ name: lb1, kind: haproxy, socket: /run/a, server: "a; shutdown" }]',
    'ballast.yaml:7:63: targets[0].server: expected a name, or a template of {{guest.name}}, {{guest.id}}, {{member.address}}, {{member.port}}, {{service.name}}, got "a; shutdown". A name has letters, digits and _ . : - alone.',
  ],
  [
    'a pin to a label without values',
    'rules: [{ name: r, match: { tags: [t] }, kind: pin, topology: rack }]',
    'ballast.yaml:7:9: rules[0].places: expected the values of "rack" that the pin allows, got none.',
  ],
  [
    'a pin to nodes and to a label',
    'rules: [{ name: r, match: { tags: [t] }, kind: pin, topology: rack, nodes: [a], places: [b] }]',
    'ballast.yaml:7:76: rules[0].nodes: expected places alone in a pin with a topology, got nodes. Leave out the one or the other.',
  ],
  [
    'places without a label',
    'rules: [{ name: r, match: { tags: [t] }, kind: pin, nodes: [a], places: [b] }]',
    'ballast.yaml:7:73: rules[0].places: expected no places without a topology, got a list. Name the label as `topology`, such as rack.',
  ],
  [
    'places of a rule that is no pin',
    'rules: [{ name: r, match: { tags: [t] }, kind: affinity, topology: rack, places: [b] }]',
    'ballast.yaml:7:82: rules[0].places: expected no places with the kind affinity, got a list. Only a pin has nodes, or places.',
  ],
  [
    'a label for what is never moved',
    'rules: [{ name: r, match: { tags: [t] }, kind: ignore, topology: rack }]',
    'ballast.yaml:7:66: rules[0].topology: expected no topology with the kind ignore, got one.',
  ],
  [
    'a label in capitals',
    'labels: { pve1: { Rack: a } }',
    'ballast.yaml:7:25: labels.pve1.Rack: expected the name of a label (lower-case letters, digits, dash and underscore), got "Rack".',
  ],
  [
    'a node that is none',
    'labels: { "p v e": { rack: a } }',
    'ballast.yaml:7:20: labels.p v e: expected the name of a node (letters, digits, dot, dash and underscore), got "p v e".',
  ],
  [
    'a label that holds a list',
    'labels: { pve1: { rack: [a] } }',
    'ballast.yaml:7:25: labels.pve1.rack: expected the value of a label (letters, digits, dot, dash and underscore), got a list.',
  ],
  [
    'a pin without nodes',
    'rules: [{ name: a, kind: pin, match: { tags: [a] } }]',
    'ballast.yaml:7:9: rules[0].nodes: expected the nodes of the pin, got none.',
  ],
  [
    'nodes without a pin',
    'rules: [{ name: a, kind: affinity, match: { tags: [a] }, nodes: [pve1] }]',
    'ballast.yaml:7:65: rules[0].nodes: expected no nodes with the kind affinity, got a list. Only a pin has nodes.',
  ],
  [
    'a tab',
    'mode: auto\nlog:\n\tlevel: info',
    'ballast.yaml:9:1: expected valid YAML, got a fault: Tabs are not allowed as indentation. Indent with spaces.',
  ],
  [
    'a quote that is not closed',
    'mode: "auto',
    'ballast.yaml:7:7: expected valid YAML, got a fault: Missing closing "quote. Check the indentation and the quotes of this line.',
  ],
  [
    'an alias without its anchor',
    'mode: *auto',
    'ballast.yaml:7:7: expected an anchor defined above, got *auto. Quote the text if it only begins with a *.',
  ],
];

describe('a configuration is refused with place, cause and cure:', () => {
  it.each(CASES)('%s', (_, text, message) => {
    expect(lines(`${CLUSTER}${text}\n`)).toEqual([message]);
  });
});

const WITHOUT_A_CLUSTER: readonly (readonly [name: string, text: string, messages: readonly string[]])[] = [
  ['an empty file', '', ['ballast.yaml:1:1: cluster: expected a mapping, got nothing.']],
  ['comments alone', '# nothing yet\n', ['ballast.yaml:1:1: cluster: expected a mapping, got nothing.']],
  ['a list', '- a\n- b\n', ['ballast.yaml:1:1: expected a mapping, got a list.']],
  ['prose', 'hello\n', ['ballast.yaml:1:1: expected a mapping, got a text (not shown).']],
  [
    'two documents',
    'mode: auto\n---\nmode: auto\n',
    [
      'ballast.yaml:2:1: expected valid YAML, got a fault: Source contains multiple documents. Check the indentation and the quotes of this line.',
    ],
  ],
  [
    'an alias of itself',
    'mode: &a [*a]\n',
    ['ballast.yaml:1:1: expected plain data, got aliases that hold themselves, or too many of them.'],
  ],
  [
    'an endpoint over http, and one that is no address',
    CLUSTER.replace('[https://pve1.example.com:8006]', '[http://pve1:8006, "pve1/api2", pve3]'),
    [
      'ballast.yaml:3:15: cluster.endpoints[0]: expected the address of a node, such as https://pve1.example.com:8006, got "http://pve1:8006". Proxmox VE answers on https alone.',
      'ballast.yaml:3:33: cluster.endpoints[1]: expected the address of a node, such as https://pve1.example.com:8006, got "pve1/api2". Leave out everything behind the port.',
    ],
  ],
  [
    'a SHA-1 fingerprint',
    `${CLUSTER}  tls: { fingerprint: "${'AB:'.repeat(19)}AB" }\n`,
    [
      `ballast.yaml:7:23: cluster.tls.fingerprint: expected a SHA-256 fingerprint: 32 bytes in hexadecimal, such as AB:CD:..., got "${'AB:'.repeat(19)}AB". This is a SHA-1 one. A node shows its own by: pvenode cert info`,
    ],
  ],
  [
    'a CA that is not there',
    `${CLUSTER}  tls: { ca: /etc/pve/ca.pem }\n`,
    [
      'ballast.yaml:7:14: cluster.tls.ca: expected the file /etc/pve/ca.pem to hold certificates, got no such file. Check the path.',
    ],
  ],
  [
    'a CA that is no certificate',
    `${CLUSTER}  tls: { ca: /etc/ballast/token }\n`,
    [
      'ballast.yaml:7:14: cluster.tls.ca: expected the file /etc/ballast/token to hold certificates in PEM, got something else.',
    ],
  ],
  [
    'a token and a password',
    CLUSTER.replace('    secret:', '    username: ballast@pve\n    secret:'),
    ['ballast.yaml:4:3: cluster.auth: expected either token and secret, or username and password, got keys of both.'],
  ],
];

describe('the whole file is wrong:', () => {
  it.each(WITHOUT_A_CLUSTER)('%s', (_, text, messages) => {
    expect(lines(text)).toEqual(messages);
  });
});

it('reports everything at once, in the order of the file', () => {
  const text = `mode: atuo
cluster:
  endpoint: [pve1]
balance: { cpu: { target: 95% } }
rules: [{ name: a, kind: pin, match: { tags: [a] } }]
services: [{ name: a, port: 99999, members: { tags: [a] }, targets: [lb1] }]
mode: auto
`;
  const places = lines(text).map((line) => /^ballast\.yaml:(\d+):\d+: ([\w.[\]]+)/.exec(line)?.slice(1).join(' '));
  expect(places).toEqual([
    '2 cluster.name',
    '2 cluster.endpoints',
    '2 cluster.auth',
    '3 cluster.endpoint',
    '4 balance.cpu.target',
    '5 rules[0].nodes',
    '6 services[0].port',
    '6 services[0].targets[0]',
    '7 mode',
  ]);
});
