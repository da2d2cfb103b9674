import { z } from 'zod';
import type { TargetConfig } from '../types.ts';
import { duration } from '../values/duration.ts';
import { name } from '../values/names.ts';
import { socketAddress } from '../values/network.ts';
import { type Reading, scalar } from '../values/scalar.ts';
import { template } from '../values/template.ts';

export function targets(): z.ZodType<readonly TargetConfig[]> {
  return z.array(haproxy());
}

function haproxy(): z.ZodType<TargetConfig> {
  return z
    .strictObject({
      name: name().describe('Name of the target; services refer to it.'),
      kind: z.enum(['haproxy']).describe('The kind of load balancer.'),
      socket: socketAddress().describe('Its runtime socket (stats socket ... level admin): a path, or HOST:PORT.'),
      timeout: duration('100ms', '1m').prefault('5s').describe('Longest silence while a reply is due.'),
      match: z
        .enum(['name', 'address'])
        .prefault('name')
        .describe("Find a member's server by its name, or by its address and port."),
      backend: template().prefault('{{service.name}}').describe('Name, or template of the names, of backends.'),
      server: template().prefault('{{guest.name}}').describe('Template of the names of servers.'),
      overrides: overrides()
        .prefault({})
        .describe('Servers of single guests: name or vmid to SERVER or BACKEND/SERVER.'),
    })
    .transform(({ socket, ...rest }) => ({ ...rest, address: socket }));
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
