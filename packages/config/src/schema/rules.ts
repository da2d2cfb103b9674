import { z } from 'zod';
import type { RuleDefinition } from '../types.ts';
import { guestReference, name, nodeName, poolName, tag } from '../values/names.ts';

const KINDS = ['pin', 'affinity', 'anti-affinity', 'ignore'] as const;

export function rules(): z.ZodType<readonly RuleDefinition[]> {
  return z.array(
    z.strictObject({
      name: name().describe('Shown with everything the rule stops or asks for.'),
      kind: z
        .enum(KINDS)
        .describe(
          'pin: only on these nodes; affinity: all on one node; anti-affinity: no two on one node; ignore: never moved.',
        ),
      match: z
        .strictObject({
          tags: z.array(tag()).prefault([]).describe('Guests with any of these tags.'),
          pools: z.array(poolName()).prefault([]).describe('Guests in any of these resource pools.'),
          guests: z.array(guestReference()).prefault([]).describe('Guests by vmid or by name.'),
        })
        .describe('The guests that the rule is about: any that one of the lists names.'),
      nodes: z.array(nodeName()).prefault([]).describe('Of a pin: the nodes its guests may run on.'),
    }),
  );
}
