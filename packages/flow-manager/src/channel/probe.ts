import type { Clock } from '@ballast/core';
import { type ChannelError, silent, slowReader } from './errors.ts';
import type { ChannelLimits } from './options.ts';

/** What can be probed: a connection. */
export interface Probed {
  readonly peer: string;
  /** Messages heard so far. */
  readonly heard: number;
  /** Bytes that the network took so far, and that wait for it. */
  readonly written: number;
  readonly unwritten: number;
  echo(): void;
  fail(reason: ChannelError): void;
}

/**
 * Sends an echo request after each silence, and fails a connection that does not answer, or that sends but takes
 * nothing. Any message counts as a sign of life. Resolves when the connection has ended.
 */
export async function probe(
  probed: Probed,
  clock: Clock,
  { probeInterval, probeTimeout }: Required<ChannelLimits>,
  ended: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      const { heard, written } = probed;
      const stuck = probed.unwritten > 0;
      await clock.sleep(probeInterval, ended);
      if (stuck && probed.unwritten > 0 && probed.written === written) {
        probed.fail(slowReader(probed.peer, probed.unwritten));
      } else if (probed.heard === heard) {
        probed.echo();
        await clock.sleep(probeTimeout, ended);
        if (probed.heard === heard) probed.fail(silent(probed.peer, probeTimeout));
      }
    }
  } catch {
    // The sleep was aborted: the connection has ended.
  }
}
