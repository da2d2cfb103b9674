import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** SHA-256, `AB:CD:...`. */
  readonly fingerprint: string;
}

const NAMES = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
] as const;

/** A self-signed certificate for localhost, or for other names. */
export async function selfSigned(names: readonly (typeof NAMES)[number][] = NAMES): Promise<Certificate> {
  return certificate({ names });
}

/** A certificate of an authority of its own, as a cluster of Proxmox VE makes them. */
export async function signedByCa(): Promise<{ readonly ca: string; readonly leaf: Certificate }> {
  const ca = await generate([{ name: 'commonName', value: 'Test Cluster CA' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  return { ca: ca.cert, leaf: await certificate({ names: NAMES, ca: { key: ca.private, cert: ca.cert } }) };
}

export async function expired(): Promise<{ readonly ca: string; readonly leaf: Certificate }> {
  const leaf = await certificate({ names: NAMES, until: new Date(Date.now() - 86_400_000) });
  return { ca: leaf.cert, leaf };
}

async function certificate(options: {
  readonly names: readonly (typeof NAMES)[number][];
  readonly ca?: { readonly key: string; readonly cert: string };
  readonly until?: Date;
}): Promise<Certificate> {
  const { names, ca, until } = options;
  const made = await generate([{ name: 'commonName', value: 'pve1.test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [...names] },
    ],
    ...(ca === undefined ? {} : { ca }),
    ...(until === undefined ? {} : { notBeforeDate: new Date(until.getTime() - 86_400_000), notAfterDate: until }),
  });
  return { key: made.private, cert: made.cert, fingerprint: new X509Certificate(made.cert).fingerprint256 };
}
