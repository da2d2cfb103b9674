import { type Config, type TargetConfig, warningsOf } from '@ballast/config';
import {
  checkFlowManagerOptions,
  checkFlowManagerServiceOptions,
  checkRyuOptions,
  checkRyuServiceOptions,
} from '@ballast/targets';
import { describe, expect, it } from 'vitest';
import { CLUSTER, lines, parse } from './reading.ts';

const FABRIC = '{ name: fabric, kind: flow-manager, url: "http://127.0.0.1:9770" }';
const RYU = '{ name: ryu1, kind: ryu, url: "http://127.0.0.1:8080", datapaths: [19, 20] }';
const EDGE = '{ name: edge, kind: haproxy, socket: /run/a }';

/** Below the cluster's six lines: targets on line 7, and each service on a line of its own from 9 on. */
function text(targets: readonly string[], ...services: readonly string[]): string {
  const rows = services.map((fields, i) => `  - { name: s${i}, port: 80, members: { tags: [a] }, ${fields} }`);
  return [`${CLUSTER}targets: [${targets.join(', ')}]`, 'services:', ...rows, ''].join('\n');
}

/** The options that the driver gets, without what is the application's. */
function driverOptions(target: TargetConfig | undefined): object {
  const { kind: _, name: __, ...options } = target ?? { kind: '', name: '' };
  return options;
}

const options = ({ services }: Config): Readonly<Record<string, unknown>> | undefined =>
  services[0]?.carriers[0]?.options;

describe('a flow manager', () => {
  it('is taken with its defaults', () => {
    const { targets } = parse(text([FABRIC], 'targets: [fabric]'));
    const [target] = targets;
    expect(target).toEqual({
      kind: 'flow-manager',
      name: 'fabric',
      url: 'http://127.0.0.1:9770',
      timeout: 5_000,
      manage: true,
    });
    expect(checkFlowManagerOptions(driverOptions(target))).toEqual([]);
  });

  it('gets the token that is referred to, and services that are what they are stated to be', () => {
    const target = FABRIC.replace(' }', ', token: "file:/etc/ballast/token", manage: false, timeout: 1s }');
    const fields =
      'protocol: udp, vip: { address: "FD00:0::1", port: 53 }, algorithm: source-ip, monitor: { type: http }, ' +
      'persistence: { timeout: 10m }, targets: [{ name: fabric, service: dns, manage: true }]';
    const config = parse(text([target], fields));
    expect(config.targets[0]).toMatchObject({ token: '3f0c1a52-token', manage: false, timeout: 1_000 });
    expect(config.services[0]).toMatchObject({
      protocol: 'udp',
      vip: { address: 'fd00::1', port: 53 },
      algorithm: 'source-ip',
      persistence: { type: 'source-ip', timeout: 600_000 },
      monitor: {
        type: 'http',
        delay: 2_000,
        maxRetriesDown: 3,
        http: { method: 'GET', path: '/', expectedCodes: [200] },
      },
      carriers: [{ target: 'fabric', options: { service: 'dns', manage: true } }],
    });
    expect(checkFlowManagerOptions(driverOptions(config.targets[0]))).toEqual([]);
    expect(checkFlowManagerServiceOptions(options(config))).toEqual([]);
  });
});

describe('a Ryu', () => {
  it('is taken, with ids of switches as Ryu and as Open vSwitch write them', () => {
    const ids = '[19, 0x14, "0x15", 0000000000000016, "000000000000a017", 00000000000012e4]';
    const fields = 'targets: [{ name: ryu1, group: 50, datapaths: [0x13], buckets: { web-1: 3, 102: "10.0.0.2" } }]';
    const config = parse(text([RYU.replace('[19, 20]', ids)], fields));
    expect(config.targets[0]).toEqual({
      kind: 'ryu',
      name: 'ryu1',
      url: 'http://127.0.0.1:8080',
      timeout: 5_000,
      datapaths: ['0x13', '0x14', '0x15', '0x16', '0xa017', '0x12e4'],
    });
    expect(options(config)).toEqual({ group: 50, datapaths: ['0x13'], buckets: { 102: '10.0.0.2', 'web-1': 3 } });
    expect(checkRyuOptions(driverOptions(config.targets[0]))).toEqual([]);
    expect(checkRyuServiceOptions(options(config))).toEqual([]);
  });
});

