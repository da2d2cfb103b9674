import { z } from 'zod';
import type { TargetConfig } from '../types.ts';
import { datapath } from '../values/datapath.ts';
import { duration } from '../values/duration.ts';
import { name } from '../values/names.ts';
import { restUrl, type SocketAddress, socketAddress } from '../values/network.ts';
import { type Reading, scalar } from '../values/scalar.ts';
import { type Sources, secret } from '../values/secret.ts';
import { template } from '../values/template.ts';
import { KINDS, kindVariants } from './kinds.ts';

/** What a kind needs, and what it does not have, is checked beside all else that is wrong: checks/targets.ts. */
export function targets(sources: Sources): z.ZodType<readonly TargetConfig[]> {
  return z.array(
    z
      .strictObject({
        name: name().describe('Name of the target; services refer to it.'),
        kind: z.enum(KINDS).describe('The kind of load balancer.'),
        timeout: duration('100ms', '1m').prefault('5s').describe('Longest silence while a reply is due.'),
        socket: socketAddress()
          .exactOptional()
          .describe('haproxy: its runtime socket (stats socket ... level admin): a path, or HOST:PORT.'),
        match: z
          .enum(['name', 'address'])
          .prefault('name')
          .describe("haproxy: find a member's server by its name, or by its address and port."),
        backend: template()
          .prefault('{{service.name}}')
          .describe('haproxy: name, or template of the names, of backends.'),
        server: template().prefault('{{guest.name}}').describe('haproxy: template of the names of servers.'),
        overrides: overrides()
          .prefault({})
          .describe('haproxy: servers of single guests: name or vmid to SERVER or BACKEND/SERVER.'),
        url: restUrl().exactOptional().describe('flow-manager, ryu: where its REST API is; for ryu, ofctl_rest.'),
        token: secret(sources)
          .exactOptional()
          .describe('flow-manager, ryu: bearer token that is asked for there, by reference.'),
        manage: z
          .boolean()
          .prefault(true)
          .describe('flow-manager: make the services that have a vip there, and keep them as they are stated here.'),
        datapaths: z
          .array(datapath())
          .min(1)
          .exactOptional()
          .describe('ryu: the switches that have the groups, by datapath id.'),
      })
      .meta({ oneOf: kindVariants() })
      .transform(ofKind),
  );
}

interface Stated {
  readonly name: string;
  readonly kind: (typeof KINDS)[number];
  readonly timeout: number;
  readonly socket?: SocketAddress;
  readonly match: 'name' | 'address';
  readonly backend: string;
  readonly server: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly token?: string;
  readonly manage: boolean;
  readonly datapaths?: readonly string[];
}

function ofKind(stated: Stated): TargetConfig {
  const { name: own, kind, timeout, socket, url = '', token, manage, datapaths = [] } = stated;
  const api = { name: own, url, timeout, ...(token !== undefined && { token }) };
  switch (kind) {
    case 'flow-manager':
      return { kind, ...api, manage };
    case 'ryu':
      return { kind, ...api, datapaths };
    case 'haproxy': {
      const { match, backend, server, overrides: single } = stated;
      const address = socket ?? { kind: 'unix', path: '' };
      return { kind, name: own, address, timeout, match, backend, server, overrides: single };
    }
  }
}

/** Guest name or vmid -> `server` or `backend/server`. */
export function overrides(): z.ZodType<Readonly<Record<string, string>>> {
  const expected = 'SERVER or BACKEND/SERVER';
  const pattern = '^[A-Za-z0-9_.:-]+(/[A-Za-z0-9_.:-]+)?$';
  const expression = new RegExp(pattern);
  return z.record(
    z.string(),
    scalar(
      (value): Reading<string> => (typeof value === 'string' && expression.test(value) ? { value } : { expected }),
      { type: 'string', pattern },
    ),
  );
}
