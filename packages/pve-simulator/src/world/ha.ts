import type { GuestId, NodeName } from '@ballast/core';
import { startMigration } from './migration/start.ts';
import type { HaCommand, HaGroup, HaRule, NodeAffinityRule, ResourceAffinityRule } from './records.ts';
import { endTask, logTask, startTask } from './task.ts';
import { changeGuest, guestOf, nodeOf, type World } from './world.ts';

/** How long a `hamigrate` task takes to file its request. */
const FILING = 1000;

/** Starts the task that asks the HA manager to move a guest; it ends in a second, the move comes with a later round. */
export function requestHaMigration(
  world: World,
  guest: GuestId,
  to: NodeName,
  user: string,
): { readonly world: World; readonly upid: string } {
  const found = guestOf(world, guest);
  const node = found?.node ?? to;
  const started = startTask(world, { node, type: 'hamigrate', id: String(guest), user });
  const { upid } = started.task;
  const word = found?.kind === 'lxc' ? 'CT' : 'VM';
  const logged = logTask(started.world, upid, [`Requesting HA migration for ${word} ${guest} to node ${to}`]);
  const command: HaCommand = { guest, to, upid, filedAt: world.now + FILING, filed: false };
  return { world: { ...logged, commands: [...world.commands, command] }, upid };
}

/** When the HA manager has something to do next. */
export function nextHaEvent(world: World): number {
  let next = Number.POSITIVE_INFINITY;
  for (const command of world.commands) {
    next = Math.min(next, command.filed ? nextRound(world) : command.filedAt);
  }
  return next;
}

function nextRound(world: World): number {
  return (Math.floor(world.now / world.settings.haRound) + 1) * world.settings.haRound;
}

/** Files requests that are due and, on the beat of the manager's round, turns them into migrations. */
export function settleHa(world: World): World {
  let next = world;
  for (const command of world.commands) {
    if (command.filed || command.filedAt > world.now) continue;
    next = endTask(next, command.upid, 'OK');
    next = { ...next, commands: next.commands.map((c) => (c.upid === command.upid ? { ...c, filed: true } : c)) };
  }
  if (world.now % world.settings.haRound !== 0 || !world.quorate) return next;
  const due = next.commands.filter((command) => command.filed && command.filedAt < world.now);
  next = { ...next, commands: next.commands.filter((command) => !due.includes(command)) };
  return due.reduce(carryOut, next);
}

/** A request that a rule or a lock forbids is dropped without a word, as the manager does (it only writes a log). */
function carryOut(world: World, command: HaCommand): World {
  const movers = [command.guest, ...partnersOf(world, command.guest)];
  const forbidden = (id: GuestId): boolean =>
    nodeForbidden(world, id, command.to) || blockingGuests(world, id, command.to).length > 0;
  if (movers.some(forbidden)) return world;
  return movers.reduce((next, id) => moveByHa(next, id, command.to), world);
}

/** The resource manager of the guest's node moves it: live, or by a restart. */
export function moveByHa(world: World, id: GuestId, to: NodeName): World {
  const guest = guestOf(world, id);
  if (guest?.ha === undefined || guest.lock !== undefined || guest.node === to) return world;
  if (guest.ha.crm !== 'started' || nodeOf(world, to)?.online !== true) return world;
  const live = guest.kind === 'qemu';
  const mode = guest.status === 'stopped' ? 'offline' : live ? 'live' : 'restart';
  const request = { guest: id, to, mode, user: 'root@pam', withLocalDisks: true, restart: true, ha: true } as const;
  const started = startMigration(world, request).world;
  return changeGuest(started, id, (g) =>
    g.ha === undefined ? g : { ...g, ha: { ...g.ha, crm: live ? 'migrate' : 'relocate' } },
  );
}

/** Guests that a rule of positive affinity moves along. */
export function partnersOf(world: World, guest: GuestId): readonly GuestId[] {
  return affinityRules(world, guest, 'positive')
    .flatMap((rule) => rule.guests)
    .filter((id) => id !== guest);
}

/** Guests on `to` that a rule of negative affinity keeps this guest away from. */
export function blockingGuests(world: World, guest: GuestId, to: NodeName): readonly GuestId[] {
  return affinityRules(world, guest, 'negative')
    .flatMap((rule) => rule.guests)
    .filter((id) => id !== guest && guestOf(world, id)?.node === to);
}

/** Whether a strict rule of node affinity, or a restricted group, keeps the guest away from the node. */
export function nodeForbidden(world: World, guest: GuestId, to: NodeName): boolean {
  const group = groupOf(world, guest);
  if (group?.restricted === true && group.nodes[to] === undefined) return true;
  return world.rules.some(
    (rule) => rule.type === 'node-affinity' && rule.strict && applies(rule, guest) && rule.nodes[to] === undefined,
  );
}

/** The priorities of nodes that a rule or a group gives a guest; undefined where none does. */
export function prioritiesOf(world: World, guest: GuestId): Readonly<Record<NodeName, number>> | undefined {
  const rule = world.rules.find(
    (entry): entry is NodeAffinityRule => entry.type === 'node-affinity' && applies(entry, guest),
  );
  return rule?.nodes ?? groupOf(world, guest)?.nodes;
}

function groupOf(world: World, guest: GuestId): HaGroup | undefined {
  if (world.groups.length === 0) return undefined;
  const name = guestOf(world, guest)?.ha?.group;
  return name === undefined ? undefined : world.groups.find((group) => group.group === name);
}

function affinityRules(world: World, guest: GuestId, affinity: 'positive' | 'negative'): ResourceAffinityRule[] {
  return world.rules.filter(
    (rule): rule is ResourceAffinityRule =>
      rule.type === 'resource-affinity' && rule.affinity === affinity && applies(rule, guest),
  );
}

function applies(rule: HaRule, guest: GuestId): boolean {
  return !rule.disabled && rule.guests.includes(guest);
}
