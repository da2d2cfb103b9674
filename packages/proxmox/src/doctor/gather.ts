import { type Guest, type NodeName, wallOf } from '@ballast/core';
import { readGuest } from '../observe/guests.ts';
import { readHaResources, readMaintenance } from '../observe/ha.ts';
import { readMembership } from '../observe/membership.ts';
import { Roster } from '../observe/roster.ts';
import { readTasks } from '../observe/tasks.ts';
import type { PveVersion } from '../observe/version.ts';
import type { Api } from '../wire/api.ts';
import { neededText, number, row, rows, text } from '../wire/fields.ts';
import type { ClusterEvidence, EndpointEvidence, Evidence, NodeEvidence } from './evidence.ts';
import { counts } from './guests/check.ts';
import { readGuestEvidence } from './guests/read.ts';
import type { DoctorParts, DoctorQuestion } from './question.ts';
import { attempt, inTurn, known } from './reading.ts';
import { Rights } from './rights/rights.ts';

const MOST_GUESTS = 1000;

/** Tries each entry point by itself. */
export function askEndpoints(
  { endpoints, connect }: DoctorParts,
  { signal }: DoctorQuestion,
): Promise<readonly EndpointEvidence[]> {
  return inTurn(endpoints, async (endpoint) => ({
    endpoint,
    version: await attempt(async () => readVersion(await connect([endpoint]).api({ signal }).version.$get())),
  }));
}

/**
 * Reads what there is to know: nine requests for the cluster (eight for a user), three for each node that is online, two for each
 * guest that runs, up to a limit. Whatever fails is evidence, too.
 */
export async function gather(
  parts: DoctorParts,
  question: DoctorQuestion,
  endpoints: readonly EndpointEvidence[],
  version: PveVersion,
): Promise<Evidence> {
  const { signal, onProgress = () => undefined } = question;
  // Without those that do not answer: each would be waited for again.
  const answering = endpoints.filter((one) => one.version.ok).map(({ endpoint }) => endpoint);
  const api = parts.connect(answering).api({ signal });
  onProgress({ doing: 'the cluster', done: 0, total: 1 });
  const cluster = await askCluster(api, parts, version);
  const guests = guestsOf(cluster);
  const names = onlineNodes(cluster);
  const nodes = await inTurn(
    names,
    (name) => askNode(name, api, parts),
    (done) => onProgress({ doing: 'nodes', done, total: names.length }),
  );
  const reachable = new Set(
    nodes.filter(({ time }) => time.ok || time.error.kind === 'permission').map(({ name }) => name),
  );
  const running = guests.filter((guest) => counts(guest) && reachable.has(guest.node));
  const chosen = running.slice(0, question.guests ?? MOST_GUESTS);
  const inspected = await inTurn(
    chosen,
    (guest) => readGuestEvidence(guest, api, version.major),
    (done) => onProgress({ doing: 'guests', done, total: chosen.length }),
  );
  return { ...cluster, endpoints, nodes, guests, inspected, passedOver: running.length - chosen.length };
}

async function askCluster(api: Api, { identity, clock }: DoctorParts, version: PveVersion): Promise<ClusterEvidence> {
  const { cluster, access } = api;
  const [rights, userRights, membership, resources, tasks, options, haResources, maintenance, replication] =
    await Promise.all([
      attempt(async () => new Rights(await access.permissions.$get())),
      askUserRights(api, identity),
      attempt(async () => readMembership(await cluster.status.$get())),
      attempt(async () => rows(await cluster.resources.$get(), 'the resources of the cluster')),
      attempt(async () => readTasks(await cluster.tasks.$get())),
      attempt(async () => row((await cluster.options.$get()) ?? {}, 'the options of the cluster')),
      attempt(async () => readHaResources(await cluster.ha.resources.$get())),
      attempt(async () => readMaintenance(await cluster.ha.status.manager_status.$get())),
      attempt(async () => rows(await cluster.replication.$get(), 'the replication jobs')),
    ]);
  const readAt = clock.now();
  return {
    version,
    readAt,
    rights,
    userRights,
    membership,
    resources,
    tasks,
    options,
    haResources,
    maintenance,
    replication,
  };
}

/** A token may see what its user has where it has Sys.Audit on /access. */
async function askUserRights(api: Api, identity: string): Promise<Rights | undefined> {
  const user = /^token ([^!]+)!/.exec(identity)?.[1];
  if (user === undefined) return undefined;
  return known(await attempt(async () => new Rights(await api.access.permissions.$get({ userid: user }))));
}

/** Its clock first, by itself: whoever has no answer to that is not asked again. */
async function askNode(name: NodeName, api: Api, { clock }: DoctorParts): Promise<NodeEvidence> {
  const place = api.nodes.$(name);
  const askedAt = wallOf(clock);
  const time = await attempt(async () => {
    const told = number(row(await place.time.$get(), `the time of ${name}`), 'time') ?? 0;
    return { time: told * 1000, askedAt, answeredAt: wallOf(clock) };
  });
  if (!time.ok && time.error.kind !== 'permission') return { name, time, version: undefined, status: undefined };
  const [version, status] = await Promise.all([
    attempt(async () => readVersion(await place.version.$get())),
    time.ok
      ? attempt(async () => {
          const found = row(await place.status.$get(), `the status of ${name}`);
          const cpuModel = text(row(found['cpuinfo'] ?? {}, 'the CPUs'), 'model') ?? 'unknown';
          return { uptime: number(found, 'uptime') ?? 0, cpuModel, readAt: clock.now() };
        })
      : undefined,
  ]);
  return { name, time, version, status };
}

function readVersion(answer: unknown): PveVersion {
  const version = neededText(row(answer, 'the version'), 'version', 'the version');
  return { text: version, major: Number.parseInt(version, 10) };
}

function guestsOf({ resources, membership, haResources }: ClusterEvidence): readonly Guest[] {
  const haStates = new Map((known(haResources) ?? []).map(({ guest, state }) => [guest, state]));
  const offline = known(membership)?.offline ?? new Set<string>();
  return (known(resources) ?? [])
    .filter((from) => Roster.guestId(from) !== undefined)
    .map((from) => readGuest(from, { offline, haStates }))
    .toSorted((a, b) => a.id - b.id);
}

/** By corosync's word, or else by the list. */
function onlineNodes({ membership, resources }: ClusterEvidence): readonly NodeName[] {
  if (membership.ok) return [...membership.value.online].toSorted();
  const listed = (known(resources) ?? []).filter(
    (from) => text(from, 'type') === 'node' && text(from, 'status') !== 'offline',
  );
  return listed.flatMap((from) => text(from, 'node') ?? []).toSorted();
}
