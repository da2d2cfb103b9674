import { createHash } from 'node:crypto';
import type { GuestId } from '@ballast/core';
import { blockingGuests, partnersOf, requestHaMigration } from '../world/ha.ts';
import type { HaRule } from '../world/records.ts';
import { guestOf, nodeOf, type World } from '../world/world.ts';
import { managed } from './ha-status.ts';
import { requireQuorum, sidOf } from './migrate.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Handlers } from './route.ts';

type Row = Readonly<Record<string, unknown>>;

/** The HA manager: its guests and rules, and moving a guest through it. */
export const haHandlers: Handlers = {
  'GET /cluster/ha/resources': resources,
  'GET /cluster/ha/rules': rules,
  'GET /cluster/ha/groups': groups,
  'POST /cluster/ha/resources/{sid}/migrate': migrate,
};

function resources({ world, params }: Call): Answer {
  const type = params.optional('type');
  return {
    data: managed(world)
      .map(({ id, ha }) => ({
        sid: sidOf(world, id),
        type: sidOf(world, id).slice(0, 2),
        state: ha.state,
        max_restart: ha.maxRestart,
        max_relocate: ha.maxRelocate,
        failback: ha.failback ? 1 : 0,
        ...(ha.comment === undefined ? {} : { comment: ha.comment }),
        digest: digestOf(world.guests.map((guest) => guest.ha?.state ?? '')),
      }))
      .filter((row) => type === undefined || row.type === type),
  };
}

function rules({ world, params }: Call): Answer {
  const type = params.optional('type');
  const resource = params.optional('resource');
  return {
    data: world.rules
      .filter((rule) => type === undefined || rule.type === type)
      .map((rule, i) => ruleRow(world, rule, i + 1))
      .filter((row) => resource === undefined || String(row['resources']).split(',').includes(resource)),
  };
}

function ruleRow(world: World, rule: HaRule, order: number): Row {
  return {
    rule: rule.rule,
    type: rule.type,
    resources: rule.guests.map((id) => sidOf(world, id)).join(','),
    ...(rule.type === 'node-affinity'
      ? { nodes: nodesText(rule.nodes), strict: rule.strict ? 1 : 0 }
      : { affinity: rule.affinity }),
    ...(rule.disabled ? { disable: 1 } : {}),
    ...(rule.comment === undefined ? {} : { comment: rule.comment }),
    order,
    digest: digestOf(world.rules),
  };
}

function nodesText(nodes: Readonly<Record<string, number>>): string {
  return Object.entries(nodes)
    .map(([node, priority]) => (priority > 0 ? `${node}:${priority}` : node))
    .join(',');
}

/** Proxmox VE 9 turned groups into rules and says so. */
function groups(): Answer {
  throw died('cannot index groups: ha groups have been migrated to rules');
}

function migrate(call: Call): Answer {
  requireQuorum(call.world);
  const sid = call.params.text('sid');
  const target = call.params.text('node');
  const id: GuestId = Number(sid.replace(/^(vm|ct):/, ''));
  const guest = guestOf(call.world, id);
  if (guest?.ha === undefined) throw died(`resource '${sid}' is not HA managed`);
  if (nodeOf(call.world, target) === undefined) throw died(`no such cluster node '${target}'`);
  const blocking = blockingGuests(call.world, id, target);
  const partners = partnersOf(call.world, id);
  if (blocking.length === 0) {
    call.apply((world) => requestHaMigration(world, id, target, call.identity.name).world);
  }
  return {
    data: {
      sid: sidOf(call.world, id),
      'requested-node': target,
      ...(partners.length === 0 ? {} : { 'comigrated-resources': partners.map((other) => sidOf(call.world, other)) }),
      ...(blocking.length === 0
        ? {}
        : {
            'blocking-resources': blocking.map((other) => ({
              sid: sidOf(call.world, other),
              cause: 'resource-affinity',
            })),
          }),
    },
  };
}

function digestOf(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('hex');
}
