import { text } from '../../wire/fields.ts';
import type { Evidence } from '../evidence.ts';
import type { DoctorQuestion } from '../question.ts';
import { known } from '../reading.ts';
import type { Need } from './needs.ts';
import type { Rights } from './rights.ts';

/** What stands below the tree of a need, by path, and whether the need is met there. */
export function leavesOf(
  need: Need,
  rights: Rights,
  evidence: Evidence,
  question: DoctorQuestion,
): ReadonlyMap<string, boolean> {
  const paths = pathsOf(need, rights, evidence, question);
  const held = new Map(paths.map((path) => [path, rights.has(path, need.privileges)]));
  if (need.leaves === 'nodes') for (const path of refusedNodes(evidence)) held.set(path, false);
  if (need.privileges.includes('VM.Audit')) for (const path of hiddenGuests(evidence)) held.set(path, false);
  return held;
}

function pathsOf(need: Need, rights: Rights, evidence: Evidence, question: DoctorQuestion): readonly string[] {
  const { guests, resources } = evidence;
  switch (need.leaves) {
    case 'none':
      return [];
    case 'nodes':
      return named(evidence, 'node').map((name) => `/nodes/${name}`);
    case 'guests':
      return unique([...guests.map(({ id }) => `/vms/${id}`), ...rights.below('/vms')]);
    case 'machines':
      return guests.filter(({ kind }) => kind === 'qemu').map(({ id }) => `/vms/${id}`);
    case 'storages':
      return unique([...named(evidence, 'storage').map((name) => `/storage/${name}`), ...rights.below('/storage')]);
    case 'pools':
      return resources.ok ? (question.pools ?? []).map((name) => `/pool/${name}`) : [];
  }
}

/** Names of the rows of one type in /cluster/resources, where the row's own name stands under its type. */
function named({ resources }: Evidence, type: 'node' | 'storage'): readonly string[] {
  const rows = known(resources) ?? [];
  return unique(rows.filter((from) => text(from, 'type') === type).flatMap((from) => text(from, type) ?? []));
}

/** The node itself said no: an entry that takes everything away does not show in the dump of permissions. */
function refusedNodes({ nodes }: Evidence): readonly string[] {
  return nodes.filter(({ time }) => !time.ok && time.error.kind === 'permission').map(({ name }) => `/nodes/${name}`);
}

/** The HA manager knows a guest that is not among those that may be seen. */
function hiddenGuests({ haResources, guests }: Evidence): readonly string[] {
  const seen = new Set(guests.map(({ id }) => id));
  return (known(haResources) ?? []).filter(({ guest }) => !seen.has(guest)).map(({ guest }) => `/vms/${guest}`);
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
