import { createHash } from 'node:crypto';
import type { GuestId } from '@ballast/core';
import { blockingGuests, partnersOf, requestHaMigration } from '../world/ha.ts';
import type { HaRule } from '../world/records.ts';
import { guestOf, nodeOf, type World, type WorldGuest, type WorldNode } from '../world/world.ts';
import { requireQuorum, sidOf } from './migrate.ts';
import { died } from './refusal.ts';
import type { Answer, Call, Route } from './route.ts';

type Row = Readonly<Record<string, unknown>>;

const AUDIT = { path: '/', any: ['Sys.Audit'] } as const;

/** The HA manager: its guests, rules and states, and moving a guest through it. */
export const haRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/cluster/ha/resources',
    permission: AUDIT,
    params: { type: { type: 'string', optional: true, enum: ['ct', 'vm'] } },
    handle: resources,
  },
  {
    method: 'GET',
    path: '/cluster/ha/rules',
    permission: AUDIT,
    params: {
      type: { type: 'string', optional: true, enum: ['node-affinity', 'resource-affinity'] },
      resource: { type: 'string', optional: true },
    },
    handle: rules,
  },
  { method: 'GET', path: '/cluster/ha/groups', permission: AUDIT, handle: groups },
  { method: 'GET', path: '/cluster/ha/status/current', permission: AUDIT, handle: current },
  { method: 'GET', path: '/cluster/ha/status/manager_status', permission: AUDIT, handle: managerStatus },
  {
    method: 'POST',
    path: '/cluster/ha/resources/{sid}/migrate',
    permission: { path: '/', any: ['Sys.Console'] },
    params: { node: { type: 'string', format: 'node' } },
    handle: migrate,
  },
];

function managed(world: World): readonly (WorldGuest & { ha: NonNullable<WorldGuest['ha']> })[] {
  return world.guests.filter(
    (guest): guest is WorldGuest & { ha: NonNullable<WorldGuest['ha']> } => guest.ha !== undefined,
  );
}

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

function current({ world }: Call): Answer {
  const master = masterOf(world);
  const now = Math.floor(world.now / 1000);
  const rows: Row[] = [
    {
      id: 'quorum',
      type: 'quorum',
      node: master,
      status: world.quorate ? 'OK' : 'No quorum!',
      quorate: world.quorate ? 1 : 0,
    },
  ];
  if (managed(world).length > 0) {
    rows.push({
      id: 'master',
      type: 'master',
      node: master,
      status: `${master} (active, ${localTime(now)})`,
      timestamp: now,
    });
    rows.push(...world.nodes.map((node) => lrmRow(world, node, now)));
  }
  for (const { id, node, ha } of managed(world)) {
    const sid = sidOf(world, id);
    rows.push({
      id: `service:${sid}`,
      type: 'service',
      sid,
      node,
      state: ha.crm,
      crm_state: ha.crm,
      request_state: ha.state,
      status: `${sid} (${node}, ${ha.crm})`,
      max_restart: ha.maxRestart,
      max_relocate: ha.maxRelocate,
      failback: ha.failback ? 1 : 0,
    });
  }
  return { data: rows };
}

function lrmRow(world: World, node: WorldNode, now: number): Row {
  const busy = managed(world).some((guest) => guest.node === node.name);
  const mode = node.maintenance ? 'maintenance mode' : busy ? 'active' : 'idle';
  const timestamp = node.online ? now : Math.floor((node.offlineSince ?? world.now) / 1000);
  const status =
    now - timestamp > 30
      ? `${node.name} (old timestamp - dead?, ${localTime(timestamp)})`
      : `${node.name} (${mode}, watchdog ${node.maintenance ? 'standby' : 'active'}, ${localTime(timestamp)})`;
  return { id: `lrm:${node.name}`, type: 'lrm', node: node.name, status, timestamp };
}

function managerStatus({ world }: Call): Answer {
  const now = Math.floor(world.now / 1000);
  const services = managed(world).map(({ id, node, ha }) => [sidOf(world, id), { node, state: ha.crm, running: 1 }]);
  return {
    data: {
      manager_status: {
        master_node: masterOf(world),
        timestamp: now,
        node_status: Object.fromEntries(world.nodes.map((node) => [node.name, crmState(node)])),
        service_status: Object.fromEntries(services),
      },
      quorum: { node: masterOf(world), quorate: world.quorate ? 1 : 0 },
      lrm_status: Object.fromEntries(
        world.nodes.map((node) => [
          node.name,
          {
            mode: node.maintenance ? 'maintenance' : 'active',
            state: node.maintenance ? 'maintenance' : 'active',
            timestamp: node.online ? now : Math.floor((node.offlineSince ?? world.now) / 1000),
            results: {},
          },
        ]),
      ),
    },
  };
}

function crmState(node: WorldNode): string {
  if (!node.online) return 'unknown';
  return node.maintenance ? 'maintenance' : 'online';
}

function masterOf(world: World): string {
  return world.nodes.find((node) => node.online)?.name ?? world.nodes[0]?.name ?? '';
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

/** As Perl's `localtime` prints a time, in UTC. */
function localTime(seconds: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(seconds * 1000).toUTCString().split(' ');
  return `${day.replace(',', '')} ${month} ${String(Number(date)).padStart(2, ' ')} ${time} ${year}`;
}
