import type { Monitor } from '@ballast/core';
import { z } from 'zod';
import { duration } from '../values/duration.ts';
import { address, mac } from '../values/hosts.ts';
import { name, vmid } from '../values/names.ts';
import { port } from '../values/network.ts';
import { ratio } from '../values/ratio.ts';
import { type Reading, scalar } from '../values/scalar.ts';
import type { MemberConfig, ServiceConfig } from './types.ts';

export function services(): z.ZodType<readonly ServiceConfig[]> {
  return z.array(
    z.strictObject({
      name: name().describe('Name of the service; weights are set by it.'),
      vip: z
        .strictObject({
          address: address().describe('The virtual IP. No machine has it: switches answer for it.'),
          port: port().describe('Port that clients connect to.'),
        })
        .describe('What clients connect to.'),
      mac: mac().exactOptional().describe('MAC that is answered for the VIP; made of its address when left out.'),
      protocol: z.enum(['tcp', 'udp']).prefault('tcp').describe('What is spread: connections of TCP, or flows of UDP.'),
      algorithm: z
        .enum(['weighted', 'round-robin', 'least-connections', 'source-ip'])
        .prefault('weighted')
        .describe(
          'weighted: by weight; round-robin: alike; least-connections: to whom has the fewest for its weight; source-ip: by client.',
        ),
      persistence: persistence().exactOptional(),
      monitor: monitor().exactOptional(),
      members: z.array(member()).describe('The guests that serve it; may be empty.'),
    }),
  );
}

function persistence(): z.ZodType<NonNullable<ServiceConfig['persistence']>> {
  return z
    .strictObject({
      type: z.enum(['source-ip']).prefault('source-ip').describe('What a client is known by.'),
      timeout: duration('1s', '1d').describe('A client stays with its member until it was idle for so long.'),
    })
    .describe('Keeps a client at its member.');
}

function member(): z.ZodType<MemberConfig> {
  return z.strictObject({
    guest: vmid('Members are named by the vmid of their guest.').describe('Its vmid.'),
    address: address().describe('Its address, of the same family as the VIP.'),
    port: port().describe('Port that it serves on.'),
    weight: ratio()
      .exactOptional()
      .describe('Its share relative to the others; 100% at first when left out, and then what the operator sets.'),
  });
}

const HTTP = { method: 'GET', path: '/', expectedCodes: [200] } as const;

function monitor(): z.ZodType<Monitor> {
  return z
    .strictObject({
      type: z
        .enum(['ping', 'tcp', 'http'])
        .describe('ping: answers an echo; tcp: takes a connection; http: answers a request.'),
      delay: duration('100ms', '1h').prefault('2s').describe('From the start of a probe to the start of the next.'),
      timeout: duration('100ms', '5m').prefault('1s').describe('Longest wait for the answer to a probe.'),
      maxRetries: z.int().min(1).max(100).prefault(2).describe('Successes in a row before a member is taken back.'),
      maxRetriesDown: z.int().min(1).max(100).prefault(3).describe('Failures in a row before it is taken out.'),
      http: http().exactOptional().describe('The request of the type http.'),
    })
    .describe('Health checks of the members; none when left out.')
    .transform(({ http: stated, ...rest }) => {
      if (rest.type !== 'http') return rest;
      return { ...rest, http: { ...(stated ?? HTTP), expectedCodes: [...(stated ?? HTTP).expectedCodes] } };
    });
}

function http(): z.ZodType<NonNullable<Monitor['http']>> {
  return z.strictObject({
    method: text('^[A-Z]{1,16}$', 'a method of HTTP, such as GET or HEAD')
      .prefault(HTTP.method)
      .describe('Its method.'),
    path: text('^/[!-~]*$', 'a path that begins with /').prefault(HTTP.path).describe('Its path.'),
    expectedCodes: z
      .array(z.int().min(100).max(599))
      .min(1)
      .prefault([...HTTP.expectedCodes])
      .describe('Status codes of a member that is well.'),
  });
}

function text(pattern: string, expected: string): z.ZodType<string> {
  const expression = new RegExp(pattern);
  return scalar(
    (value): Reading<string> => (typeof value === 'string' && expression.test(value) ? { value } : { expected }),
    { type: 'string', pattern },
  );
}
