import { stopTask } from '../world/events.ts';
import type { WorldTask } from '../world/records.ts';
import { maySee } from './cluster.ts';
import { may, requireAny } from './identity.ts';
import { badParameters } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';
import { taskRow } from './task-rows.ts';

/** `UPID:node:pid:pstart:starttime:type:id:user:` (PVE/UPID.pm). */
const UPID =
  /^UPID:([a-zA-Z0-9-]+):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s]+):([^:\s]*):([^:\s]+):$/;

/** Tasks of a node. */
export const taskHandlers: Handlers = {
  'GET /nodes/{node}/tasks': list,
  'GET /nodes/{node}/tasks/{upid}/status': status,
  'GET /nodes/{node}/tasks/{upid}/log': log,
  'DELETE /nodes/{node}/tasks/{upid}': stop,
};

function list({ world, params, identity }: Call): Answer {
  const node = params.text('node');
  const source = params.optional('source') ?? 'archive';
  const audits = may(identity, `/nodes/${node}`, 'Sys.Audit');
  const tasks = world.tasks
    .filter((task) => task.node === node && maySee(identity.name, audits, task))
    .filter((task) => source === 'all' || (task.endedAt === undefined) === (source === 'active'))
    .filter((task) => matches({ params }, task))
    .reverse();
  const start = params.number('start');
  const limit = params.number('limit', 50);
  return { data: tasks.slice(start, start + limit).map((task) => taskRow(task, false)), total: tasks.length };
}

function matches({ params }: Pick<Call, 'params'>, task: WorldTask): boolean {
  const seconds = Math.floor(task.startedAt / 1000);
  const type = params.optional('typefilter');
  if (type !== undefined && task.type !== type) return false;
  if (params.has('vmid') && task.id !== params.text('vmid')) return false;
  if (!task.user.includes(params.text('userfilter'))) return false;
  if (params.flag('errors') && task.exit === 'OK') return false;
  return seconds >= params.number('since') && seconds <= params.number('until', Number.POSITIVE_INFINITY);
}

/** Numbers of a status are numbers; the token of a user stands beside it. */
function status(call: Call): Answer {
  const task = visibleTask(call);
  const { status: _said, endtime: _end, ...row } = taskRow(task, false);
  return {
    data: {
      ...row,
      status: task.endedAt === undefined ? 'running' : 'stopped',
      ...(task.endedAt === undefined ? {} : { exitstatus: task.exit ?? 'unexpected status' }),
    },
  };
}

function log(call: Call): Answer {
  const lines = visibleTask(call).log;
  if (lines.length === 0) return { data: [{ n: 1, t: 'no content' }], total: 1 };
  const start = call.params.number('start');
  const limit = call.params.number('limit', 50);
  const end = limit === 0 ? lines.length : start + limit;
  const data = lines.slice(start, end).map((t, i) => ({ n: start + i + 1, t }));
  return { data, total: lines.length };
}

function stop(call: Call): Answer {
  const task = taskOfPath(call);
  if (!maySee(call.identity.name, false, task)) {
    requireAny(call.identity, `/nodes/${call.params.text('node')}`, ['Sys.Modify']);
  }
  if (task.endedAt === undefined) call.apply((world) => stopTask(world, task.upid));
  return { data: null };
}

function visibleTask(call: Call): WorldTask {
  const task = taskOfPath(call);
  if (!maySee(call.identity.name, false, task)) {
    requireAny(call.identity, `/nodes/${call.params.text('node')}`, ['Sys.Audit']);
  }
  return task;
}

function taskOfPath({ world, params }: Call): WorldTask {
  const upid = params.text('upid');
  if (!UPID.test(upid)) throw badParameters({ upid: 'unable to parse worker upid' });
  const task = world.tasks.find((entry) => entry.upid === upid && entry.node === params.text('node'));
  if (task === undefined) throw badParameters({ upid: 'no such task' });
  return task;
}
