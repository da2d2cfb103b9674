import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { expired, selfSigned, signedByCa } from './support/certificates.ts';
import { connect, failureOf } from './support/connected.ts';
import { TestPve } from './support/pve.ts';

const started: TestPve[] = [];
async function start(certificate?: Parameters<typeof TestPve.start>[0]): Promise<TestPve> {
  const pve = await TestPve.start(certificate);
  pve.on('GET /version', { data: { version: '9.2.11' } });
  started.push(pve);
  return pve;
}
afterEach(async () => {
  await Promise.all(started.splice(0).map((pve) => pve.stop()));
});

describe('verifying the server', () => {
  it('refuses a self-signed certificate and says what to do', async () => {
    const pve = await start();
    const { cluster } = connect(pve, { tls: {} });
    const error = await failureOf(cluster.version());
    expect(error).toMatchObject({
      code: 'proxmox-tls-untrusted',
      message: `Expected ${pve.endpoint} to show a certificate of a known authority, got one that is not (DEPTH_ZERO_SELF_SIGNED_CERT). Nothing was sent to it.`,
      hint: "Name the cluster's CA (/etc/pve/pve-root-ca.pem) or the certificate's SHA-256 fingerprint under `tls` in `cluster` of the configuration.",
    });
    expect(pve.seen).toEqual([]);
  });

  it('accepts a certificate of the CA that was named, and no other', async () => {
    const { ca, leaf } = await signedByCa();
    const good = await start(leaf);
    expect(await connect(good, { tls: { ca } }).cluster.version()).toBe('9.2.11');
    const other = await start((await signedByCa()).leaf);
    const error = await failureOf(connect(other, { tls: { ca } }).cluster.version());
    expect(error.code).toBe('proxmox-tls-untrusted');
    expect(other.seen).toEqual([]);
  });

  it('accepts the pinned fingerprint, in any notation', async () => {
    const pve = await start();
    const { fingerprint } = pve.certificate;
    for (const pin of [fingerprint, fingerprint.toLowerCase(), `sha256:${fingerprint.replaceAll(':', '')}`]) {
      expect(await connect(pve, { tls: { fingerprints: [pin] } }).cluster.version()).toBe('9.2.11');
    }
  });

  it('sends not a byte to a server with another fingerprint, for reads and writes alike', async () => {
    const pve = await start();
    const wanted = (await selfSigned()).fingerprint;
    const { cluster } = connect(pve, { tls: { fingerprints: [wanted] } });
    const error = await failureOf(cluster.version());
    expect(error).toMatchObject({
      code: 'proxmox-tls-fingerprint',
      message: `Expected ${pve.endpoint} to show the certificate with the SHA-256 fingerprint ${wanted}, got ${pve.certificate.fingerprint}. Nothing was sent to it.`,
      hint: 'If its certificate was renewed, read the new fingerprint on the node (`pvenode cert info`); if not, somebody stands in between.',
    });
    await failureOf(cluster.migrator.abort(aTask));
    expect(pve.connections).toBeGreaterThan(1);
    expect(pve.seen).toEqual([]);
  });

  it('lets the pin win over `insecure`', async () => {
    const pve = await start();
    const tls = { fingerprints: [(await selfSigned()).fingerprint], insecure: true };
    expect((await failureOf(connect(pve, { tls }).cluster.version())).code).toBe('proxmox-tls-fingerprint');
    expect(pve.seen).toEqual([]);
  });

  it('refuses a certificate for another name', async () => {
    const leaf = await selfSigned([{ type: 2, value: 'localhost' }]);
    const pve = await start(leaf);
    const error = await failureOf(connect(pve, { tls: { ca: leaf.cert } }).cluster.version());
    expect(error.code).toBe('proxmox-tls-name');
    expect(error.message).toMatch(/^Expected 127\.0\.0\.1:\d+ to show a certificate for its name, got: .*127\.0\.0\.1/);
    expect(pve.seen).toEqual([]);
  });

  it('refuses a certificate that has expired', async () => {
    const { ca, leaf } = await expired();
    const pve = await start(leaf);
    const error = await failureOf(connect(pve, { tls: { ca } }).cluster.version());
    expect(error).toMatchObject({
      code: 'proxmox-tls-expired',
      message: `Expected ${pve.endpoint} to show a certificate that is valid now, got CERT_HAS_EXPIRED.`,
    });
    expect(pve.seen).toEqual([]);
  });

  it('goes on without verification when it is told to, and warns loudly', async () => {
    const pve = await start();
    const { cluster, warnings } = connect(pve, { tls: { insecure: true } });
    expect(await cluster.version()).toBe('9.2.11');
    expect(warnings).toEqual([
      'TLS IS NOT VERIFIED for cluster test (insecure): whoever answers gets the credentials. Pin a fingerprint or name the CA.',
    ]);
  });

  it('names a port that speaks no TLS', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as { port: number };
    const { cluster } = connect([], { endpoints: [`127.0.0.1:${port}`], tls: {} });
    expect(await failureOf(cluster.version())).toMatchObject({
      code: 'proxmox-tls-protocol',
      hint: 'Check the port: Proxmox VE listens on 8006 and speaks HTTPS alone.',
    });
    await new Promise((resolve) => plain.close(resolve));
  });

  it('refuses what is no fingerprint before anything connects', () => {
    expect(() => connect([], { endpoints: ['pve1'], tls: { fingerprints: ['AB:CD'] } })).toThrow(
      'Expected a SHA-256 fingerprint of 64 hexadecimal digits, got "AB:CD".',
    );
  });
});

const aTask = {
  id: 'UPID:pve1:00001234:00005678:69000000:qmigrate:100:root@pam:',
  node: 'pve1',
  guest: 100,
  startedAt: 0,
};
