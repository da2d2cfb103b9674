import { BallastError, type NodeName, nearestNames } from '@ballast/core';
import {
  failNextMigrations,
  nodeDown,
  nodeUp,
  statsHeard,
  statsSilent,
  withClockSkew,
  withLock,
  withMaintenance,
} from '../world/events.ts';
import { nodeOf, type World } from '../world/world.ts';
import type { Entry } from './entry.ts';
import type { ClusterFault } from './faults.ts';
import type { Desk } from './front-desk.ts';

/**
 * Lets a fault befall the cluster.
 * @returns heals it
 * @throws {BallastError} `simulator-options` for a node or entry point that does not exist
 */
export function befall(desk: Desk, entries: readonly Entry[], fault: ClusterFault): () => void {
  const change = (make: (world: World) => World): void => void desk.live.update(make);
  if ('node' in fault) requireNode(desk.live.world, fault.node);
  switch (fault.kind) {
    case 'node-down':
      change((world) => nodeDown(world, fault.node));
      return () => change((world) => nodeUp(world, fault.node));
    case 'stats-stale':
      change((world) => statsSilent(world, fault.node));
      return () => change((world) => statsHeard(world, fault.node));
    case 'node-hangs':
      desk.hanging.add(fault.node);
      return () => void desk.hanging.delete(fault.node);
    case 'clock-skew':
      change((world) => withClockSkew(world, fault.node, fault.skew));
      return () => change((world) => withClockSkew(world, fault.node, 0));
    case 'maintenance':
      change((world) => withMaintenance(world, fault.node, true));
      return () => change((world) => withMaintenance(world, fault.node, false));
    case 'guest-locked':
      change((world) => withLock(world, fault.guest, fault.lock));
      return () => change((world) => withLock(world, fault.guest, undefined));
    case 'quorum-lost':
      change((world) => ({ ...world, quorate: false }));
      return () => change((world) => ({ ...world, quorate: true }));
    case 'entry-down':
      return breakEntry(entries, fault.entry);
    case 'token-revoked':
      return desk.signIn.revoke(fault.token);
    case 'tickets-expired':
      return desk.signIn.expireTickets();
    case 'migration-fails':
      return failMigrations(desk, fault);
  }
}

/** A fault that strikes nothing would prove nothing. */
function requireNode(world: World, name: NodeName): void {
  if (nodeOf(world, name) !== undefined) return;
  const near = nearestNames(
    name,
    world.nodes.map((node) => node.name),
  );
  throw new BallastError('simulator-options', `Expected a node of the simulated cluster, got ${name}.`, {
    hint: near.length === 0 ? 'Its nodes are named pve1, pve2 and so on.' : `The nearest names are ${near.join(', ')}.`,
  });
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
    ...(fault.manner === undefined ? {} : { manner: fault.manner }),
    reason: fault.reason ?? 'aborting',
  };
  desk.live.update((world) => failNextMigrations(world, failure));
  // What is left of it is found by its reason and guest: the count goes down with use.
  const isIt = (other: World['failures'][number]): boolean =>
    other.guest === failure.guest && other.phase === failure.phase && other.reason === failure.reason;
  return () =>
    void desk.live.update((world) => ({ ...world, failures: world.failures.filter((other) => !isIt(other)) }));
}
