import { z } from 'zod';
import { amount, guestId, having, list, named, oneOf, positive, text, texts } from './values.ts';

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

/** A name of a node must be one: what has none cannot be the target of a migration. */
const nodeName = z.string('the name of a node').min(1, 'the name of a node');
const byLabel = named(texts).optional();

const node = having({
  name: nodeName,
  cpu: positive,
  mem: positive,
  netMbps: positive.optional(),
  labels: named(text).optional(),
});

const guest = having({
  id: guestId,
  name: text,
  type: oneOf(['vm', 'ct']),
  vcpu: amount,
  memTotal: amount,
  memUsed: amount,
  cpuUsed: amount,
  dirtyMBps: amount.default(0),
  diskTotal: amount.default(0),
  storage: text,
  affinity: texts.default([]),
  antiAffinity: texts.default([]),
  affinityBy: byLabel,
  antiAffinityBy: byLabel,
  pin: texts.default([]),
  node: text,
});

/** What is needed of `bench-cluster/1`: synthetic clusters for benchmarks. More may be there. */
export const benchCluster: z.ZodType<BenchCluster> = z.object({
  schema: z.literal('bench-cluster/1'),
  name: text,
  overhead: having({ cpu: amount, mem: amount }).default({ cpu: 0, mem: 0 }),
  nodes: list(node),
  guests: list(guest),
});
