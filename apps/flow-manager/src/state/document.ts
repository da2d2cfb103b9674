import { EMPTY_REGISTRY, type Lead, type Remembered, registryDocument, rememberedIn } from '@ballast/flow-manager';
import type { DocumentKind } from '@ballast/store';
import { z } from 'zod';
import { NOTHING_STATED, type Stated } from '../stated/stated.ts';

/** What a flow manager keeps on disk. */
export interface Kept extends Remembered {
  /** The role that was taken last. */
  readonly lead?: Lead;
  readonly stated: Stated;
}

/** `flow-manager.json` in the state directory. */
export const STATE: DocumentKind<Kept> = {
  noun: 'state',
  file: 'flow-manager.json',
  schema: 'ballast-flow-manager',
  version: 1,
  empty: { state: EMPTY_REGISTRY, departures: [], stated: NOTHING_STATED },
  loss: 'Services that were made by REST, weights and fencing tokens are forgotten',
  toJson(kept) {
    const document = { ...(registryDocument(kept) as object), ...leadOut(kept.lead), stated: statedOut(kept.stated) };
    // What could not be read back must not replace what can.
    keptIn(document);
    return document;
  },
  fromJson: keptIn,
};

function keptIn(document: unknown): Kept {
  const added = ADDED.safeParse(document);
  if (!added.success) throw new Error(firstFault(added.error));
  const { lead, stated } = added.data;
  return { ...rememberedIn(document), ...(lead !== undefined && { lead }), stated };
}

/** zod's own message is a listing of JSON. */
function firstFault({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined || issue.path.length === 0) return 'it holds none';
  return `${issue.path.map(String).join('.')}: ${issue.message}`;
}

function statedOut({ services, placements, lead }: Stated): unknown {
  return {
    services: [...services].map(([name, weights]) => ({
      name,
      weights: [...weights].map(([guest, weight]) => ({ guest, weight })),
    })),
    placements: [...placements.values()].map(({ at, ...rest }) => ({
      ...rest,
      ...(at !== undefined && { at: { dpid: String(at.dpid), port: at.port } }),
    })),
    ...leadOut(lead),
  };
}

function leadOut(lead: Lead | undefined): object {
  return lead === undefined ? {} : { lead: { role: lead.role, generation: String(lead.generation) } };
}

const whole = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt);

const LEAD: z.ZodType<Lead> = z.object({ role: z.enum(['equal', 'master', 'slave']), generation: whole });

const STATED: z.ZodType<Stated> = z
  .object({
    services: z.array(
      z.object({ name: z.string(), weights: z.array(z.object({ guest: z.int(), weight: z.number().min(0).max(1) })) }),
    ),
    placements: z.array(
      z.object({
        address: z.string(),
        mac: z.string(),
        at: z.object({ dpid: whole, port: z.int() }).exactOptional(),
      }),
    ),
    lead: LEAD.exactOptional(),
  })
  .transform(({ services, placements, lead }) => ({
    services: new Map(
      services.map(({ name, weights }) => [name, new Map(weights.map(({ guest, weight }) => [guest, weight]))]),
    ),
    placements: new Map(placements.map((placement) => [placement.address, placement])),
    ...(lead !== undefined && { lead }),
  }));

const ADDED = z.object({ lead: LEAD.exactOptional(), stated: STATED });
