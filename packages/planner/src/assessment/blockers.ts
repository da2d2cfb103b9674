import type {
  BalancePolicy,
  Blocker,
  BlockerCode,
  ClusterSnapshot,
  ClusterTask,
  Guest,
  GuestFacts,
  GuestId,
  History,
  IgnoreRule,
  Instant,
  MoveRecord,
  Node,
  NodeName,
} from '@ballast/core';
import { convergence, migrationMode } from '../placement/cost.ts';
import { type Learned, learn } from '../placement/learned.ts';
import { cores, count, list, percent, ruleName, size, span } from '../text/words.ts';
import { backOff, coolDown, fruitless, movesByGuest } from './rest.ts';

/** Tasks of Proxmox VE that move a guest. */
const MIGRATION_TASKS: ReadonlySet<string> = new Set(['qmigrate', 'vzmigrate', 'hamigrate', 'harelocate']);
/** Tasks that only look at a guest. */
const HARMLESS_TASKS: ReadonlySet<string> = new Set(['vncproxy', 'vncshell', 'spiceproxy', 'spiceshell', 'termproxy']);
/** States of the HA manager in which a guest may be moved; `ignored` means that HA leaves it alone. */
const MOVABLE_HA_STATES: ReadonlySet<string> = new Set(['started', 'ignored']);

const NONE: readonly Blocker[] = [];

export interface BlockersInput {
  readonly snapshot: ClusterSnapshot;
  readonly history: History;
  readonly policy: BalancePolicy;
  /** The rule that keeps each guest where it is. */
  readonly ignored: ReadonlyMap<GuestId, IgnoreRule>;
  readonly now: Instant;
  readonly moving: readonly GuestId[];
}

interface Known extends BlockersInput {
  readonly nodes: ReadonlyMap<NodeName, Node>;
  readonly tasks: ReadonlyMap<GuestId, readonly ClusterTask[]>;
  readonly moves: ReadonlyMap<GuestId, readonly MoveRecord[]>;
  readonly movingNow: ReadonlySet<GuestId>;
  readonly native: ReadonlySet<GuestId>;
  readonly learned: Learned;
}

/** Why a guest may not move, in one sentence; nothing when this is no hindrance. */
type Check = (guest: Guest, known: Known) => string | undefined;

/** Whether there is anything that a check could find: what no guest can be held by is not asked of every one. */
type Matters = (known: Known) => boolean;

const always: Matters = () => true;
const anyMoved: Matters = ({ moves }) => moves.size > 0;
const anyBusy: Matters = ({ movingNow, tasks, snapshot: { guests } }) =>
  movingNow.size > 0 || tasks.size > 0 || guests.some(({ lock }) => lock !== undefined);

/** Every hindrance that holds wherever the guest would go, in the order they are told. */
const CHECKS: readonly (readonly [BlockerCode, Check, Matters])[] = [
  ['template', (guest) => (guest.template ? `${guest.name} is a template.` : undefined), always],
  ['source-offline', sourceOffline, always],
  ['not-running', notRunning, always],
  ['refused', (guest) => `${guest.name} stays: the cluster has no quorum.`, ({ snapshot }) => !snapshot.quorate],
  ['moving', moving, anyBusy],
  ['locked', locked, anyBusy],
  ['ha-state', haState, always],
  ['native-balancer', nativeBalancer, ({ native }) => native.size > 0],
  ['ignored', ignored, ({ ignored: rules }) => rules.size > 0],
  ['container', container, ({ policy }) => !policy.containers],
  ['local-resource', localResource, always],
  ['local-disk', localDisk, ({ policy }) => !policy.localDisks],
  ['dirty-rate', dirtyRate, always],
  ['failed-before', failedBefore, anyMoved],
  ['failed-before', inVain, anyMoved],
  ['cool-down', cooling, anyMoved],
];

/** The blockers of a guest that hold wherever it would go. */
export function standingBlockers(input: BlockersInput): (guest: Guest) => readonly Blocker[] {
  const { snapshot } = input;
  const tasks = new Map<GuestId, ClusterTask[]>();
  for (const task of snapshot.tasks) {
    if (task.guest !== undefined) tasks.set(task.guest, [...(tasks.get(task.guest) ?? []), task]);
  }
  const known: Known = {
    ...input,
    tasks,
    nodes: new Map(snapshot.nodes.map((node) => [node.name, node])),
    moves: movesByGuest(input.history),
    movingNow: new Set(input.moving),
    native: new Set(ceded(input)),
    learned: learn(input.history.moves, input.now),
  };
  const checks = CHECKS.filter(([, , matters]) => matters(known)).map(([code, check]) => ({ code, check }));
  return (guest) => {
    // Most guests have none: no list is made for them.
    let found: Blocker[] | undefined;
    for (const { code, check } of checks) {
      const detail = check(guest, known);
      if (detail === undefined) continue;
      found ??= [];
      found.push({ guest: guest.id, code, detail });
    }
    return found ?? NONE;
  };
}

