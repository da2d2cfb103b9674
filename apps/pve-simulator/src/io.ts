import type { Instant } from '@ballast/core';

/** The surroundings of the program. Tests bring their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Reads a file whole. */
  readonly readFile: (file: string) => Promise<Uint8Array>;
  readonly now: () => Instant;
  /** Resolves when the program is asked to stop. */
  readonly stopped: () => Promise<unknown>;
}
