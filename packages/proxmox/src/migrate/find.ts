import type { ClusterTask, FoundMigration, Milliseconds, NodeName } from '@ballast/core';
import { hasKind } from '../errors/proxmox-error.ts';
import type { Api } from '../wire/api.ts';
import { row, rows, text } from '../wire/fields.ts';
import { findHaRequest } from './task-list.ts';
import { parseUpid, type Upid } from './upid.ts';

/** Tasks that move a guest, or ask the HA manager to. */
const MOVES: ReadonlySet<string> = new Set(['qmigrate', 'vzmigrate', 'hamigrate']);
/** Who the HA manager's own tasks belong to. */
const HA_USER = 'root@pam';
/** A migration tells where it goes at its beginning, below a line or two on networks. */
const BEGINNING = 20;
/** The HA manager lets a request wait for others: it may be older than its migration by this much. */
const QUEUED: Milliseconds = 10 * 60_000;

/** `starting migration of VM 100 to node 'pve2' (192.0.2.2)`, `Requesting HA migration for VM 100 to node pve2` */
const TARGET = /(?:starting migration of|HA migration for) (?:VM|CT) \d+ to node '?([\w.-]+?)'?(?: |$)/;
const BY_HA = /task started by HA resource agent/;

/**
 * Those of the tasks that move a guest, run still, and were begun by `owner` (a user, or USER@REALM!TOKEN). A task of
 * the HA manager belongs to whom the request belongs to.
 */
export async function findOwn(
  tasks: readonly ClusterTask[],
  api: Api,
  owner: string,
): Promise<readonly FoundMigration[]> {
  const found = await Promise.all(tasks.map((task) => identify(task, api, owner)));
  return found.flatMap((migration) => migration ?? []);
}

async function identify(task: ClusterTask, api: Api, owner: string): Promise<FoundMigration | undefined> {
  const upid = parseUpid(task.id);
  const { guest, node } = upid;
  if (guest === undefined || !MOVES.has(upid.type) || (upid.user !== owner && upid.user !== HA_USER)) return undefined;
  try {
    const lines = await readBeginning(upid, api);
    const byHa = lines.some((line) => BY_HA.test(line));
    const request = byHa ? await findHaRequest(api, node, guest, upid.startedAt, QUEUED) : undefined;
    const begunBy = byHa ? request?.user : upid.user;
    const to = targetOf(lines);
    if (begunBy !== owner || to === undefined || !(await runs(upid, api))) return undefined;
    return {
      task: { id: upid.text, node, guest, startedAt: upid.startedAt },
      to,
      ...(request === undefined ? {} : { request: request.text }),
    };
  } catch (error) {
    // It ended and was forgotten in between.
    if (hasKind(error, 'gone')) return undefined;
    throw error;
  }
}

async function readBeginning({ node, text: id }: Upid, api: Api): Promise<readonly string[]> {
  const log = await api.nodes.$(node).tasks.$(encodeURIComponent(id)).log.$get({ start: 0, limit: BEGINNING });
  return rows(log, 'the log of a task').map((entry) => text(entry, 't') ?? '');
}

function targetOf(lines: readonly string[]): NodeName | undefined {
  return lines.flatMap((line) => TARGET.exec(line)?.[1] ?? [])[0];
}

/** The list of tasks may be some seconds old. */
async function runs({ node, text: id }: Upid, api: Api): Promise<boolean> {
  const state = row(await api.nodes.$(node).tasks.$(encodeURIComponent(id)).status.$get(), 'the state of a task');
  return text(state, 'status') !== 'stopped';
}
