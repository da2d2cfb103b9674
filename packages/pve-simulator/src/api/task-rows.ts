import type { WorldTask } from '../world/records.ts';

/** A task as lists show it. Some of their numbers are text: so they are in Proxmox VE. */
export function taskRow(task: WorldTask, ofCluster: boolean): Readonly<Record<string, unknown>> {
  const [user, token] = task.user.split('!');
  const ended = task.endedAt !== undefined;
  return {
    upid: task.upid,
    node: task.node,
    pid: task.pid,
    pstart: task.pstart,
    starttime: Math.floor((task.startedAt + (task.clockSkew ?? 0)) / 1000),
    type: task.type,
    id: task.id,
    user,
    ...(token === undefined ? {} : { tokenid: token }),
    ...endOf(task, ofCluster),
    ...(ofCluster ? { saved: ended ? '1' : '0' } : {}),
  };
}

/** The cluster's list says nothing of a task that runs, a node's list says `RUNNING`. */
function endOf(task: WorldTask, ofCluster: boolean): Readonly<Record<string, unknown>> {
  if (task.endedAt === undefined) return ofCluster ? {} : { status: 'RUNNING' };
  const endtime = Math.floor((task.endedAt + (task.clockSkew ?? 0)) / 1000);
  return { endtime: ofCluster ? String(endtime) : endtime, status: task.exit ?? 'unexpected status' };
}
