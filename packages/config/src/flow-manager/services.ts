import { z } from 'zod';
import { monitor } from '../schema/monitor.ts';
import { algorithm, persistence, vip } from '../schema/virtual.ts';
import { address, mac } from '../values/hosts.ts';
import { name, vmid } from '../values/names.ts';
import { port } from '../values/network.ts';
import { ratio } from '../values/ratio.ts';
import type { MemberConfig, ServiceConfig } from './types.ts';

export function services(): z.ZodType<readonly ServiceConfig[]> {
  return z.array(
    z.strictObject({
      name: name().describe('Name of the service; weights are set by it.'),
      vip: vip(),
      mac: mac().exactOptional().describe('MAC that is answered for the VIP; made of its address when left out.'),
      protocol: z.enum(['tcp', 'udp']).prefault('tcp').describe('What is spread: connections of TCP, or flows of UDP.'),
      algorithm: algorithm(),
      persistence: persistence().exactOptional(),
      monitor: monitor().exactOptional(),
      members: z.array(member()).describe('The guests that serve it; may be empty.'),
    }),
  );
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
