import { ConfigError } from '@ballast/config';
import { BallastError, GIB, KIB, MIB } from '@ballast/core';
import { haproxyTarget } from '@ballast/targets';
import { VirtualClock } from '@ballast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLUSTER, parse, problems } from './reading.ts';

const balance = (key: string, value: unknown): string => `${CLUSTER}balance: { ${key}: ${JSON.stringify(value)} }\n`;
const low = (value: unknown): number => parse(balance('low', value)).balance.low;
const rest = (value: unknown): number => parse(balance('coolDown', value)).balance.coolDown;
const rate = (value: unknown): number => parse(balance('migrationBandwidth', value)).balance.migrationBandwidth;

describe('ratios', () => {
  it.each([
    ['30%', 0.3],
    [' 12.5 % ', 0.125],
    [0.3, 0.3],
    [0, 0],
    ['0%', 0],
  ])('%j is %d', (text, ratio) => {
    expect(low(text)).toBeCloseTo(ratio, 12);
  });

  it.each(['-5%', -0.1, '101%', 1.01, 'half', '0.3', true, [], 'NaN%'])('%j is refused', (value) => {
    expect(problems(balance('low', value))[0]).toMatchObject({ path: 'balance.low', line: 7 });
  });

  it('mean the same as a percentage and as a fraction', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 79 }), (percent) => {
        expect(low(`${percent}%`)).toBeCloseTo(low(percent / 100), 12);
      }),
    );
  });

  it('are within 0..1, or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer(), fc.string()), (value) => {
        const read = attempt(() => parse(balance('minGain', value)).balance.minGain);
        expect(read instanceof ConfigError || (typeof read === 'number' && read >= 0 && read <= 1)).toBe(true);
      }),
    );
  });
});

describe('the floors of gains', () => {
  it.each([
    ['{}', 0.02, 0.05],
    ['{ aggressiveness: 1 }', 0.05, 0.15],
    ['{ aggressiveness: 5 }', 0.005, 0.01],
    ['{ aggressiveness: 5, minGain: 4% }', 0.04, 0.04],
  ])('of %s are %d and %d', (text, minGain, minEvenGain) => {
    expect(parse(`${CLUSTER}balance: ${text}\n`).balance).toMatchObject({ minGain, minEvenGain });
  });
});

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
  ])('%s is %d ms', (text, duration) => {
    expect(rest(text)).toBe(duration);
  });

  it.each([30, '30', '30 sec', 's', '-5s', '1y', '1m30', '31d', ''])('%j is refused', (value) => {
    expect(problems(balance('noReturn', value))[0]).toMatchObject({ path: 'balance.noReturn' });
  });
});

describe('rates', () => {
  it.each([
    ['512 KiB/s', 512 * KIB],
    ['500 MiB/s', 500 * MIB],
    ['1.5GiB/s', 1.5 * GIB],
    ['100 Mbit/s', 12_500_000],
    ['10 Gbit/s', 1_250_000_000],
  ])('%s is %d bytes a second', (text, bytes) => {
    expect(rate(text)).toBe(bytes);
  });

  it.each(['0 MiB/s', '5 MB/s', '5', 'fast', '-1 MiB/s', '5 MiB'])('%j is refused', (value) => {
    expect(problems(balance('migrationBandwidth', value))).toHaveLength(1);
  });
});

describe('endpoints', () => {
  const endpoint = (text: string): string | undefined =>
    parse(CLUSTER.replace('https://pve1.example.com:8006', JSON.stringify(text))).cluster.endpoints[0];

  it.each([
    ['https://pve1.example.com:8006', 'https://pve1.example.com:8006'],
    ['https://pve1.example.com:8006/', 'https://pve1.example.com:8006'],
    ['https://pve1.example.com', 'https://pve1.example.com:8006'],
    ['https://pve.example.com:443', 'https://pve.example.com:443'],
    ['pve1', 'https://pve1:8006'],
    ['pve1:18006', 'https://pve1:18006'],
    ['192.0.2.7', 'https://192.0.2.7:8006'],
    ['2001:db8::7', 'https://[2001:db8::7]:8006'],
    ['[2001:db8::7]:8007', 'https://[2001:db8::7]:8007'],
  ])('%s is %s', (text, url) => {
    expect(endpoint(text)).toBe(url);
  });
});