describe('refused with place, cause and cure:', () => {
  it.each([
    [
      'a socket that is missing',
      text([EDGE.replace(', socket: /run/a', '')]),
      'ballast.yaml:7:11: targets[0].socket: expected the path of a socket, or HOST:PORT, got nothing.',
    ],
    [
      'a flow manager without its url',
      text([FABRIC.replace(/, url: \S+/, '')]),
      'ballast.yaml:7:11: targets[0].url: expected the URL of its REST API, got nothing.',
    ],
    [
      'an option of another kind',
      text([FABRIC.replace(' }', ', socket: /run/a }')]),
      'ballast.yaml:7:77: targets[0].socket: expected no socket with a target of the kind flow-manager, got a text. It is of haproxy.',
    ],
    [
      'a url with a password in it',
      text([FABRIC.replace('127', 'me:hunter2@127')]),
      'ballast.yaml:7:52: targets[0].url: expected an http or https URL, such as http://127.0.0.1:9770, got one with credentials in it (not shown). A token belongs under `token`.',
    ],
    [
      'a url without its protocol',
      text([FABRIC.replace('http://', '')]),
      'ballast.yaml:7:52: targets[0].url: expected an http or https URL, such as http://127.0.0.1:9770, got "127.0.0.1:9770".',
    ],
    [
      'a token that is written out',
      text([FABRIC.replace(' }', ', token: hunter2 }')]),
      `ballast.yaml:7:84: targets[0].token: expected a reference: \${env:NAME} or file:/path/to/file, got a literal value (not shown). Put the secret into a file that only Ballast may read, and refer to it.`,
    ],
    [
      'a datapath id that may be decimal or hexadecimal',
      text([RYU.replace('19', '"19"')]),
      'ballast.yaml:7:78: targets[0].datapaths[0]: expected a datapath id: the 16 digits that Open vSwitch prints, 0x and hexadecimal digits, or a decimal number, got "19". Write 19 without quotes, or 0x19.',
    ],
    [
      'a datapath id of 16 digits that YAML reads as a number',
      text([RYU.replace('19', '1234567890123456')]),
      'ballast.yaml:7:78: targets[0].datapaths[0]: expected a datapath id: the 16 digits that Open vSwitch prints, 0x and hexadecimal digits, or a decimal number, got 1234567890123456. Write it hexadecimal, with 0x.',
    ],
    [
      'a service of a Ryu without its group',
      text([RYU], 'targets: [ryu1]'),
      'ballast.yaml:9:61: services[0].targets[0].group: expected the id of the SELECT group that carries it, got nothing. Write { name: ryu1, group: ID }.',
    ],
    [
      "an option of a service that the target's kind does not have",
      text([EDGE], 'targets: [{ name: edge, group: 50 }]'),
      'ballast.yaml:9:75: services[0].targets[0].group: expected no group with a target of the kind haproxy, got 50. It is of ryu.',
    ],
    [
      'two services in one group',
      text([RYU], 'targets: [{ name: ryu1, group: 50 }]', 'targets: [{ name: ryu1, group: 50, datapaths: [0x14] }]'),
      'ballast.yaml:10:82: services[1].targets[0].group: expected a group of its own, got 50, which services[0] has. Give each service a group of its own.',
    ],
    [
      'two services at one VIP',
      text(
        [FABRIC],
        'vip: { address: 10.0.0.9, port: 80 }, protocol: http, targets: [fabric]',
        'vip: { address: 10.0.0.9, port: 80 }, targets: [fabric]',
      ),
      'ballast.yaml:10:56: services[1].vip: expected a VIP and port of its own, got tcp 10.0.0.9 port 80, which services[0] has. Give one of them another port.',
    ],
    [
      'a VIP with the length of its prefix',
      text([FABRIC], 'vip: { address: 10.0.0.9/24, port: 80 }, targets: [fabric]'),
      'ballast.yaml:9:67: services[0].vip.address: expected an IPv4 or IPv6 address, such as 10.0.0.5 or fd00::5, got "10.0.0.9/24". Leave out the length of the prefix.',
    ],
    [
      'a bucket that is known by nothing',
      text([RYU], 'targets: [{ name: ryu1, group: 50, buckets: { web-1: 0 } }]'),
      'ballast.yaml:9:104: services[0].targets[0].buckets.web-1: expected the number of a port, or what the bucket sets, such as 10.0.0.5, got 0.',
    ],
  ])('%s', (_, wrong, message) => {
    expect(lines(wrong)).toEqual([message]);
  });

  it('and no other: groups of other switches, VIPs of other ports, protocols and targets', () => {
    const apart = text(
      [RYU, FABRIC, FABRIC.replace('fabric', 'other')],
      'targets: [{ name: ryu1, group: 50, datapaths: [1] }], protocol: udp',
      'targets: [{ name: ryu1, group: 50, datapaths: [2] }, fabric], vip: { address: 10.0.0.9, port: 80 }',
      'targets: [fabric], vip: { address: 10.0.0.9, port: 81 }',
      'targets: [fabric], vip: { address: 10.0.0.9, port: 80 }, protocol: udp',
      'targets: [other], vip: { address: 10.0.0.9, port: 80 }',
    );
    expect(parse(apart).services).toHaveLength(5);
  });
});

describe('warned of:', () => {
  it.each([
    [
      'a VIP that nobody makes',
      text([EDGE], 'vip: { address: 10.0.0.9, port: 80 }, targets: [edge]'),
      ['The service s0 has a vip, and no flow manager carries it: nobody makes it.'],
    ],
    [
      'what belongs to a VIP, without one',
      text([FABRIC], 'monitor: { type: tcp }, algorithm: round-robin, targets: [fabric]'),
      ['The service s0 states algorithm, monitor without a vip: a flow manager makes no service without one.'],
    ],
    [
      'a token in the clear',
      text(
        [FABRIC.replace('127.0.0.1', '10.0.0.7').replace(' }', ', token: "file:/etc/ballast/token" }')],
        'targets: [fabric]',
      ),
      ['The token of the target fabric crosses the network in the clear: let its url be an https one.'],
    ],
    [
      'nothing where it stays on the machine',
      text(
        [FABRIC.replace('127.0.0.1', '[::1]').replace(' }', ', token: "file:/etc/ballast/token" }')],
        'targets: [fabric]',
      ),
      [],
    ],
  ])('%s', (_, stated, warnings) => {
    expect(warningsOf(parse(stated))).toEqual(warnings);
  });
});
