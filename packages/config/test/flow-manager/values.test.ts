import { execFileSync } from 'node:child_process';
import { flowManagerWarningsOf, parseFlowManagerConfig } from '@ballast/config';
import { describe, expect, it } from 'vitest';
import { parse, shop } from './reading.ts';

describe('services', () => {
  it('have their addresses in one form, and the request of http filled in', () => {
    const text = shop(', monitor: { type: http, http: { path: /health } }, mac: "02-00-00-00-01-0A"')
      .replace('10.9.0.100', '"FD00:0:0::64"')
      .replace('10.9.0.11', '"fd00::000b"');
    expect(parse(text).services[0]).toEqual({
      name: 'shop',
      vip: { address: 'fd00::64', port: 80 },
      mac: '02:00:00:00:01:0a',
      protocol: 'tcp',
      algorithm: 'weighted',
      monitor: {
        type: 'http',
        delay: 2_000,
        timeout: 1_000,
        maxRetries: 2,
        maxRetriesDown: 3,
        http: { method: 'GET', path: '/health', expectedCodes: [200] },
      },
      members: [{ guest: 101, address: 'fd00::b', port: 8080 }],
    });
  });

  it('may keep clients at their members', () => {
    expect(parse(shop(', persistence: { timeout: 10m }')).services[0]?.persistence).toEqual({
      type: 'source-ip',
      timeout: 600_000,
    });
  });
});

describe('a generation', () => {
  it.each([
    ['7', 7n],
    ['"18446744073709551615"', 2n ** 64n - 1n],
  ])('%s', (text, generation) => {
    expect(parse(`generation: ${text}`).generation).toBe(generation);
  });
});

describe('what others reach', () => {
  const tls = identity();
  const files: Readonly<Record<string, string>> = { cert: tls.cert, key: tls.key, other: identity().key };
  const read = (text: string): ReturnType<typeof parse> =>
    parseFlowManagerConfig(text, {
      file: 'flow-manager.yaml',
      env: { TOKEN: 'hush' },
      readSecret: (path) => files[path] ?? '',
    });

  it('is secured by certificates and a token', () => {
    const text =
      'listen: { host: 0.0.0.0 }\ntls: { cert: cert, key: key, ca: cert }\nrest: { host: 0.0.0.0, token: "${' +
      'env:TOKEN}" }\n';
    const config = read(text);
    expect([config.tls, config.rest.token]).toEqual([{ ...tls, ca: tls.cert }, 'hush']);
    expect(flowManagerWarningsOf(config)).toEqual([]);
  });

  it('refuses the key of another certificate', () => {
    expect(() => read('tls: { cert: cert, key: other, ca: cert }')).toThrow(
      'tls.key: expected the private key of the certificate in cert, got another one.',
    );
  });

  it('warns of a port for switches without TLS', () => {
    expect(flowManagerWarningsOf(parse('listen: { host: 0.0.0.0, insecure: true }'))).toEqual([
      'listen.insecure is on: whoever reaches port 6653 of 0.0.0.0 can pass for a switch and draw ' +
        "members' traffic. Set tls, or let a firewall admit the switches alone.",
    ]);
  });
});

it('warns of a service of nobody', () => {
  expect(flowManagerWarningsOf(parse(shop('', '')))).toEqual([
    'The service shop has no members: nobody answers at its VIP.',
  ]);
});

function identity(): { readonly cert: string; readonly key: string } {
  const text = execFileSync(
    'openssl',
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -keyout - -out -'.split(' '),
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const part = (name: string): string =>
    new RegExp(`-----BEGIN ${name}-----[^-]+-----END ${name}-----\n`).exec(text)?.[0] ?? '';
  return { cert: part('CERTIFICATE'), key: part('PRIVATE KEY') };
}
