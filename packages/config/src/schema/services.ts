import type { Carrier, Service } from '@ballast/core';
import { z } from 'zod';
import { name, poolName, tag, vmid } from '../values/names.ts';
import { port } from '../values/network.ts';
import { ratio } from '../values/ratio.ts';
import { template } from '../values/template.ts';
import { overrides } from './targets.ts';

export function services(): z.ZodType<readonly Service[]> {
  return z.array(service());
}

function service(): z.ZodType<Service> {
  return z
    .strictObject({
      name: name().describe(
        'Name of the service; the backend of that name carries it unless a template says otherwise.',
      ),
      port: port().describe('Port that every member serves on.'),
      members: z
        .strictObject({
          tags: z.array(tag()).prefault([]).describe('Guests with any of these tags.'),
          pools: z.array(poolName()).prefault([]).describe('Guests in any of these resource pools.'),
          guests: z.array(vmid()).prefault([]).describe('Guests by vmid.'),
        })
        .describe('The guests that serve it: any that one of the lists names.'),
      protocol: z.enum(['tcp', 'http']).prefault('tcp').describe('What its members speak.'),
      targets: z.array(carrier()).prefault([]).describe('The targets that carry it: names, or mappings with a name.'),
      whileMigrating: z
        .enum(['reduce', 'drain'])
        .prefault('reduce')
        .describe('A member whose guest migrates live gets a lower weight, or no new connections at all.'),
      trafficShare: ratio()
        .prefault('0%')
        .describe(
          "Share of a member's CPU load that follows its traffic: what a lower weight may be counted on to take away.",
        ),
    })
    .transform(({ name: serviceName, port: memberPort, members, targets, ...rest }) => ({
      ...rest,
      name: serviceName,
      algorithm: 'weighted' as const,
      routes: [],
      pool: { members, port: memberPort },
      carriers: targets,
    }));
}

/** A target's name alone, or with what this service is called there. */
function carrier(): z.ZodType<Carrier> {
  const whole = z
    .strictObject({
      name: name().describe('Name of a target.'),
      backend: template().exactOptional().describe("Backend of this service; the target's template when left out."),
      server: template().exactOptional().describe("Servers of this service; the target's template when left out."),
      overrides: overrides().exactOptional().describe('Servers of single guests, before those of the target.'),
    })
    .transform(({ name: target, ...options }) => ({ target, options }));
  return z.union([name().transform((target) => ({ target, options: {} })), whole]);
}
