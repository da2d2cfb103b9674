import type { Instant, NodeName } from '@ballast/core';
import type { WorldTask } from './records.ts';
import type { World } from './world.ts';

export interface TaskSpec {
  readonly node: NodeName;
  readonly type: string;
  readonly id: string;
  readonly user: string;
}

/** Adds a task that runs from now on. */
export function startTask(world: World, spec: TaskSpec): { readonly world: World; readonly task: WorldTask } {
  const pid = 1000 + ((world.serial * 7) % 4_000_000);
  const pstart = Math.floor(world.now / 10) % 0xffffffff;
  const clockSkew = world.nodes.find((node) => node.name === spec.node)?.clockSkew ?? 0;
  const task: WorldTask = {
    ...spec,
    pid,
    pstart,
    startedAt: world.now,
    upid: upidOf(spec, pid, pstart, world.now + clockSkew),
    log: [],
    ...(clockSkew === 0 ? {} : { clockSkew }),
  };
  return { world: { ...world, serial: world.serial + 1, tasks: [...world.tasks, task] }, task };
}

/** `UPID:node:PID:PSTART:START:type:id:user:`, numbers in upper-case hexadecimal (PVE/UPID.pm). */
function upidOf(spec: TaskSpec, pid: number, pstart: number, startedAt: Instant): string {
  const start = Math.floor(startedAt / 1000);
  return `UPID:${spec.node}:${hex(pid)}:${hex(pstart)}:${hex(start)}:${spec.type}:${spec.id}:${spec.user}:`;
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}

/** Appends lines to a task's log; migrations stamp theirs with {@link stamp}. */
export function logTask(world: World, upid: string, lines: readonly string[]): World {
  if (lines.length === 0) return world;
  return changeTask(world, upid, (task) => ({ ...task, log: [...task.log, ...lines] }));
}

/** Ends a task, writes its last line and forgets the oldest finished ones beyond the limit. */
export function endTask(world: World, upid: string, exit: string): World {
  const last = exit === 'OK' ? 'TASK OK' : exit.startsWith('WARNINGS') ? `TASK ${exit}` : `TASK ERROR: ${exit}`;
  const ended = changeTask(world, upid, (task) => ({
    ...task,
    endedAt: world.now,
    exit,
    log: [...task.log, last],
  }));
  return forgetTasks(ended);
}

/** Ends a task as a killed worker leaves it: no last line, and a status nobody wrote. */
export function killTask(world: World, upid: string): World {
  return changeTask(world, upid, (task) => ({ ...task, endedAt: world.now, exit: 'unexpected status' }));
}

function changeTask(world: World, upid: string, change: (task: WorldTask) => WorldTask): World {
  return { ...world, tasks: world.tasks.map((task) => (task.upid === upid ? change(task) : task)) };
}

function forgetTasks(world: World): World {
  let excess = world.tasks.filter((task) => task.endedAt !== undefined).length - world.settings.taskLimit;
  if (excess <= 0) return world;
  return { ...world, tasks: world.tasks.filter((task) => task.endedAt === undefined || excess-- <= 0) };
}

/** `YYYY-MM-DD HH:MM:SS text`, in UTC. */
export function stamp(at: Instant, text: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} ${text}`;
}
