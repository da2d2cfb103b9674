import { z } from 'zod';
import type { Recorded } from './recorded.ts';

/** A synthetic cluster; sizes in bytes, `cpuUsed` in cores. */
export interface BenchCluster {
  readonly schema: 'bench-cluster/1';
  readonly name: string;
  /** What each node uses itself. */
  readonly overhead: { readonly cpu: number; readonly mem: number };
  readonly nodes: readonly {
    readonly name: string;
    readonly cpu: number;
    readonly mem: number;
    readonly netMbps?: number | undefined;
    /** Such as `{ rack: 'a' }`. */
    readonly labels?: Readonly<Record<string, string>> | undefined;
  }[];
  readonly guests: readonly {
    readonly id: number;
    readonly name: string;
    readonly type: 'vm' | 'ct';
    readonly vcpu: number;
    readonly memTotal: number;
    readonly memUsed: number;
    readonly cpuUsed: number;
    readonly dirtyMBps: number;
    readonly diskTotal: number;
    readonly storage: string;
    readonly affinity: readonly string[];
    readonly antiAffinity: readonly string[];
    /** By label: groups that belong in one rack, and groups of which no two may share one. */
    readonly affinityBy?: Readonly<Record<string, readonly string[]>> | undefined;
    readonly antiAffinityBy?: Readonly<Record<string, readonly string[]>> | undefined;
    readonly pin: readonly string[];
    readonly node: string;
  }[];
}

const amount = z.number().nonnegative();
const byLabel = z.record(z.string(), z.array(z.string())).optional();

/** What is needed of `bench-cluster/1`: synthetic clusters for benchmarks. More may be there. */
export const benchCluster: z.ZodType<BenchCluster> = z.object({
  schema: z.literal('bench-cluster/1'),
  name: z.string(),
  overhead: z.object({ cpu: amount, mem: amount }).default({ cpu: 0, mem: 0 }),
  nodes: z.array(
    z.object({
      name: z.string().min(1),
      cpu: amount,
      mem: amount,
      netMbps: z.number().positive().optional(),
      labels: z.record(z.string(), z.string()).optional(),
    }),
  ),
  guests: z.array(
    z.object({
      id: z.int().positive(),
      name: z.string(),
      type: z.enum(['vm', 'ct']),
      vcpu: amount,
      memTotal: amount,
      memUsed: amount,
      cpuUsed: amount,
      dirtyMBps: amount.default(0),
      diskTotal: amount.default(0),
      storage: z.string(),
      affinity: z.array(z.string()).default([]),
      antiAffinity: z.array(z.string()).default([]),
      affinityBy: byLabel,
      antiAffinityBy: byLabel,
      pin: z.array(z.string()).default([]),
      node: z.string(),
    }),
  ),
});

const usage = z.object({ cpu: z.number(), memory: z.number() });

/** A snapshot that `ballast snapshot` wrote. What planning does not read is passed through. */
const written = z.object({
  schema: z.literal('ballast-snapshot/1'),
  snapshot: z.looseObject({
    id: z.string(),
    takenAt: z.number(),
    cluster: z.string(),
    quorate: z.boolean(),
    nodes: z.array(
      z.looseObject({
        name: z.string(),
        status: z.enum(['online', 'offline', 'unknown']),
        maintenance: z.boolean(),
        capacity: usage,
        usage,
      }),
    ),
    guests: z.array(
      z.looseObject({
        id: z.int(),
        kind: z.enum(['qemu', 'lxc']),
        name: z.string(),
        node: z.string(),
        status: z.enum(['running', 'stopped', 'paused', 'unknown']),
        template: z.boolean(),
        capacity: usage,
        usage,
        tags: z.array(z.string()),
      }),
    ),
    rules: z.array(z.looseObject({ kind: z.string(), guests: z.array(z.number()) })),
    tasks: z.array(z.looseObject({ id: z.string(), type: z.string() })),
    nativeBalancer: z.object({ active: z.boolean(), guests: z.array(z.number()) }),
    facts: z.record(z.string(), z.looseObject({ guest: z.number() })),
  }),
  rules: z.array(z.looseObject({ kind: z.string(), guests: z.array(z.number()) })),
  history: z.looseObject({
    nodes: z.record(z.string(), z.unknown()),
    guests: z.record(z.string(), z.unknown()),
    moves: z.array(z.unknown()),
    weights: z.record(z.string(), z.number()),
  }),
  balance: z.looseObject({ maxSteps: z.number(), sustain: z.number() }),
});

/** The fields that are not named above were written by Ballast itself, from the same types. */
export const recordedSnapshot: z.ZodType<Recorded> = written as unknown as z.ZodType<Recorded>;
