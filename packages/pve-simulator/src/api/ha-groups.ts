import { splitList } from '../schema/formats.ts';
import type { HaGroup } from '../world/records.ts';
import { majorOf, type World } from '../world/world.ts';
import { digestOfValue } from './digest.ts';
import { nodesOf, nodesText } from './ha-rules.ts';
import { requireQuorum } from './migrate.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

/** Groups of the HA manager. Proxmox VE 9 turned them into rules, and says so. */
export const haGroupHandlers: Handlers = {
  'GET /cluster/ha/groups': ({ world }) => {
    requireGroups(world, 'index groups');
    return { data: world.groups.map((group) => row(world, group)) };
  },
  'POST /cluster/ha/groups': create,
  'GET /cluster/ha/groups/{group}': (call) => {
    requireGroups(call.world, 'read group');
    return { data: row(call.world, groupOfPath(call)) };
  },
  'PUT /cluster/ha/groups/{group}': update,
  'DELETE /cluster/ha/groups/{group}': remove,
};

function requireGroups(world: World, what: string): void {
  if (majorOf(world) >= 9) throw died(`cannot ${what}: ha groups have been migrated to rules`);
}

function row(world: World, { group, nodes, restricted, nofailback, comment }: HaGroup): object {
  return {
    group,
    type: 'group',
    nodes: nodesText(nodes),
    restricted: restricted ? 1 : 0,
    nofailback: nofailback ? 1 : 0,
    ...(comment === undefined ? {} : { comment }),
    digest: digestOfValue(world.groups),
  };
}

function groupOfPath({ world, params }: Call): HaGroup {
  const name = params.text('group');
  const found = world.groups.find((entry) => entry.group === name);
  if (found === undefined) throw died(`no such ha group '${name}'`);
  return found;
}

function create(call: Call): Answer {
  requireGroups(call.world, 'create group');
  requireQuorum(call.world);
  const group = call.params.text('group');
  if (call.world.groups.some((entry) => entry.group === group)) throw died(`ha group '${group}' already defined`);
  const made = changed(call, { group, nodes: {}, restricted: false, nofailback: false });
  call.apply((world) => ({ ...world, groups: [...world.groups, made] }));
  return { data: null };
}

function update(call: Call): Answer {
  requireGroups(call.world, 'update group');
  requireQuorum(call.world);
  const next = changed(call, groupOfPath(call));
  call.apply((world) => ({
    ...world,
    groups: world.groups.map((entry) => (entry.group === next.group ? next : entry)),
  }));
  return { data: null };
}

function changed({ params }: Call, group: HaGroup): HaGroup {
  const gone = new Set(splitList(params.text('delete')));
  const comment = gone.has('comment') ? undefined : (params.optional('comment') ?? group.comment);
  const { comment: _comment, ...kept } = group;
  const flag = (name: string, before: boolean): boolean =>
    params.has(name) ? params.flag(name) : before && !gone.has(name);
  return {
    ...kept,
    nodes: params.has('nodes') ? nodesOf(params.text('nodes')) : group.nodes,
    restricted: flag('restricted', group.restricted),
    nofailback: flag('nofailback', group.nofailback),
    ...(comment === undefined ? {} : { comment }),
  };
}

function remove(call: Call): Answer {
  requireGroups(call.world, 'delete group');
  requireQuorum(call.world);
  const { group } = groupOfPath(call);
  if (call.world.guests.some((guest) => guest.ha?.group === group)) throw died(`ha group '${group}' is still in use`);
  call.apply((world) => ({ ...world, groups: world.groups.filter((entry) => entry.group !== group) }));
  return { data: null };
}
