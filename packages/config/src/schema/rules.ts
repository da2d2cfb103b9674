import { z } from 'zod';
import type { Config, RuleDefinition } from '../types.ts';
import { guestReference, labelName, labelValue, name, nodeName, poolName, tag } from '../values/names.ts';

const KINDS = ['pin', 'affinity', 'anti-affinity', 'ignore'] as const;

export function labels(): z.ZodType<Config['labels']> {
  const checked = (keys: z.ZodType<string>, names: readonly string[]): readonly string[] =>
    names.flatMap((key) => keys.safeParse(key).error?.issues[0]?.message ?? []);
  return z.record(z.string(), z.record(z.string(), labelValue())).superRefine((value, context) => {
    const report = (path: string[], message: string | undefined): void => {
      const params = { expected: message, got: JSON.stringify(path.at(-1)) };
      if (message !== undefined) context.addIssue({ code: 'custom', message, path, params });
    };
    for (const [node, own] of Object.entries(value)) {
      report([node], checked(nodeName(), [node])[0]);
      for (const label of Object.keys(own)) report([node, label], checked(labelName(), [label])[0]);
    }
  });
}

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
      topology: labelName()
        .exactOptional()
        .describe('A label of nodes that stands in for the node: all in one rack, no two in one rack, only in these.'),
      places: z
        .array(labelValue())
        .exactOptional()
        .describe('Of a pin with a topology: the values of that label its guests may run at.'),
    }),
  );
}
