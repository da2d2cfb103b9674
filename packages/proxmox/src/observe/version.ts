import type { Clock, Instant, Milliseconds } from '@ballast/core';
import type { Api } from '../wire/api.ts';
import { neededText, row } from '../wire/fields.ts';

/** A cluster is upgraded node by node, over hours. */
const KEEP: Milliseconds = 10 * 60_000;

export interface PveVersion {
  /** Such as `9.2.11`. */
  readonly text: string;
  readonly major: number;
}

/** Remembers the version of Proxmox VE. */
export class VersionBook {
  readonly #clock: Clock;
  #known: { readonly version: PveVersion; readonly readAt: Instant } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async read(api: Api): Promise<PveVersion> {
    const known = this.#known;
    if (known !== undefined && this.#clock.now() - known.readAt < KEEP) return known.version;
    const text = neededText(row(await api.version.$get(), 'the version'), 'version', 'the version');
    const version = { text, major: Number.parseInt(text, 10) };
    this.#known = { version, readAt: this.#clock.now() };
    return version;
  }
}
