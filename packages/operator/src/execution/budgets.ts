import type { Budgets, ClusterTask, Instant, Migration, MoveRecord, NodeName } from '@ballast/core';
import { openingAt } from './windows.ts';

const HOUR = 3_600_000;

/** A migration of ours that runs, or may run. */
export type Underway = Pick<Migration, 'guest' | 'from' | 'to'>;

/** Why a step has to wait. */
export type Wait = 'closed' | 'backup' | 'concurrent' | 'concurrent-per-node' | 'per-hour';

export interface AdmitInput {
  readonly step: Migration;
  readonly running: readonly Underway[];
  /** Migrations that somebody else runs, by the nodes they are known to touch. */
  readonly foreign: readonly ClusterTask[];
  readonly moves: readonly MoveRecord[];
  /** Nodes that a backup keeps busy: they neither send nor receive. */
  readonly backups?: ReadonlySet<NodeName>;
  readonly budgets: Budgets;
  readonly now: Instant;
  /** By the wall clock, for windows. */
  readonly wall: Instant;
}

/**
 * Whether a step may start now, or which budget it waits for.
 * A node counts each migration it takes part in, as source or as target: a guest stands on both while it moves.
 */
export function admit(input: AdmitInput): Wait | undefined {
  const { step, running, foreign, moves, budgets, now } = input;
  if (!openingAt(budgets, input.wall).open) return 'closed';
  if (input.backups?.has(step.from) || input.backups?.has(step.to)) return 'backup';
  if (running.length + foreign.length >= budgets.concurrent) return 'concurrent';
  const busy = (node: NodeName): number =>
    running.filter((other) => other.from === node || other.to === node).length +
    foreign.filter((task) => task.node === node).length;
  if (busy(step.from) >= budgets.concurrentPerNode || busy(step.to) >= budgets.concurrentPerNode) {
    return 'concurrent-per-node';
  }
  const { concurrentIn = budgets.concurrentPerNode, concurrentOut = budgets.concurrentPerNode } = budgets;
  const arriving = running.filter(({ to }) => to === step.to).length;
  // Whose migrations these are is known by the node that they leave.
  const leaving = [...running.map(({ from }) => from), ...foreign.map(({ node }) => node)];
  if (arriving >= concurrentIn || leaving.filter((node) => node === step.from).length >= concurrentOut) {
    return 'concurrent-per-node';
  }
  const lastHour = moves.filter((move) => move.startedAt > now - HOUR).length;
  return lastHour >= budgets.perHour ? 'per-hour' : undefined;
}

/** Tasks that move a guest. Proxmox VE's words. */
const MIGRATION_TASKS = new Set(['qmigrate', 'vzmigrate', 'hamigrate']);

export function isMigrationTask({ type }: ClusterTask): boolean {
  return MIGRATION_TASKS.has(type);
}

/** The migrations among the running tasks that are not ours. */
export function foreignMigrations(
  tasks: readonly ClusterTask[],
  ours: readonly Pick<Migration, 'guest'>[],
): readonly ClusterTask[] {
  const moving = new Set(ours.map((step) => step.guest));
  return tasks.filter((task) => isMigrationTask(task) && (task.guest === undefined || !moving.has(task.guest)));
}

/**
 * Ours that run now: the steps of an execution, and what the history says was begun and of which nobody knows yet that
 * it ended. A request whose answer was lost counts until the cluster has told what became of it.
 */
export function underway(steps: readonly Migration[], moves: readonly MoveRecord[]): readonly Underway[] {
  const guests = new Set(steps.map((step) => step.guest));
  return [...steps, ...moves.filter((move) => move.outcome === 'running' && !guests.has(move.guest))];
}
