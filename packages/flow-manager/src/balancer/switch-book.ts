import { describeError } from '@ballast/core';
import type { Datapath } from '../datapath/datapath.ts';
import { summaryOf } from '../datapath/summary.ts';
import type { DesiredState } from '../desired.ts';
import type { SwitchState } from './options.ts';

interface Entry {
  /** The registry's version that it was last given, and how many rows that is. */
  given?: { readonly version: number; readonly rows: { readonly flows: number; readonly groups: number } };
  /** The same once the switch has confirmed them. */
  carried?: Entry['given'];
  problem?: string;
}

/** What is known of each connected switch: which version it was given, which it carries, and what is wrong. */
export class SwitchBook {
  readonly #entries = new Map<Datapath, Entry>();

  has(datapath: Datapath): boolean {
    return this.#entries.has(datapath);
  }

  open(datapath: Datapath): void {
    this.#entries.set(datapath, {});
  }

  close(datapath: Datapath): void {
    this.#entries.delete(datapath);
  }

  given(datapath: Datapath, version: number, { flows, groups }: DesiredState): void {
    const entry = this.#entries.get(datapath);
    if (entry !== undefined) entry.given = { version, rows: { flows: flows.length, groups: groups.length } };
  }

  carried(datapath: Datapath): void {
    const entry = this.#entries.get(datapath);
    if (entry === undefined) return;
    if (entry.given !== undefined) entry.carried = entry.given;
    delete entry.problem;
  }

  failed(datapath: Datapath, error: unknown): void {
    const entry = this.#entries.get(datapath);
    if (entry !== undefined) entry.problem = describeError(error);
  }

  states(): readonly SwitchState[] {
    return [...this.#entries]
      .toSorted(([a], [b]) => (a.id < b.id ? -1 : 1))
      .map(([datapath, { carried, problem }]) => ({
        ...summaryOf(datapath, problem),
        channel: datapath.stats,
        ...(carried !== undefined && { carries: carried.version, rows: carried.rows }),
      }));
  }
}