/** Guests that are left to the native balancer. */
function ceded({ snapshot: { nativeBalancer }, policy }: BlockersInput): readonly GuestId[] {
  return nativeBalancer.active && policy.coexistence !== 'exclusive' ? nativeBalancer.guests : [];
}

function factsOf(guest: Guest, known: Known): GuestFacts | undefined {
  return known.snapshot.facts[guest.id];
}

function sourceOffline(guest: Guest, { nodes }: Known): string | undefined {
  const node = nodes.get(guest.node);
  if (node?.status === 'online') return undefined;
  return `${guest.name} is on ${guest.node}, which is ${node?.status ?? 'not in the cluster'}.`;
}

function notRunning(guest: Guest): string | undefined {
  if (guest.status === 'running') return undefined;
  const state = guest.status === 'unknown' ? 'in an unknown state' : guest.status;
  return `${guest.name} is ${state}: it puts no load on a node that a move could take away.`;
}

function moving(guest: Guest, { movingNow, tasks }: Known): string | undefined {
  const task = tasks.get(guest.id)?.find(({ type }) => MIGRATION_TASKS.has(type));
  const evidence = task !== undefined ? `task ${task.type}` : guest.lock === 'migrate' ? 'lock migrate' : undefined;
  if (!movingNow.has(guest.id) && evidence === undefined) return undefined;
  return `${guest.name} is being migrated now${evidence === undefined ? '' : ` (${evidence})`}.`;
}

function locked(guest: Guest, { tasks }: Known): string | undefined {
  if (guest.lock !== undefined && guest.lock !== 'migrate') return `${guest.name} is locked (${guest.lock}).`;
  const task = tasks.get(guest.id)?.find(({ type }) => !MIGRATION_TASKS.has(type) && !HARMLESS_TASKS.has(type));
  return task === undefined ? undefined : `A task works on ${guest.name} now (${task.type}).`;
}

function haState(guest: Guest): string | undefined {
  if (guest.haState === undefined || MOVABLE_HA_STATES.has(guest.haState)) return undefined;
  return `${guest.name} is managed by HA and in state ${guest.haState}, not started.`;
}

function nativeBalancer(guest: Guest, { native }: Known): string | undefined {
  if (!native.has(guest.id)) return undefined;
  return `${guest.name} is balanced by Proxmox VE itself (crs: ha-auto-rebalance) and left to it (balance.coexistence: cede).`;
}

function ignored(guest: Guest, { ignored: rules }: Known): string | undefined {
  const rule = rules.get(guest.id);
  return rule === undefined ? undefined : `${guest.name} is never moved (${ruleName(rule.source)}).`;
}

function container(guest: Guest): string | undefined {
  if (guest.kind !== 'lxc') return undefined;
  return `${guest.name} is a container: moving restarts it, which the policy does not allow (balance.containers).`;
}

function localResource(guest: Guest, known: Known): string | undefined {
  const resources = factsOf(guest, known)?.localResources;
  return resources === undefined || resources.length === 0
    ? undefined
    : `${guest.name} uses devices of ${guest.node} (${list(resources)}).`;
}

function localDisk(guest: Guest, known: Known): string | undefined {
  const bytes = factsOf(guest, known)?.localDiskBytes ?? 0;
  if (bytes <= 0) return undefined;
  return `${guest.name} has ${size(bytes)} on local disks, which the policy does not copy (balance.localDisks).`;
}

function dirtyRate(guest: Guest, known: Known): string | undefined {
  if (migrationMode(guest) !== 'live' || guest.status !== 'running') return undefined;
  const usage = known.history.guests[guest.id]?.smoothed ?? guest.usage;
  const { ratio, rate, converges } = convergence(guest, usage, factsOf(guest, known), known.policy, known.learned);
  if (converges) return undefined;
  const assumed = factsOf(guest, known)?.dirtyRate === undefined ? `, assumed from ${cores(usage.cpu)}` : '';
  return `${guest.name} writes ${size(rate)}/s to its memory${assumed}, ${percent(ratio)} of the migration bandwidth: a live migration would not end.`;
}

function failedBefore(guest: Guest, { moves, policy, now }: Known): string | undefined {
  const rest = backOff(moves.get(guest.id) ?? [], policy, now);
  if (rest === undefined) return undefined;
  const { last, attempts, left } = rest;
  return `The last migration of ${guest.name}, to ${last.to}, ${last.outcome === 'failed' ? 'failed' : 'was aborted'} (${count(attempts, 'attempt')} in a row): it is left alone for another ${span(left)}.`;
}

function inVain(guest: Guest, { moves, policy, now }: Known): string | undefined {
  const rest = fruitless(moves.get(guest.id) ?? [], policy, now);
  if (rest === undefined) return undefined;
  return `The last ${rest.moves} migrations of ${guest.name} did not relieve the node it left as planned: it is left alone for another ${span(rest.left)}.`;
}

function cooling(guest: Guest, { moves, policy, now }: Known): string | undefined {
  const rest = coolDown(moves.get(guest.id) ?? [], guest.node, policy, now);
  if (rest === undefined) return undefined;
  return `${guest.name} moved ${count(rest.moves, 'time')} within a day: it rests for another ${span(rest.left)}.`;
}
