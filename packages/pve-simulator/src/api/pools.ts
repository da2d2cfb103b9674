import { splitList } from '../schema/formats.ts';
import type { World } from '../world/world.ts';
import { may } from './identity.ts';
import { requireQuorum } from './migrate.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** Pools of guests. */
export const poolHandlers: Handlers = {
  'GET /pools': list,
  'POST /pools': create,
  'PUT /pools': update,
  'DELETE /pools': remove,
  'GET /pools/{poolid}': (call) => ({ data: pool(call) }),
  'PUT /pools/{poolid}': update,
  'DELETE /pools/{poolid}': remove,
};

function list(call: Call): Answer {
  const { world, identity, params } = call;
  if (params.has('poolid')) return { data: [{ poolid: params.text('poolid'), ...pool(call) }] };
  return {
    data: world.pools
      .filter(({ id }) => may(identity, `/pool/${id}`, 'Pool.Audit'))
      .map(({ id, comment }) => ({ poolid: id, ...(comment === undefined ? {} : { comment }) })),
  };
}

function pool(call: Call): object {
  const { world, identity, params } = call;
  const found = poolOfPath(call);
  const type = params.optional('type');
  const members = world.guests
    .filter((guest) => guest.pool === found.id && may(identity, `/vms/${guest.id}`, 'VM.Audit'))
    .filter((guest) => type === undefined || guest.kind === type)
    .map(({ id: vmid, kind, node, name }) => ({ id: `${kind}/${vmid}`, vmid, type: kind, node, name }));
  return { members, ...(found.comment === undefined ? {} : { comment: found.comment }) };
}

function poolOfPath({ world, params }: Call): World['pools'][number] {
  const id = params.text('poolid');
  const found = world.pools.find((entry) => entry.id === id);
  if (found === undefined) throw died(`pool '${id}' does not exist`);
  return found;
}

function create(call: Call): Answer {
  requireQuorum(call.world);
  const { params } = call;
  const id = params.text('poolid');
  if (call.world.pools.some((entry) => entry.id === id)) throw died(`create pool failed: pool '${id}' already exists`);
  const comment = params.optional('comment');
  const entry = { id, ...(comment === undefined ? {} : { comment }) };
  call.apply((world) => ({ ...world, pools: [...world.pools, entry] }));
  return { data: null };
}

/** Guests come into the pool or, with `delete`, leave it. */
function update(call: Call): Answer {
  requireQuorum(call.world);
  const { params } = call;
  const { id } = poolOfPath(call);
  const ids = new Set(splitList(params.text('vms')).map(Number));
  const comment = params.optional('comment');
  for (const guest of call.world.guests) {
    if (!ids.has(guest.id)) continue;
    if (params.flag('delete') && guest.pool !== id)
      throw died(`update pools failed: VM ${guest.id} is not a pool member`);
    const elsewhere = !params.flag('delete') && guest.pool !== undefined && guest.pool !== id;
    if (elsewhere && !params.flag('allow-move')) {
      throw died(`update pools failed: VM ${guest.id} is already a pool member`);
    }
  }
  call.apply((world) => ({
    ...world,
    pools: world.pools.map((entry) => (entry.id === id && comment !== undefined ? { ...entry, comment } : entry)),
    guests: world.guests.map((guest) => {
      if (!ids.has(guest.id)) return guest;
      const { pool: _pool, ...rest } = guest;
      return params.flag('delete') ? rest : { ...rest, pool: id };
    }),
  }));
  return { data: null };
}

function remove(call: Call): Answer {
  requireQuorum(call.world);
  const { id } = poolOfPath(call);
  if (call.world.guests.some((guest) => guest.pool === id)) throw died(`delete pool failed: pool '${id}' is not empty`);
  call.apply((world) => ({ ...world, pools: world.pools.filter((entry) => entry.id !== id) }));
  return { data: null };
}
