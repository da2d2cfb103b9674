import type { Milliseconds, Ratio } from '@ballast/core';
import type { Sample } from '../load.ts';
import type { HeldConnection } from './clients.ts';
import { type Failover, isInTime } from './failover.ts';
import type { Relocation } from './follow.ts';
import type { FabricPlane } from './plane.ts';

/** What was seen of the fabric in one stretch of the demo. */
export interface FabricStretch {
  readonly samples: readonly Sample[];
  /** The part of new connections that each guest was to get by its weights, in the mean, by the guest's name. */
  readonly shares: ReadonlyMap<string, Ratio>;
}

/** What became of the fabric. */
export interface FabricResult {
  /** Of Open vSwitch. */
  readonly version: string;
  /** Until a guest was killed. */
  readonly sent: number;
  readonly failed: number;
  /** Why requests failed and connections broke, each reason once. */
  readonly reasons: readonly string[];
  /** The connections that were kept open, as they were right before a guest was killed. */
  readonly held: readonly HeldConnection[];
  readonly relocations: readonly Relocation[];
  /** None where the demo was interrupted. */
  readonly failover: Failover | undefined;
}

/** Ends the fabric's traffic and tells what became of it; a guest is killed before that, unless time has run out. */
export async function endOfFabric(
  plane: FabricPlane,
  { interrupted }: { readonly interrupted: boolean },
): Promise<FabricResult> {
  const held = await plane.clients.held();
  const until = performance.now();
  const failover = interrupted ? undefined : await plane.kill();
  if (interrupted) await plane.clients.stop();
  const regular = plane.clients.samples.filter(({ at }) => at < until);
  return {
    version: plane.version,
    sent: regular.length,
    failed: regular.filter(({ guest }) => guest === undefined).length,
    reasons: reasonsOf(regular, held),
    held,
    relocations: plane.relocations,
    failover,
  };
}

function reasonsOf(samples: readonly Sample[], held: readonly HeldConnection[]): readonly string[] {
  const all = [...samples.map(({ why }) => why), ...held.map(({ broken }) => broken)];
  return [...new Set(all.filter((why) => why !== undefined))];
}

/** Connections that are open and were answered all the time. */
export function livingOf({ held }: FabricResult): readonly HeldConnection[] {
  return held.filter(({ guest, broken }) => guest !== undefined && broken === undefined);
}

export function worstStall({ held }: FabricResult): Milliseconds {
  return Math.max(0, ...held.map(({ stall }) => stall));
}

/** Whether no request failed, every connection lived, and a guest that was killed was left alone in time. */
export function fabricSucceeded(result: FabricResult): boolean {
  const { sent, failed, held, failover } = result;
  if (sent === 0 || failed > 0 || livingOf(result).length < held.length) return false;
  return failover === undefined || isInTime(failover);
}
