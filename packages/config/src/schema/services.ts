import type { Carrier, Service } from '@ballast/core';
import { z } from 'zod';
import { datapath } from '../values/datapath.ts';
import { name, poolName, tag, vmid } from '../values/names.ts';
import { port } from '../values/network.ts';
import { ratio } from '../values/ratio.ts';
import { type Reading, scalar } from '../values/scalar.ts';
import { template } from '../values/template.ts';
import { monitor } from './monitor.ts';
import { overrides } from './targets.ts';
import { algorithm, persistence, vip } from './virtual.ts';

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
      protocol: z.enum(['tcp', 'udp', 'http']).prefault('tcp').describe('What its members speak.'),
      vip: vip().exactOptional().describe('What clients connect to, where a flow manager carries the service.'),
      algorithm: algorithm(),
      persistence: persistence().exactOptional(),
      monitor: monitor().exactOptional(),
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
      routes: [],
      pool: { members, port: memberPort },
      carriers: targets,
    }));
}

/** OFPG_MAX: those above are reserved. */
const LARGEST_GROUP = 0xffff_ff00;

/** A target's name alone, or with what this service is there. What is of which kind: checks/targets.ts. */
function carrier(): z.ZodType<Carrier> {
  const whole = z
    .strictObject({
      name: name().describe('Name of a target.'),
      backend: template()
        .exactOptional()
        .describe("haproxy: backend of this service; the target's template when left out."),
      server: template()
        .exactOptional()
        .describe("haproxy: servers of this service; the target's template when left out."),
      overrides: overrides().exactOptional().describe('haproxy: servers of single guests, before those of the target.'),
      service: name()
        .exactOptional()
        .describe('flow-manager: what this service is called there; its own name when left out.'),
      manage: z
        .boolean()
        .exactOptional()
        .describe("flow-manager: make this service there; as the target's when left out."),
      group: z.int().min(0).max(LARGEST_GROUP).exactOptional().describe('ryu: id of the SELECT group that carries it.'),
      datapaths: z
        .array(datapath())
        .min(1)
        .exactOptional()
        .describe("ryu: the switches that have its group, where they are not the target's."),
      buckets: buckets()
        .exactOptional()
        .describe('ryu: what the bucket of a guest has, by name or vmid: an output port, or a text that it sets.'),
    })
    .transform(({ name: target, ...options }) => ({ target, options }));
  return z.union([name().transform((target) => ({ target, options: {} })), whole]);
}

/** Guest name or vmid -> the number of a port, or what the bucket sets. */
function buckets(): z.ZodType<Readonly<Record<string, string | number>>> {
  const expected = 'the number of a port, or what the bucket sets, such as 10.0.0.5';
  return z.record(
    z.string(),
    scalar(
      (value): Reading<string | number> => {
        const isPort = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_GROUP;
        return isPort || (typeof value === 'string' && value.trim() !== '') ? { value } : { expected };
      },
      { type: ['integer', 'string'] },
    ),
  );
}
