import type { ServiceSpec } from '@ballast/flow-manager';

/** What the demo's flow manager is told when it starts. */
export interface ManagerTask {
  readonly listen: { readonly host: string; readonly port: number };
  /** Of its REST API. */
  readonly token: string;
  readonly services: readonly ServiceSpec[];
  /** Ports of switches that lead to other switches. */
  readonly links: readonly { readonly dpid: bigint; readonly port: number; readonly to: bigint }[];
}

/** What it says when it listens. */
export interface ManagerReport {
  /** Of its REST API. */
  readonly url: string;
  /** Where switches find it, in their words. */
  readonly controller: string;
}

export function taskText(task: ManagerTask): string {
  return JSON.stringify(task, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

export function taskOf(text: string): ManagerTask {
  const { links, ...rest } = JSON.parse(text) as Omit<ManagerTask, 'links'> & {
    readonly links: readonly { readonly dpid: string; readonly port: number; readonly to: string }[];
  };
  return { ...rest, links: links.map(({ dpid, port, to }) => ({ dpid: BigInt(dpid), port, to: BigInt(to) })) };
}
