import type { Fault } from '../../problems/fault.ts';
import { gotText } from '../../problems/got.ts';
import { at } from '../../problems/raw.ts';
import { isLoopback } from '../../values/hosts.ts';

/** What others reach is secured: the port of the switches by TLS, the REST API by a token. */
export function checkExposure(data: unknown): readonly Fault[] {
  const secured = at(data, 'tls') !== undefined || at(data, 'listen', 'insecure') === true;
  return [
    ...(secured
      ? []
      : open(data, 'listen', 'tls', 'Set tls; or listen.insecure: true where a firewall stands before it.')),
    ...(at(data, 'rest', 'token') === undefined
      ? open(data, 'rest', 'a token', 'Set rest.token, or listen on 127.0.0.1.')
      : []),
  ];
}

function open(data: unknown, section: string, means: string, hint: string): readonly Fault[] {
  const host = at(data, section, 'host');
  if (typeof host !== 'string' || host === '' || isLoopback(host)) return [];
  return [
    {
      path: [section, 'host'],
      expected: `${means} with an address that others reach`,
      got: `${gotText(host)} without`,
      hint,
    },
  ];
}
