import { HaproxyError } from './errors.ts';

/**
 * The characters HAProxy itself allows in names of proxies and servers. Everything else is refused before it is
 * sent: `;` and newlines would start another command, blanks and quotes another word.
 */
const NAME = /^[A-Za-z0-9_.:-]+$/;

/** @throws {HaproxyError} `haproxy-bad-name` for a name that HAProxy cannot have */
export function checkName(what: 'backend' | 'server', name: string): string {
  if (NAME.test(name)) return name;
  throw new HaproxyError(
    'haproxy-bad-name',
    `Expected the name of a ${what} to be of letters, digits and _ . : - alone, got ${JSON.stringify(name)}.`,
    { hint: 'It was not sent. Map the member to its server under `overrides`.' },
  );
}
