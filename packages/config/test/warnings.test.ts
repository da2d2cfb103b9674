import { warningsOf } from '@ballast/config';
import { describe, expect, it } from 'vitest';
import { CLUSTER, parse } from './reading.ts';

const warnings = (text: string): readonly string[] => warningsOf(parse(text));

it('nothing to warn of', () => {
  expect(warnings(CLUSTER)).toEqual([]);
});

it('certificates that are not verified', () => {
  expect(warnings(`${CLUSTER}  tls: { insecure: true }\n`)).toEqual([
    'cluster.tls.insecure is on: the certificates of the nodes are not verified, and whoever answers in their place ' +
      'gets the credentials. Set cluster.tls.ca or cluster.tls.fingerprint instead.',
  ]);
});

it('nothing of it where a fingerprint is pinned: the pin is checked all the same', () => {
  expect(warnings(`${CLUSTER}  tls: { insecure: true, fingerprint: "${'AB'.repeat(32)}" }\n`)).toEqual([]);
});

describe('a port that others reach', () => {
  it.each([
    ['127.0.0.1', false],
    ['127.9.9.9', false],
    ['::1', false],
    ['localhost', false],
    ['0.0.0.0', true],
    ['::', true],
    ['192.0.2.1', true],
    ['pve1.example.com', true],
    ['127.example.com', true],
  ])('%s: %s', (host, warned) => {
    const expected = `listen.host is ${host}: anyone who reaches port 9760 can read the metrics. Set listen.token, or listen on 127.0.0.1.`;
    expect(warnings(`${CLUSTER}listen: { host: "${host}" }\n`)).toEqual(warned ? [expected] : []);
  });

  it('is fine with a token', () => {
    const text = `${CLUSTER}listen: { host: 0.0.0.0, token: file:/etc/ballast/metrics-token }\n`;
    expect(warnings(text)).toEqual([]);
  });
});

it('services and targets that do not meet', () => {
  const text = `${CLUSTER}services: [{ name: shop, port: 80, members: { tags: [web] } }]
targets: [{ name: lb1, kind: haproxy, socket: /run/a }]
`;
  expect(warnings(text)).toEqual([
    'The service shop names no targets: its weights are decided and pushed nowhere.',
    'No service is carried by the target lb1: it gets no weights.',
  ]);
});
