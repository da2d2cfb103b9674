import type { GuestId, Milliseconds, NodeName } from '@ballast/core';
import { blockingGuests, moveByHa, nodeForbidden, partnersOf, prioritiesOf } from './ha.ts';
import { rebalance } from './ha-balancer.ts';
import { jobOf, startJob } from './jobs.ts';
import { changeGuest, nodeOf, unlocked, type World, type WorldGuest, type WorldNode } from './world.ts';

/** A node that is gone for so long is fenced, and its services are started elsewhere. */
const FENCED_AFTER: Milliseconds = 60_000;
const RECOVERED_AFTER: Milliseconds = 120_000;
const START: Milliseconds = 1500;
const SHUTDOWN: Milliseconds = 4000;

type Service = WorldGuest & { readonly ha: NonNullable<WorldGuest['ha']> };

/** Whether the HA manager has anything to look after on its own account. */
export function haAtWork(world: World): boolean {
  return world.armed === 'armed' && world.quorate && world.guests.some((guest) => guest.ha !== undefined);
}

/** One round of the HA manager: services are brought to their states, and to nodes where they may be. */
export function haRound(world: World): World {
  if (!haAtWork(world)) return world;
  let next = world;
  for (const guest of world.guests) {
    if (guest.ha !== undefined && guest.ha.state !== 'ignored') next = tend(next, guest as Service);
  }
  return rebalance(next);
}

function tend(world: World, service: Service): World {
  const node = nodeOf(world, service.node);
  if (node?.online !== true) return recover(world, service, node);
  const { crm } = service.ha;
  if (service.lock !== undefined || crm === 'error' || jobOf(world, service.id) !== undefined) return world;
  if (service.ha.state !== 'started') return stop(world, service);
  if (service.status === 'stopped') return start(world, service);
  const settled = crm === 'started' ? world : withCrm(world, service.id, 'started');
  const to = wantedNode(world, service);
  return to === undefined ? settled : leave(settled, service, node, to);
}

function leave(world: World, service: Service, from: WorldNode, to: NodeName): World {
  const moved = moveByHa(world, service.id, to);
  const { home: _home, ...ha } = service.ha;
  return changeGuest(moved, service.id, (guest) => ({
    ...guest,
    ha: { ...ha, crm: guest.ha?.crm ?? ha.crm, ...(from.maintenance ? { home: from.name } : {}) },
  }));
}

/** Where a service is to be instead of where it is; undefined when it may stay. */
function wantedNode(world: World, service: Service): NodeName | undefined {
  const { home } = service.ha;
  const open = world.nodes.filter((node) => node.online && !node.maintenance).map((node) => node.name);
  const allowed = open.filter(
    (name) => !nodeForbidden(world, service.id, name) && blockingGuests(world, service.id, name).length === 0,
  );
  if (home !== undefined && allowed.includes(home)) return home === service.node ? undefined : home;
  const best = preferred(world, service, allowed);
  if (best.includes(service.node)) return undefined;
  if (allowed.includes(service.node) && !service.ha.failback) return undefined;
  return leastServices(world, best);
}

/** Nodes of the highest priority, and among them those of the guests that it is to be with. */
function preferred(world: World, service: Service, allowed: readonly NodeName[]): readonly NodeName[] {
  const priorities = prioritiesOf(world, service.id);
  const named = priorities === undefined ? [] : allowed.filter((name) => priorities[name] !== undefined);
  const top = Math.max(...named.map((name) => priorities?.[name] ?? 0));
  const first = named.length === 0 ? allowed : named.filter((name) => (priorities?.[name] ?? 0) === top);
  const [leader] = partnersOf(world, service.id).filter((id) => id < service.id);
  const place = world.guests.find((guest) => guest.id === leader)?.node;
  return place !== undefined && first.includes(place) ? [place] : first;
}

function leastServices(world: World, names: readonly NodeName[]): NodeName | undefined {
  const count = (name: NodeName): number =>
    world.guests.filter((guest) => guest.ha !== undefined && guest.node === name).length;
  return names.toSorted((a, b) => count(a) - count(b))[0];
}

/** The services of a node that was fenced are started elsewhere: its config moves, and a new process counts from zero. */
function recover(world: World, service: Service, node: WorldNode | undefined): World {
  const gone = world.now - (node?.offlineSince ?? world.now);
  if (gone < FENCED_AFTER || service.ha.state !== 'started') return world;
  if (gone < RECOVERED_AFTER) return withCrm(world, service.id, 'fence');
  const to = wantedNode(world, service);
  if (to === undefined) return withCrm(world, service.id, 'recovery');
  const moved = changeGuest(world, service.id, (guest) => ({ ...unlocked(guest), node: to, status: 'stopped' }));
  return start(moved, { ...service, node: to });
}

function start(world: World, { id, node, kind }: Service): World {
  const type = kind === 'qemu' ? 'qmstart' : 'vzstart';
  const started = startJob(
    withCrm(world, id, 'started'),
    { node, type, id: String(id), user: 'root@pam' },
    { kind: 'power', guest: id, action: 'start' },
    START,
  );
  return started.world;
}

function stop(world: World, { id, node, kind, status, ha }: Service): World {
  if (status === 'stopped') return ha.crm === 'stopped' ? world : withCrm(world, id, 'stopped');
  const type = kind === 'qemu' ? 'qmshutdown' : 'vzshutdown';
  const stopped = startJob(
    withCrm(world, id, 'request_stop'),
    { node, type, id: String(id), user: 'root@pam' },
    { kind: 'power', guest: id, action: 'shutdown' },
    SHUTDOWN,
  );
  return stopped.world;
}

function withCrm(world: World, id: GuestId, crm: string): World {
  return changeGuest(world, id, (guest) => (guest.ha === undefined ? guest : { ...guest, ha: { ...guest.ha, crm } }));
}
