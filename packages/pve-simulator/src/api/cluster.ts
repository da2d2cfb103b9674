import type { WorldTask } from '../world/records.ts';
import { nodeOf, type World } from '../world/world.ts';
import { may, userOf } from './identity.ts';
import { badParameters } from './refusal.ts';
import { nodeRow } from './resources.ts';
import type { Answer, Call, Handlers } from './route.ts';
import { taskRow } from './task-rows.ts';

const REPO_ID = '5d1a0c3b8e7f4a26';

/** The cluster as a whole: version, members, options, tasks, pools. */
export const clusterHandlers: Handlers = {
  'GET /version': version,
  'GET /nodes/{node}/version': version,
  'GET /cluster/status': status,
  'GET /cluster/tasks': tasks,
  'GET /cluster/nextid': nextId,
  'GET /nodes': nodes,
};

/** Of the node in the path, or else of the one that was asked. */
function version({ world, params, entry }: Call): Answer {
  const text = nodeOf(world, params.optional('node') ?? entry)?.version ?? world.version;
  return { data: { version: text, release: text.split('.').slice(0, 2).join('.'), repoid: REPO_ID } };
}

function status({ world, entry }: Call): Answer {
  const members = world.nodes.map((node, i) => ({
    type: 'node',
    id: `node/${node.name}`,
    name: node.name,
    nodeid: world.nodes.length === 1 ? 0 : i + 1,
    ip: node.address,
    online: node.online ? 1 : 0,
    local: node.name === entry ? 1 : 0,
    level: '',
  }));
  if (members.length === 1) return { data: members };
  const cluster = {
    type: 'cluster',
    id: 'cluster',
    name: world.cluster,
    version: members.length,
    nodes: members.length,
    quorate: world.quorate ? 1 : 0,
  };
  return { data: [cluster, ...members] };
}

/** Tasks that run, and up to 25 in all of each node; others' need the right to audit their node. */
function tasks({ world, identity }: Call): Answer {
  const visible = visibleTasks(world, (task) =>
    maySee(identity.name, may(identity, `/nodes/${task.node}`, 'Sys.Audit'), task),
  );
  const rows = world.nodes.flatMap((node) => {
    const own = visible.filter((task) => task.node === node.name).reverse();
    const running = own.filter((task) => task.endedAt === undefined);
    const ended = own.filter((task) => task.endedAt !== undefined).slice(0, Math.max(0, 25 - running.length));
    return [...running, ...ended];
  });
  return { data: rows.sort((a, b) => b.startedAt - a.startedAt).map((task) => taskRow(task, true)) };
}

function visibleTasks(world: World, visible: (task: WorldTask) => boolean): readonly WorldTask[] {
  return world.tasks.filter(visible);
}

/** A user sees the tasks of all its tokens; a token sees its own alone. */
export function maySee(name: string, audits: boolean, task: WorldTask): boolean {
  return audits || task.user === name || (!name.includes('!') && userOf(task.user) === name);
}

function nextId({ world, params }: Call): Answer {
  const used = new Set(world.guests.map((guest) => guest.id));
  if (params.has('vmid')) {
    const asked = params.number('vmid');
    if (used.has(asked)) throw badParameters({ vmid: `VM ${asked} already exists` });
    return { data: String(asked) };
  }
  let id = 100;
  while (used.has(id)) id += 1;
  return { data: String(id) };
}

function nodes({ world, identity, fingerprint }: Call): Answer {
  return {
    data: world.nodes.map((node) => ({
      ...nodeRow(world, node, may(identity, `/nodes/${node.name}`, 'Sys.Audit')),
      ssl_fingerprint: fingerprint,
    })),
  };
}
