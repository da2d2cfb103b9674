import { BallastError } from '@ballast/core';
import { failNextMigrations, nodeDown, nodeUp, statsHeard, statsSilent } from '../world/events.ts';
import type { World } from '../world/world.ts';
import type { Entry } from './entry.ts';
import type { ClusterFault } from './faults.ts';
import type { Desk } from './front-desk.ts';

/**
 * Lets a fault befall the cluster.
 * @returns heals it
 */
export function befall(desk: Desk, entries: readonly Entry[], fault: ClusterFault): () => void {
  const change = (make: (world: World) => World): void => void desk.live.update(make);
  switch (fault.kind) {
    case 'node-down':
      change((world) => nodeDown(world, fault.node));
      return () => change((world) => nodeUp(world, fault.node));
    case 'stats-stale':
      change((world) => statsSilent(world, fault.node));
      return () => change((world) => statsHeard(world, fault.node));
    case 'quorum-lost':
      change((world) => ({ ...world, quorate: false }));
      return () => change((world) => ({ ...world, quorate: true }));
    case 'entry-down':
      return breakEntry(entries, fault.entry);
    case 'token-revoked':
      return desk.signIn.revoke(fault.token);
    case 'tickets-expired':
      return desk.signIn.expireTickets(desk.live.world.now);
    case 'migration-fails':
      return failMigrations(desk, fault);
  }
}

function breakEntry(entries: readonly Entry[], index: number): () => void {
  const entry = entries[index];
  if (entry === undefined) throw new BallastError('simulator-options', `Expected an entry point, got ${index}.`);
  entry.broken = true;
  entry.server.closeAllConnections();
  return () => {
    entry.broken = false;
  };
}

function failMigrations(desk: Desk, fault: Extract<ClusterFault, { kind: 'migration-fails' }>): () => void {
  const failure = {
    ...(fault.guest === undefined ? {} : { guest: fault.guest }),
    times: fault.times ?? 1,
    phase: fault.phase ?? 'copy',
    reason: fault.reason ?? 'aborting',
  };
  desk.live.update((world) => failNextMigrations(world, failure));
  // What is left of it is found by its reason and guest: the count goes down with use.
  const isIt = (other: World['failures'][number]): boolean =>
    other.guest === failure.guest && other.phase === failure.phase && other.reason === failure.reason;
  return () =>
    void desk.live.update((world) => ({ ...world, failures: world.failures.filter((other) => !isIt(other)) }));
}
