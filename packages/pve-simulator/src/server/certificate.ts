import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';
import type { SimulatorTls } from './options.ts';

const YEAR = 365 * 86_400_000;

/** A certificate of a cluster's own authority, as Proxmox VE makes one: good for these names and addresses. */
export async function makeCertificate(names: readonly string[]): Promise<SimulatorTls> {
  const notBeforeDate = new Date(Date.now() - 86_400_000);
  const common = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + 10 * YEAR),
  } as const;
  const authority = await generate([{ name: 'commonName', value: 'Proxmox Virtual Environment (simulated)' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: names[0] ?? 'localhost' }], {
    ...common,
    notAfterDate: new Date(notBeforeDate.getTime() + 2 * YEAR),
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...new Set(names)].map((name) =>
          isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name },
        ),
      },
    ],
  });
  return { key: server.private, cert: server.cert, ca: authority.cert };
}

/** SHA-256 of a certificate: colon-separated upper-case hexadecimal, as Proxmox VE shows it. */
export function fingerprintOf(cert: string): string {
  return new X509Certificate(cert).fingerprint256;
}
