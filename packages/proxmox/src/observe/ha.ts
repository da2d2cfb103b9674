import type { GuestId, NodeName } from '@ballast/core';
import { flag, inner, neededText, number, type Row, rows, split, text } from '../wire/fields.ts';

/** A guest that the HA manager looks after. */
export interface HaResource {
  readonly guest: GuestId;
  readonly state: string;
  /** It returns to the preferred nodes of its rule by itself. */
  readonly failback: boolean;
  /** The native balancer may move it. */
  readonly autoRebalance: boolean;
  /** Proxmox VE 8. */
  readonly group?: string;
}

export interface HaNodePreference {
  readonly node: NodeName;
  readonly priority: number;
}

/** A rule (Proxmox VE 9) or a group (8) of the HA manager. */
export type HaRule = {
  readonly name: string;
  readonly guests: readonly GuestId[];
} & (
  | {
      readonly kind: 'node-affinity';
      readonly nodes: readonly HaNodePreference[];
      readonly strict: boolean /** Guests return by themselves. */;
      readonly failback: boolean;
    }
  | { readonly kind: 'resource-affinity'; readonly affinity: 'positive' | 'negative' }
);

/** Reads GET /cluster/ha/resources. */
export function readHaResources(answer: unknown): readonly HaResource[] {
  return rows(answer, 'the HA resources').flatMap((from) => {
    const guest = guestOf(neededText(from, 'sid', 'an HA resource'));
    const group = text(from, 'group');
    if (guest === undefined) return [];
    return [
      {
        guest,
        state: text(from, 'state') ?? 'started',
        failback: from['failback'] === undefined || flag(from, 'failback'),
        autoRebalance: from['auto-rebalance'] === undefined || flag(from, 'auto-rebalance'),
        ...(group === undefined ? {} : { group }),
      },
    ];
  });
}

/** Reads GET /cluster/ha/rules. Disabled rules, and those the HA manager finds faulty, do not count: it ignores them too. */
export function readHaRules(answer: unknown): readonly HaRule[] {
  return rows(answer, 'the HA rules')
    .filter((from) => !flag(from, 'disable') && Object.keys(inner(from, 'errors')).length === 0)
    .flatMap(readHaRule);
}

function readHaRule(from: Row): readonly HaRule[] {
  const name = neededText(from, 'rule', 'an HA rule');
  const guests = split(text(from, 'resources')).flatMap((sid) => guestOf(sid) ?? []);
  switch (text(from, 'type') ?? '') {
    case 'node-affinity':
      return [
        {
          name,
          guests,
          kind: 'node-affinity',
          nodes: readPreferences(text(from, 'nodes')),
          strict: flag(from, 'strict'),
          failback: true,
        },
      ];
    case 'resource-affinity':
      return [
        {
          name,
          guests,
          kind: 'resource-affinity',
          affinity: text(from, 'affinity') === 'negative' ? 'negative' : 'positive',
        },
      ];
    default:
      return [];
  }
}

/** Reads GET /cluster/ha/groups (Proxmox VE 8) as the rules that took their place. */
export function readHaGroups(answer: unknown, resources: readonly HaResource[]): readonly HaRule[] {
  return rows(answer, 'the HA groups').map((from) => {
    const name = neededText(from, 'group', 'an HA group');
    const members = resources.filter((resource) => resource.group === name);
    return {
      name,
      kind: 'node-affinity',
      guests: members.map((resource) => resource.guest),
      nodes: readPreferences(text(from, 'nodes')),
      strict: flag(from, 'restricted'),
      failback: !flag(from, 'nofailback'),
    };
  });
}

/** Nodes in maintenance, by GET /cluster/ha/status/manager_status. */
export function readMaintenance(answer: unknown): ReadonlySet<NodeName> {
  if (typeof answer !== 'object' || answer === null) return new Set();
  const status = inner(inner(answer as Row, 'manager_status'), 'node_status');
  const modes = inner(answer as Row, 'lrm_status');
  const names = [...Object.keys(status), ...Object.keys(modes)];
  return new Set(
    names.filter((name) => status[name] === 'maintenance' || text(inner(modes, name), 'mode') === 'maintenance'),
  );
}

/** `pve1:2,pve2`: a node and its priority, 0 where none is named. */
function readPreferences(value: string | undefined): readonly HaNodePreference[] {
  return split(value).map((part) => {
    const [node = '', priority] = part.split(':');
    return { node, priority: number({ priority }, 'priority') ?? 0 };
  });
}

/** `vm:100`, `ct:101`. */
function guestOf(sid: string): GuestId | undefined {
  const found = /^(?:vm|ct):(\d+)$/.exec(sid);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}
