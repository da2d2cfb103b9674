import { setTimeout as pause } from 'node:timers/promises';
import type { Milliseconds } from '@ballast/core';
import type { Fabric } from '@ballast/ovs-lab';
import type { Sample } from '../load.ts';
import type { Clients } from './clients.ts';
import type { HousedGuest } from './guests.ts';

/** Requests a second while a guest is killed: enough that the dead one is met every few hundredths of a second. */
const RATE = 400;
/** How long a client waits for a connection meanwhile. */
const PATIENCE: Milliseconds = 1000;
/** Before it, so that all that was sent earlier is answered. */
const CALM: Milliseconds = 1000;
/** After the latest moment that is promised: whether new connections went to it longer than that. */
const WATCH: Milliseconds = 1500;
/** From the end of the detection window until no switch sends anything to a dead member. */
const ROLLOUT: Milliseconds = 100;

/** What became of new connections when a guest was killed. */
export interface Failover {
  readonly guest: string;
  /** The longest that its death may go unnoticed, by its monitor. */
  readonly window: Milliseconds;
  /** When the last new connection went to it; after that, every one was answered. */
  readonly lastLost: Milliseconds;
  /** Requests to its service that got no connection, of those that were sent from its death on. */
  readonly lost: number;
  readonly sent: number;
}

/** Kills a guest at once, without a word to anybody, and watches the clients of its service. */
export async function killGuest(
  victim: HousedGuest,
  service: string,
  parts: { readonly fabric: Fabric; readonly clients: Clients; readonly window: Milliseconds },
): Promise<Failover> {
  const { fabric, clients, window } = parts;
  clients.hurry(RATE, PATIENCE);
  await pause(CALM);
  const killedAt = performance.now();
  victim.program.child.kill('SIGKILL');
  await fabric.cut(victim.host);
  await pause(window + ROLLOUT + WATCH);
  await clients.stop();
  return { guest: victim.name, window, ...lossesOf(clients.samples, service, killedAt) };
}

/** What was lost of the requests to a service that began at a moment or later. One that waits for its answer is slow. */
export function lossesOf(
  samples: readonly Sample[],
  service: string,
  from: number,
): Pick<Failover, 'lastLost' | 'lost' | 'sent'> {
  const since = samples.filter((sample) => sample.service === service && sample.at >= from);
  const lost = since.filter(({ guest, why }) => guest === undefined && why !== 'no answer');
  return { sent: since.length, lost: lost.length, lastLost: Math.max(0, ...lost.map(({ at }) => at - from)) };
}

/** Whether no new connection went to the dead guest longer than is promised, and its service was whole within a second. */
export function isInTime({ lastLost, window, sent, lost }: Failover): boolean {
  return sent > lost && lastLost <= Math.min(1000, window + ROLLOUT);
}
