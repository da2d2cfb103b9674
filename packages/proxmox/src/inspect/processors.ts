import type { Clock, Instant, Milliseconds, NodeName } from '@ballast/core';
import type { Api } from '../wire/api.ts';
import { inner, properties, row, text } from '../wire/fields.ts';

/** The processor of a host, by GET /nodes/{node}/status. */
export interface Processor {
  readonly model: string;
  /** Linux's words of /proc/cpuinfo. */
  readonly flags: ReadonlySet<string>;
}

/** What a virtual machine asks of the processor of its host. */
export interface ProcessorNeed {
  /** The type as its configuration has it, such as `host` or `x86-64-v3`. */
  readonly type: string;
  /** It sees the host's own processor: only one that is the same can take it while it runs. */
  readonly same: boolean;
  readonly flags: readonly string[];
}

const V3 = [
  'aes',
  'popcnt',
  'pni',
  'sse4_1',
  'sse4_2',
  'ssse3',
  'avx',
  'avx2',
  'bmi1',
  'bmi2',
  'f16c',
  'fma',
  'abm',
  'movbe',
  'xsave',
];
const V4 = [...V3, 'avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'];
/**
 * Types that Proxmox VE builds itself, with the flags they need (qemu-server, PVE::QemuServer::CPUConfig). Each processor that
 * runs Proxmox VE has those of the lower levels.
 */
const LEVELS: Readonly<Record<string, readonly string[]>> = { 'x86-64-v3': V3, 'x86-64-v4': V4 };
const SAME = ['host', 'max'];

/**
 * What a virtual machine asks, by `cpu` of its configuration; nothing where any host will do, and where it is left to Proxmox
 * VE: models of QEMU, custom ones and single flags, with which a guest does not start on a host that lacks something.
 */
export function processorNeed(cpu: string | undefined): ProcessorNeed | undefined {
  const { '': plain, cputype } = properties(cpu);
  const type = cputype ?? plain ?? 'kvm64';
  const flags = Object.hasOwn(LEVELS, type) ? (LEVELS[type] ?? []) : [];
  const same = SAME.includes(type);
  return same || flags.length > 0 ? { type, same, flags } : undefined;
}

/** Why a host cannot take a guest that runs on another, in words; nothing when it can, and when nobody knows. */
export function explainProcessor(
  { type, same, flags }: ProcessorNeed,
  from: Processor | undefined,
  to: Processor | undefined,
): string | undefined {
  if (to === undefined) return undefined;
  if (same) {
    if (from === undefined) return undefined;
    if (from.model !== to.model)
      return `its CPU type is ${type}, and the processors differ (${from.model} here, ${to.model} there)`;
    const missing = [...from.flags].filter((flag) => !to.flags.has(flag));
    return missing.length === 0 ? undefined : `its CPU type is ${type}, and the processor there lacks ${some(missing)}`;
  }
  const missing = flags.filter((flag) => !to.flags.has(flag));
  return missing.length === 0
    ? undefined
    : `its CPU type ${type} needs ${some(missing)}, which the processor there lacks`;
}

function some(flags: readonly string[]): string {
  const [first, second, third] = flags;
  const named = [first, second, third].filter((flag) => flag !== undefined);
  return flags.length > 3 ? `${named.join(', ')} and ${flags.length - 3} more` : named.join(', ');
}

/** A processor is changed while its node is down: twice a day is often enough. */
const KEEP: Milliseconds = 12 * 3_600_000;
/** A node that did not answer is asked again. */
const RETRY: Milliseconds = 10 * 60_000;

/** The processors of the hosts: one request a node, twice a day. */
export class ProcessorBook {
  readonly #clock: Clock;
  readonly #known = new Map<NodeName, { readonly processor: Processor | undefined; readonly readAt: Instant }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is known now. */
  get(node: NodeName): Processor | undefined {
    return this.#known.get(node)?.processor;
  }

  /** Whether a node was asked, whatever came of it. */
  asked(node: NodeName): boolean {
    return this.#known.has(node);
  }

  /**
   * Reads those that are not known, or were read long ago, the first ones first.
   * @param most requests now; the others are read in the next round
   */
  async read(nodes: readonly NodeName[], api: Api, most: number): Promise<void> {
    const now = this.#clock.now();
    const due = [...new Set(nodes)].filter((node) => {
      const known = this.#known.get(node);
      return known === undefined || now - known.readAt >= (known.processor === undefined ? RETRY : KEEP);
    });
    await Promise.all(
      due.slice(0, Math.max(0, most)).map(async (node) => {
        const processor = await readProcessor(node, api).catch(() => undefined);
        this.#known.set(node, { processor: processor ?? this.#known.get(node)?.processor, readAt: now });
      }),
    );
  }
}

async function readProcessor(node: NodeName, api: Api): Promise<Processor | undefined> {
  const info = inner(row(await api.nodes.$(node).status.$get(), `the status of ${node}`), 'cpuinfo');
  const [model, flags] = [text(info, 'model'), text(info, 'flags')];
  if (model === undefined || flags === undefined) return undefined;
  return { model, flags: new Set(flags.split(/\s+/).filter((flag) => flag !== '' && !MOOD.has(flag))) };
}

/** Flags that come and go with settings of the kernel, and that a guest does not see. */
const MOOD: ReadonlySet<string> = new Set([
  'rep_good',
  'nopl',
  'cpuid',
  'aperfmperf',
  'ibpb',
  'ssbd',
  'ibrs',
  'stibp',
  'pti',
]);