describe('storages', () => {
  const storage = (text: string): string => `${CLUSTER}  migration: { targetStorage: "${text}" }\n`;

  it.each(['local-zfs', 'local:ceph', 'local:ceph,fast.1:slow_2'])('%s', (text) => {
    expect(parse(storage(text)).cluster.migration.targetStorage).toBe(text);
  });

  it.each(['', '1', 'a b', 'a:b,c', 'a,b', 'a:b:c', ':a'])('%j is none', (text) => {
    expect(problems(storage(text))).toHaveLength(1);
  });
});

describe('fingerprints', () => {
  const wanted = Array.from({ length: 32 }, (_, i) => (i + 200).toString(16).slice(-2).toUpperCase()).join(':');

  it.each([
    ['as openssl prints it', `sha256 Fingerprint=${wanted}`],
    ['as pvenode prints it', wanted],
    ['in lower case', wanted.toLowerCase()],
    ['without colons', wanted.replaceAll(':', '')],
  ])('%s', (_, text) => {
    expect(parse(`${CLUSTER}  tls: { fingerprint: "${text}" }\n`).cluster.tls.fingerprints).toEqual([wanted]);
  });

  it('of several nodes', () => {
    const { fingerprints } = parse(`${CLUSTER}  tls: { fingerprint: ["${wanted}", "${wanted}"] }\n`).cluster.tls;
    expect(fingerprints).toEqual([wanted, wanted]);
  });
});

describe('targets', () => {
  const target = (fields: string): string => `${CLUSTER}targets: [{ name: lb1, kind: haproxy, ${fields} }]\n`;

  it.each([
    ['/run/haproxy/admin.sock', { kind: 'unix', path: '/run/haproxy/admin.sock' }],
    ['unix:/run/haproxy/admin.sock', { kind: 'unix', path: '/run/haproxy/admin.sock' }],
    ['10.0.0.5:9999', { kind: 'tcp', host: '10.0.0.5', port: 9999 }],
    ['tcp:lb1.example.com:9999', { kind: 'tcp', host: 'lb1.example.com', port: 9999 }],
    ['[fd00::5]:9999', { kind: 'tcp', host: 'fd00::5', port: 9999 }],
  ])('%s is a socket', (socket, address) => {
    expect(parse(target(`socket: "${socket}"`)).targets[0]).toMatchObject({ address });
  });

  it.each(['lb1', 'lb1:0', 'lb1:70000', ':9999', 'fd00::5:9999', './relative'])('%s is none', (socket) => {
    expect(problems(target(`socket: "${socket}"`))).toHaveLength(1);
  });

  it.each([
    'web',
    '{{guest.name}}',
    '{{ service.name }}-{{guest.id}}',
    '{{member.address}}:{{member.port}}',
    '{{guest.nam}}',
    '{{guest.name',
    'x}}',
    '{{}}',
  ])('the template %s is judged as the driver judges it', (server) => {
    const driverTakes = accepts(() =>
      haproxyTarget({ name: 'lb1', address: '/run/a', server, clock: new VirtualClock() }),
    );
    const configTakes = accepts(() => parse(target(`socket: /run/a, server: "${server}"`)));
    expect(configTakes).toBe(driverTakes);
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function accepts(work: () => unknown): boolean {
  return !(attempt(work) instanceof BallastError);
}

describe('sections', () => {
  it('left empty are as good as left out', () => {
    const text = `${CLUSTER}balance:\n  cpu:\nrules:\nservices:\nlisten:\n  # token: nothing yet\n`;
    expect(parse(text)).toEqual(parse(CLUSTER));
  });

  it('may be shared by an anchor', () => {
    const text = `${CLUSTER}balance:\n  cpu: &same { high: 75%, target: 60%, ceiling: 80% }\n  memory: *same\n`;
    const { cpu, memory } = parse(text).balance;
    expect(memory).toEqual(cpu);
    expect(cpu).toEqual({ high: 0.75, target: 0.6, ceiling: 0.8 });
  });

  it('that copy local disks ask for migrations that do', () => {
    expect(parse(CLUSTER).cluster.migration.localDisks).toBe(false);
    expect(parse(balance('localDisks', true)).cluster.migration.localDisks).toBe(true);
  });
});
