import type { GuestId } from '@ballast/core';
import { splitList } from '../schema/formats.ts';
import type { ReplicationJob } from '../world/records.ts';
import { nextRun } from '../world/replication.ts';
import { guestOf, nodeOf, type World } from '../world/world.ts';
import { digestOfValue } from './digest.ts';
import { may, requireAny } from './identity.ts';
import { requireQuorum } from './migrate.ts';
import { nodeOfPath } from './nodes.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** Replication jobs, and their runs on the node of the guest. */
export const replicationHandlers: Handlers = {
  'GET /cluster/replication': list,
  'POST /cluster/replication': create,
  'GET /cluster/replication/{id}': (call) => {
    const job = jobOfPath(call);
    requireAny(call.identity, `/vms/${job.guest}`, ['VM.Audit']);
    return { data: { ...row(call.world, job), digest: digestOfValue(call.world.replications) } };
  },
  'PUT /cluster/replication/{id}': update,
  'DELETE /cluster/replication/{id}': remove,
  'GET /nodes/{node}/replication': onNode,
  'GET /nodes/{node}/replication/{id}/status': (call) => ({ data: state(call.world, jobOnNode(call)) }),
  'GET /nodes/{node}/replication/{id}/log': log,
  'POST /nodes/{node}/replication/{id}/schedule_now': runNow,
};

function row(world: World, job: ReplicationJob): object {
  return {
    id: job.id,
    guest: job.guest,
    jobnum: Number(job.id.split('-')[1]),
    type: 'local',
    target: job.target,
    source: guestOf(world, job.guest)?.node ?? '',
    schedule: job.schedule,
    ...(job.disabled ? { disable: 1 } : {}),
    ...(job.comment === undefined ? {} : { comment: job.comment }),
    ...(job.rate === undefined ? {} : { rate: job.rate }),
  };
}

function state(world: World, job: ReplicationJob): object {
  return {
    ...row(world, job),
    vmtype: guestOf(world, job.guest)?.kind ?? 'qemu',
    last_sync: seconds(job.lastSync ?? 0),
    last_try: seconds(job.lastSync ?? 0),
    next_sync: seconds(job.nextSync),
    fail_count: job.failCount,
    duration: 2.5,
    ...(job.error === undefined ? {} : { error: job.error }),
  };
}

function seconds(at: number): number {
  return Math.floor(at / 1000);
}

function list({ world, identity }: Call): Answer {
  const visible = world.replications.filter((job) => may(identity, `/vms/${job.guest}`, 'VM.Audit'));
  return { data: visible.map((job) => row(world, job)) };
}

function jobOfPath({ world, params }: Call): ReplicationJob {
  const id = params.text('id');
  const job = world.replications.find((entry) => entry.id === id);
  if (job === undefined) throw died(`no such replication job '${id}'`);
  return job;
}

/** The node that has the guest is the one that replicates it. */
function jobOnNode(call: Call): ReplicationJob {
  const { name } = nodeOfPath(call);
  const job = jobOfPath(call);
  requireAny(call.identity, `/vms/${job.guest}`, ['VM.Audit']);
  if (guestOf(call.world, job.guest)?.node !== name) throw died(`no such replication job '${job.id}'`);
  return job;
}

function requireRight({ identity, world }: Call, guest: GuestId): void {
  requireAny(identity, `/vms/${guest}`, [Number.parseInt(world.version, 10) >= 9 ? 'VM.Replicate' : 'VM.Allocate']);
}

function create(call: Call): Answer {
  requireQuorum(call.world);
  const { params, world } = call;
  const id = params.text('id');
  const target = params.text('target');
  const guest = guestOf(world, Number(id.split('-')[0]));
  requireRight(call, Number(id.split('-')[0]));
  if (guest === undefined) throw died(`unable to find configuration file for VM ${id.split('-')[0]} - no such machine`);
  if (nodeOf(world, target) === undefined) throw died(`no such cluster node '${target}'`);
  if (guest.node === target) throw died(`guest is local on target node '${target}'`);
  if (world.replications.some((job) => job.id === id)) throw died(`replication job '${id}' already exists`);
  if (guest.localDisks.length === 0) throw died('no replicatable volumes found');
  const schedule = params.optional('schedule') ?? '*/15';
  const comment = params.optional('comment');
  const job: ReplicationJob = {
    id,
    guest: guest.id,
    target,
    schedule,
    disabled: params.flag('disable'),
    nextSync: world.now + 1000,
    failCount: 0,
    log: [],
    ...(comment === undefined ? {} : { comment }),
    ...(params.has('rate') ? { rate: params.number('rate') } : {}),
  };
  call.apply((now) => ({ ...now, replications: [...now.replications, job] }));
  return { data: null };
}

function update(call: Call): Answer {
  requireQuorum(call.world);
  const { params } = call;
  const job = jobOfPath(call);
  requireRight(call, job.guest);
  const schedule = params.optional('schedule') ?? job.schedule;
  const gone = new Set(splitList(params.text('delete')));
  const comment = gone.has('comment') ? undefined : (params.optional('comment') ?? job.comment);
  const { comment: _comment, ...rest } = job;
  const next: ReplicationJob = {
    ...rest,
    schedule,
    disabled: params.has('disable') ? params.flag('disable') : job.disabled && !gone.has('disable'),
    nextSync: schedule === job.schedule ? job.nextSync : nextRun(schedule, call.world.now),
    ...(comment === undefined ? {} : { comment }),
  };
  put(call, next);
  return { data: null };
}

function put(call: Call, job: ReplicationJob): void {
  call.apply((world) => ({
    ...world,
    replications: world.replications.map((entry) => (entry.id === job.id ? job : entry)),
  }));
}

function remove(call: Call): Answer {
  requireQuorum(call.world);
  const job = jobOfPath(call);
  requireRight(call, job.guest);
  call.apply((world) => ({ ...world, replications: world.replications.filter((entry) => entry.id !== job.id) }));
  return { data: null };
}

function onNode(call: Call): Answer {
  const { world, identity, params } = call;
  const { name } = nodeOfPath(call);
  const jobs = world.replications
    .filter((job) => guestOf(world, job.guest)?.node === name && may(identity, `/vms/${job.guest}`, 'VM.Audit'))
    .filter((job) => !params.has('guest') || job.guest === params.number('guest'));
  return { data: jobs.map((job) => state(world, job)) };
}

function log(call: Call): Answer {
  const lines = jobOnNode(call).log;
  const start = call.params.number('start');
  const data = lines.slice(start, start + call.params.number('limit', 50)).map((t, i) => ({ n: start + i + 1, t }));
  return { data: data.length > 0 ? data : [{ n: 1, t: 'no content' }], total: lines.length };
}

function runNow(call: Call): Answer {
  requireQuorum(call.world);
  const job = jobOnNode(call);
  requireRight(call, job.guest);
  put(call, { ...job, nextSync: call.world.now + 1000 });
  return { data: '' };
}
