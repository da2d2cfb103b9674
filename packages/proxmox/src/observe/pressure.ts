import { type Clock, clamp, type Instant, type Milliseconds, type NodeName, type Pressure } from '@ballast/core';
import type { Api } from '../wire/api.ts';
import { number, type Row, rows } from '../wire/fields.ts';

/** Proxmox VE writes one row a minute: reading more often would bring the same. */
const KEEP: Milliseconds = 55_000;

/** Pressure stall information of the hosts (Proxmox VE 9): one request per node, once a minute. */
export class PressureBook {
  readonly #clock: Clock;
  readonly #known = new Map<NodeName, { readonly pressure: Pressure | undefined; readonly readAt: Instant }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * An aid, not a need: a node whose pressure cannot be read is left out, and asked again in a minute.
   * @param most requests now; the nodes that were read longest ago come first, the others in the next round
   */
  async read(
    nodes: readonly NodeName[],
    api: Api,
    most: number,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<NodeName, Pressure>> {
    const now = this.#clock.now();
    const readAt = (node: NodeName): Instant => this.#known.get(node)?.readAt ?? Number.NEGATIVE_INFINITY;
    const due = nodes
      .filter((node) => now - readAt(node) >= KEEP)
      .sort((a, b) => (readAt(a) < readAt(b) ? -1 : readAt(a) > readAt(b) ? 1 : 0))
      .slice(0, most);
    await Promise.all(
      due.map(async (node) => {
        const pressure = await readPressure(node, api).catch(() => undefined);
        this.#known.set(node, { pressure, readAt: now });
      }),
    );
    signal?.throwIfAborted();
    return new Map(
      nodes.flatMap((node) => {
        const pressure = this.#known.get(node)?.pressure;
        return pressure === undefined ? [] : [[node, pressure] as const];
      }),
    );
  }
}

async function readPressure(node: NodeName, api: Api): Promise<Pressure | undefined> {
  const answer = await api.nodes.$(node).rrddata.$get({ timeframe: 'hour', cf: 'AVERAGE' });
  const newest = rows(answer, `the history of ${node}`).findLast(
    (from) => number(from, 'pressurecpusome') !== undefined,
  );
  return newest === undefined ? undefined : pressureOf(newest);
}

/** The rows are in percent. */
function pressureOf(from: Row): Pressure {
  const ratio = (key: string): number => clamp((number(from, key) ?? 0) / 100, 0, 1);
  return {
    cpuSome: ratio('pressurecpusome'),
    memorySome: ratio('pressurememorysome'),
    memoryFull: ratio('pressurememoryfull'),
    ioSome: ratio('pressureiosome'),
    ioFull: ratio('pressureiofull'),
  };
}
