import type { World, WorldGuest, WorldNode } from '../world/world.ts';
import { requireQuorum, sidOf } from './migrate.ts';
import type { Answer, Call, Handlers } from './route.ts';

type Row = Readonly<Record<string, unknown>>;

/** States of the HA manager, for people and for programs. */
export const haStatusHandlers: Handlers = {
  'GET /cluster/ha/status/current': current,
  'GET /cluster/ha/status/manager_status': managerStatus,
  'POST /cluster/ha/status/disarm-ha': (call) => arm(call, call.params.text('resource-mode') as 'freeze' | 'ignore'),
  'POST /cluster/ha/status/arm-ha': (call) => arm(call, 'armed'),
};

/** A disarmed manager leaves its services as they are. */
function arm(call: Call, armed: World['armed']): Answer {
  requireQuorum(call.world);
  call.apply((world) => ({ ...world, armed }));
  return { data: null };
}

/** Guests under the HA manager. */
export function managed(world: World): readonly (WorldGuest & { ha: NonNullable<WorldGuest['ha']> })[] {
  return world.guests.filter(
    (guest): guest is WorldGuest & { ha: NonNullable<WorldGuest['ha']> } => guest.ha !== undefined,
  );
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
        ...(world.armed === 'armed' ? {} : { disarm: { mode: world.armed, state: 'disarmed' } }),
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

/** As Perl's `localtime` prints a time, in UTC. */
function localTime(seconds: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(seconds * 1000).toUTCString().split(' ');
  return `${day.replace(',', '')} ${month} ${String(Number(date)).padStart(2, ' ')} ${time} ${year}`;
}
