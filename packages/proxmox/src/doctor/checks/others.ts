import { type Finding, type FoundGuest, type GuestId, nearestNames } from '@ballast/core';
import { readNativeBalancer } from '../../observe/native-balancer.ts';
import { compileTags } from '../../rules/tags.ts';
import { text } from '../../wire/fields.ts';
import type { Evidence } from '../evidence.ts';
import type { DoctorParts, DoctorQuestion } from '../question.ts';
import { known } from '../reading.ts';

/** The balancer of Proxmox VE itself: whether it is on, and which guests it may move. */
export function checkNativeBalancer(evidence: Evidence, { coexistence = 'cede' }: DoctorQuestion): readonly Finding[] {
  const options = known(evidence.options);
  const resources = known(evidence.haResources);
  if (options === undefined || resources === undefined) return [];
  const { active, guests } = readNativeBalancer(options, resources);
  const found = { code: 'native-balancer', subject: 'native balancer' } as const;
  if (!active) return [{ ...found, severity: 'ok', detail: 'The balancer of Proxmox VE itself is off.' }];
  const does =
    coexistence === 'cede'
      ? 'Ballast leaves them to it (`balance.coexistence: cede`)'
      : 'Ballast moves them as well (`balance.coexistence: exclusive`), and the two may undo what the other does';
  return [
    {
      ...found,
      severity: 'warning',
      detail: `The balancer of Proxmox VE itself is on, and may move ${guests.length} guests of the HA manager. ${does}.`,
      cure: 'Let one of the two balance these guests: Datacenter > Options > Cluster Resource Scheduling.',
      guests: foundGuests(guests, evidence, () => 'under the HA manager'),
    },
  ];
}

/** Migrations that run now, whoever started them. */
export function checkMigrations(evidence: Evidence): readonly Finding[] {
  if (!evidence.tasks.ok) return [];
  const running = evidence.tasks.value.filter(({ type }) => /^(?:qmigrate|vzmigrate|hamigrate|migrateall)$/.test(type));
  if (running.length === 0) return [];
  const types = new Map(running.map((task) => [task.guest ?? 0, task.type]));
  return [
    {
      code: 'migration',
      severity: 'ok',
      subject: 'migrations',
      detail: `${running.length === 1 ? '1 migration runs' : `${running.length} migrations run`} now: Ballast counts them in.`,
      guests: foundGuests([...types.keys()], evidence, (id) => types.get(id) ?? ''),
    },
  ];
}

/** Resource pools of the configuration that the cluster does not have. */
export function checkPools({ resources }: Evidence, { pools = [] }: DoctorQuestion): readonly Finding[] {
  const rows = (known(resources) ?? []).filter((from) => text(from, 'type') === 'pool');
  const names = rows.flatMap((from) => text(from, 'pool') ?? []);
  // None at all may be hidden ones: then the privilege is named.
  if (names.length === 0) return [];
  return pools
    .filter((name) => !names.includes(name))
    .map((name) => {
      const near = nearestNames(name, names);
      return {
        code: 'pool',
        severity: 'warning',
        subject: name,
        detail: `Expected the resource pool ${name} of the configuration in the cluster, got none of that name.`,
        cure:
          near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `The cluster has ${names.slice(0, 5).join(', ')}.`,
      };
    });
}

/** Tags that were meant as rules and cannot be read. */
export function checkTags(
  { guests, nodes, membership }: Evidence,
  _: DoctorQuestion,
  parts: DoctorParts,
): readonly Finding[] {
  const names = [...new Set([...nodes.map(({ name }) => name), ...(known(membership)?.offline ?? [])])];
  const labelled = names.map((name) => ({
    name,
    labels: Object.hasOwn(parts.labels, name) ? (parts.labels[name] ?? {}) : {},
  }));
  const wrong = guests.flatMap(({ id, name, node, ...guest }): readonly FoundGuest[] => {
    const { problems } = compileTags([{ id, name, node, ...guest }], labelled, parts.tagPrefixes);
    return problems.length === 0 ? [] : [{ id, name, node, detail: problems.join(' ') }];
  });
  if (wrong.length === 0) return [];
  return [
    {
      code: 'tag',
      severity: 'warning',
      subject: `${wrong.length} guest${wrong.length === 1 ? '' : 's'}`,
      detail: `Tags that begin with ${parts.tagPrefixes.join(' or ')} are rules, and some cannot be read. ${wrong[0]?.detail ?? ''}`,
      cure: 'Mend the tags of these guests.',
      guests: wrong,
    },
  ];
}

function foundGuests(
  ids: readonly GuestId[],
  { guests }: Evidence,
  detail: (id: GuestId) => string,
): readonly FoundGuest[] {
  const byId = new Map(guests.map((guest) => [guest.id, guest]));
  return ids.flatMap((id) => {
    const guest = byId.get(id);
    return guest === undefined ? [] : [{ id, name: guest.name, node: guest.node, detail: detail(id) }];
  });
}
