import type { Milliseconds } from './units.ts';

/** Whether the lease was given. */
export type LeaseAnswer =
  | {
      readonly held: true;
      /** Grows with each new holder, and never falls: what comes with an older one is of an operator that was replaced. */
      readonly token: bigint;
    }
  | { readonly held: false /** Who has it. */; readonly by: string };

/** The right to act on a cluster, which one operator has at a time, and for a time. */
export interface LeaseStore {
  /**
   * Takes the lease for `duration` where nobody has it, or prolongs one's own, whose token stays. The duration begins when
   * the store decides, which is after the call: who counts it from before the call never believes in it too long.
   * @throws {BallastError} when the store cannot be reached; whether the lease was taken is not known then
   */
  hold(holder: string, duration: Milliseconds): Promise<LeaseAnswer>;
  /** Gives one's own lease back; that of another is left alone. */
  release(holder: string): Promise<void>;
}
