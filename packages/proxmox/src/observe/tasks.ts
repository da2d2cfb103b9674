import type { ClusterTask } from '@ballast/core';
import { neededText, number, type Row, rows, text } from '../wire/fields.ts';

/** The running tasks of GET /cluster/tasks: those that have neither an end nor a result. */
export function readTasks(answer: unknown): readonly ClusterTask[] {
  return rows(answer, 'the tasks of the cluster').filter(isRunning).map(readTask);
}

function isRunning(from: Row): boolean {
  const status = text(from, 'status');
  return number(from, 'endtime') === undefined && (status === undefined || status.toUpperCase() === 'RUNNING');
}

function readTask(from: Row): ClusterTask {
  const guest = text(from, 'id');
  return {
    id: neededText(from, 'upid', 'a task'),
    node: neededText(from, 'node', 'a task'),
    type: text(from, 'type') ?? 'unknown',
    startedAt: (number(from, 'starttime') ?? 0) * 1000,
    ...(guest !== undefined && /^\d+$/.test(guest) ? { guest: Number(guest) } : {}),
  };
}
