import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { certificates, privateKey } from '../values/pem.ts';
import type { Sources } from '../values/secret.ts';
import type { FlowManagerConfig } from './types.ts';

type Tls = NonNullable<FlowManagerConfig['tls']>;

/** TLS of the port of the switches: all three files, or none of it. */
export function tls(sources: Sources): z.ZodType<Tls> {
  return z
    .strictObject({
      cert: certificates(sources, '/etc/ballast/flow-manager.crt').describe(
        'PEM file with the certificate that switches are shown, and those between it and its authority.',
      ),
      key: privateKey(sources, '/etc/ballast/flow-manager.key').describe('PEM file with its private key.'),
      ca: certificates(sources, '/etc/ballast/switches-ca.crt').describe(
        'PEM file with the authorities that sign the certificates of switches; a switch without one is refused.',
      ),
    })
    .transform((files, context) => {
      const fault = faultOf(files);
      if (fault === undefined) return files;
      context.addIssue({ code: 'custom', path: [fault.key], message: fault.expected, params: fault });
      return z.NEVER;
    });
}

interface TlsFault {
  readonly key: keyof Tls;
  readonly expected: string;
  readonly got: string;
}

/** OpenSSL's own words for these say little; and they come when the first switch connects, or not at all. */
function faultOf({ cert, key, ca }: Tls): TlsFault | undefined {
  const certificate = attempt(() => new X509Certificate(cert));
  if (certificate === undefined) {
    return { key: 'cert', expected: 'a certificate that can be read', got: 'one that cannot' };
  }
  if (attempt(() => new X509Certificate(ca)) === undefined) {
    return { key: 'ca', expected: 'certificates that can be read', got: 'some that cannot' };
  }
  const secret = attempt(() => createPrivateKey(key));
  if (secret === undefined) {
    return { key: 'key', expected: 'a private key without a passphrase', got: 'one that cannot be read' };
  }
  if (certificate.checkPrivateKey(secret)) return undefined;
  return { key: 'key', expected: 'the private key of the certificate in cert', got: 'another one' };
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
