import { nodeSampleOf, sampleOf } from '../world/publish.ts';
import { usedOn } from '../world/storage.ts';
import type { World } from '../world/world.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** Figures for those who collect them, and the log of the cluster. */
export const metricHandlers: Handlers = {
  'GET /cluster/metrics/export': exported,
  'GET /cluster/log': log,
};

interface Metric {
  readonly id: string;
  readonly metric: string;
  readonly timestamp: number;
  readonly type: 'gauge' | 'derive';
  readonly value: number;
}

/** The newest figures of every node, guest and storage; those of before `start-time` are left out. */
function exported({ world, params }: Call): Answer {
  const since = params.number('start-time');
  const data = [...nodeMetrics(world), ...guestMetrics(world), ...storageMetrics(world)];
  return { data: { data: data.filter((metric) => metric.timestamp > since) } };
}

function metrics(id: string, at: number, gauges: Record<string, number>, derives: Record<string, number>): Metric[] {
  const timestamp = Math.floor(at / 1000);
  const rows = (values: Record<string, number>, type: Metric['type']): Metric[] =>
    Object.entries(values).map(([metric, value]) => ({ id, metric, timestamp, type, value }));
  return [...rows(gauges, 'gauge'), ...rows(derives, 'derive')];
}

function nodeMetrics(world: World): readonly Metric[] {
  return world.nodes.flatMap((node) => {
    const sample = nodeSampleOf(world, node);
    if (sample === undefined) return [];
    const gauges = {
      uptime: Math.max(0, Math.floor((sample.at - sample.bootedAt) / 1000)),
      cpu_max: node.cores,
      cpu_current: sample.cpu,
      cpu_avg1: sample.runnable,
      mem_total: node.memory,
      mem_used: sample.memory,
    };
    return metrics(`node/${node.name}`, sample.at, gauges, { net_in: sample.netIn, net_out: sample.netOut });
  });
}

function guestMetrics(world: World): readonly Metric[] {
  return world.guests.flatMap((guest) => {
    const sample = sampleOf(world, guest);
    if (sample?.running !== true) return [];
    const gauges = {
      uptime: Math.max(0, Math.floor((sample.at - sample.startedAt) / 1000)),
      cpu_max: guest.vcpus,
      cpu_current: sample.cpu,
      mem_total: guest.memory,
      mem_used: sample.memory,
      disk_total: guest.diskSize,
    };
    return metrics(`${guest.kind}/${guest.id}`, sample.at, gauges, {
      net_in: sample.netIn,
      net_out: sample.netOut,
      disk_read: sample.diskRead,
      disk_write: sample.diskWrite,
    });
  });
}

function storageMetrics(world: World): readonly Metric[] {
  return world.nodes.flatMap((node) =>
    world.storages.flatMap((storage) =>
      metrics(
        `storage/${node.name}/${storage.storage}`,
        world.now,
        { disk_total: storage.size, disk_used: usedOn(world, storage, node.name) },
        {},
      ),
    ),
  );
}

/** Beginnings and ends of tasks, newest first. */
function log({ world, params }: Call): Answer {
  const rows = world.tasks.flatMap((task) => {
    const [user = ''] = task.user.split('!');
    const row = (at: number, msg: string, pri: number): object => ({
      uid: task.pid,
      time: Math.floor(at / 1000),
      msg,
      node: task.node,
      pid: task.pid,
      pri,
      tag: 'pvedaemon',
      user,
    });
    const ended = task.endedAt === undefined ? [] : [row(task.endedAt, `end task ${task.upid} ${task.exit ?? ''}`, 6)];
    return [row(task.startedAt, `starting task ${task.upid}`, 6), ...ended];
  });
  return { data: rows.reverse().slice(0, params.number('max', 50)) };
}
