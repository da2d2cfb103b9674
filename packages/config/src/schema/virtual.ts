import type { Algorithm, Persistence, Service } from '@ballast/core';
import { z } from 'zod';
import { duration } from '../values/duration.ts';
import { address } from '../values/hosts.ts';
import { port } from '../values/network.ts';

/** What a service is as a virtual IP, which a flow manager makes. */
export function vip(): z.ZodType<NonNullable<Service['vip']>> {
  return z
    .strictObject({
      address: address().describe('The virtual IP. No machine has it: switches answer for it.'),
      port: port().describe('Port that clients connect to.'),
    })
    .describe('What clients connect to.');
}

export function algorithm(): z.ZodType<Algorithm> {
  return z
    .enum(['weighted', 'round-robin', 'least-connections', 'source-ip'])
    .prefault('weighted')
    .describe(
      'weighted: by weight; round-robin: alike; least-connections: to whom has the fewest for its weight; source-ip: by client.',
    );
}

export function persistence(): z.ZodType<Persistence & { readonly type: 'source-ip' }> {
  return z
    .strictObject({
      type: z.enum(['source-ip']).prefault('source-ip').describe('What a client is known by.'),
      timeout: duration('1s', '1d').describe('A client stays with its member until it was idle for so long.'),
    })
    .describe('Keeps a client at its member.');
}
