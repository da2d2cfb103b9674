import { type History, MIGRATION_REASONS, RESOURCES, STEP_STATES } from '@ballast/core';
import { z } from 'zod';

const usage = z.object({ cpu: z.number(), memory: z.number() });
/** JSON has only texts for keys. */
const guestKey = z.string().regex(/^[1-9]\d*$/);

const shift = z.object({ from: z.number(), to: z.number() });

const move = z.object({
  guest: z.int().positive(),
  from: z.string(),
  to: z.string(),
  startedAt: z.number(),
  foundAt: z.number().exactOptional(),
  task: z.string().exactOptional(),
  endedAt: z.number().exactOptional(),
  outcome: z.enum(['running', 'done', 'failed', 'aborted']),
  state: z.enum(STEP_STATES).exactOptional(),
  name: z.string().exactOptional(),
  reason: z.enum(MIGRATION_REASONS).exactOptional(),
  why: z.array(z.string()).exactOptional(),
  plan: z.string().exactOptional(),
  by: z.string().exactOptional(),
  detail: z.string().exactOptional(),
  overdue: z.literal(true).exactOptional(),
  projected: z.object({ resource: z.enum(RESOURCES), before: shift, expected: shift }).exactOptional(),
  verified: z.object({ expected: shift, observed: shift, kept: z.boolean() }).exactOptional(),
  memory: z.number().nonnegative().exactOptional(),
  transferred: z.number().nonnegative().exactOptional(),
  downtime: z.number().nonnegative().exactOptional(),
  disks: z.number().nonnegative().exactOptional(),
});

const gain = z.object({
  resource: z.enum(RESOURCES),
  fromBefore: z.number(),
  fromAfter: z.number(),
  toBefore: z.number(),
  toAfter: z.number(),
});

const step = z.object({
  guest: z.int().positive(),
  guestName: z.string(),
  kind: z.enum(['qemu', 'lxc']),
  from: z.string(),
  to: z.string(),
  mode: z.enum(['live', 'restart', 'offline']),
  reason: z.enum(MIGRATION_REASONS),
  why: z.array(z.string()),
  gain,
  cost: z.object({ bytes: z.number(), duration: z.number(), downtime: z.number(), disks: z.number().exactOptional() }),
  wave: z.int().exactOptional(),
});

const proposal = z.object({ id: z.string(), steps: z.array(step), since: z.number(), seen: z.number() });

const plan = z.object({
  id: z.string(),
  by: z.string(),
  approvedAt: z.number().exactOptional(),
  beganAt: z.number(),
  steps: z.array(
    z.object({
      ...step.pick({ guest: true, from: true, to: true, reason: true, why: true }).shape,
      name: z.string(),
      state: z.enum(STEP_STATES),
      detail: z.string().exactOptional(),
    }),
  ),
});

const bothWays = z.object({ received: z.number().nonnegative(), sent: z.number().nonnegative() });

const guest = z.object({
  smoothed: usage,
  samples: z.int().nonnegative(),
  node: z.string(),
  network: z.object({ carried: bothWays, since: z.number(), rate: bothWays.exactOptional() }).exactOptional(),
});

/** A history, as version 1 writes it. */
export const historySchema: z.ZodType<History> = z.object({
  nodes: z.record(z.string(), z.object({ smoothed: usage, roundsOver: z.int().nonnegative() })),
  guests: z.record(guestKey, guest),
  moves: z.array(move),
  weights: z.record(z.string(), z.number().min(0).max(1)),
  borrowed: z
    .record(
      z.string(),
      z.record(guestKey, z.object({ weight: z.number().min(0).max(1), state: z.enum(['ready', 'drain']) })),
    )
    .exactOptional(),
  proposals: z.array(proposal).exactOptional(),
  plans: z.array(plan).exactOptional(),
});
