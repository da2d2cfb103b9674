import type { GuestId } from '@ballast/core';
import { splitList } from '../schema/formats.ts';
import { blockingGuests, partnersOf, requestHaMigration } from '../world/ha.ts';
import type { HaService } from '../world/records.ts';
import { changeGuest, guestOf, majorOf, nodeOf, type World, type WorldGuest } from '../world/world.ts';
import { digestOfValue } from './digest.ts';
import { managed } from './ha-status.ts';
import { requireQuorum, sidOf } from './migrate.ts';
import { badParameters, died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** Guests under the HA manager, and moving them through it. */
export const haResourceHandlers: Handlers = {
  'GET /cluster/ha/resources': list,
  'POST /cluster/ha/resources': create,
  'GET /cluster/ha/resources/{sid}': ({ world, params }) => ({
    data: row(world, managedOf(world, params.text('sid'))),
  }),
  'PUT /cluster/ha/resources/{sid}': update,
  'DELETE /cluster/ha/resources/{sid}': remove,
  'POST /cluster/ha/resources/{sid}/migrate': migrate,
  'POST /cluster/ha/resources/{sid}/relocate': migrate,
};

type Service = WorldGuest & { readonly ha: HaService };

function idOf(sid: string): GuestId {
  return Number(sid.replace(/^(vm|ct):/, ''));
}

function managedOf(world: World, sid: string): Service {
  const guest = guestOf(world, idOf(sid));
  if (guest?.ha === undefined) throw died(`no such resource '${sid}'`);
  return { ...guest, ha: guest.ha };
}

function row(world: World, { id, ha }: Service): Readonly<Record<string, unknown>> {
  return {
    sid: sidOf(world, id),
    type: sidOf(world, id).slice(0, 2),
    state: ha.state,
    max_restart: ha.maxRestart,
    max_relocate: ha.maxRelocate,
    failback: ha.failback ? 1 : 0,
    ...(ha.group === undefined ? {} : { group: ha.group }),
    ...(ha.comment === undefined ? {} : { comment: ha.comment }),
    digest: digestOfValue(world.guests.map((guest) => guest.ha?.state ?? '')),
  };
}

function list({ world, params }: Call): Answer {
  const type = params.optional('type');
  const rows = managed(world).map((guest) => row(world, guest));
  return { data: rows.filter((entry) => type === undefined || entry['type'] === type) };
}

const NEW: HaService = { state: 'started', crm: 'queued', maxRestart: 1, maxRelocate: 1, failback: true };

function create(call: Call): Answer {
  requireQuorum(call.world);
  const { params, world } = call;
  const sid = params.text('sid');
  const guest = guestOf(world, idOf(sid));
  if (guest === undefined) throw died(`unable to find configuration file for VM ${idOf(sid)} - no such machine`);
  const own = sidOf(world, guest.id);
  if (sid.includes(':') && sid !== own) throw badParameters({ sid: `wrong resource type, expected '${own}'` });
  if (guest.ha !== undefined) throw died(`resource ID '${own}' already defined`);
  call.apply((now) => changeGuest(now, guest.id, (g) => ({ ...g, ha: changed(call, NEW) })));
  return { data: null };
}

function update(call: Call): Answer {
  requireQuorum(call.world);
  const { id, ha } = managedOf(call.world, call.params.text('sid'));
  call.apply((world) => changeGuest(world, id, (g) => ({ ...g, ha: changed(call, ha) })));
  return { data: null };
}

/** `enabled` is an older word for `started`. A service in error is left alone until it was disabled. */
function changed({ params, world }: Call, ha: HaService): HaService {
  const gone = new Set(splitList(params.text('delete')));
  const asked = params.optional('state');
  const state = (asked === undefined ? ha.state : asked === 'enabled' ? 'started' : asked) as HaService['state'];
  const group = gone.has('group') ? undefined : (params.optional('group') ?? ha.group);
  if (params.has('group') && majorOf(world) >= 9) {
    throw badParameters({ group: 'invalid parameter: ha groups have been migrated to rules' });
  }
  if (group !== undefined && !world.groups.some((entry) => entry.group === group)) {
    throw died(`HA group '${group}' does not exist`);
  }
  const comment = gone.has('comment') ? undefined : (params.optional('comment') ?? ha.comment);
  const { group: _group, comment: _comment, ...rest } = ha;
  return {
    ...rest,
    state,
    crm: ha.crm === 'error' && state === 'disabled' ? 'stopped' : ha.crm,
    maxRestart: params.number('max_restart', ha.maxRestart),
    maxRelocate: params.number('max_relocate', ha.maxRelocate),
    failback: params.has('failback') ? params.flag('failback') : ha.failback,
    ...(group === undefined ? {} : { group }),
    ...(comment === undefined ? {} : { comment }),
  };
}

/** Rules forget the service too, when they are asked to. */
function remove(call: Call): Answer {
  requireQuorum(call.world);
  const { id } = managedOf(call.world, call.params.text('sid'));
  call.apply((world) => {
    const { ha: _ha, ...rest } = guestOf(world, id) as Service;
    const without = changeGuest(world, id, () => rest);
    return { ...without, rules: world.rules.map((rule) => ({ ...rule, guests: rule.guests.filter((g) => g !== id) })) };
  });
  return { data: null };
}

function migrate(call: Call): Answer {
  requireQuorum(call.world);
  const sid = call.params.text('sid');
  const target = call.params.text('node');
  const guest = guestOf(call.world, idOf(sid));
  if (guest?.ha === undefined) throw died(`resource '${sid}' is not HA managed`);
  if (nodeOf(call.world, target) === undefined) throw died(`no such cluster node '${target}'`);
  const blocking = blockingGuests(call.world, guest.id, target);
  const partners = partnersOf(call.world, guest.id);
  if (blocking.length === 0) {
    call.apply((world) => requestHaMigration(world, guest.id, target, call.identity.name).world);
  }
  const named = (ids: readonly GuestId[]): readonly string[] => ids.map((id) => sidOf(call.world, id));
  const causes = named(blocking).map((other) => ({ sid: other, cause: 'resource-affinity' }));
  return {
    data: {
      sid: sidOf(call.world, guest.id),
      'requested-node': target,
      ...(partners.length === 0 ? {} : { 'comigrated-resources': named(partners) }),
      ...(causes.length === 0 ? {} : { 'blocking-resources': causes }),
    },
  };
}
