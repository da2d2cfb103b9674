import type { GuestId, Instant, Milliseconds, NodeName } from '@ballast/core';
import type { Api } from '../wire/api.ts';
import { rows, text } from '../wire/fields.ts';
import { parseUpid, type Upid } from './upid.ts';

/** Tasks that move a guest themselves. */
const MOVES: ReadonlySet<string> = new Set(['qmigrate', 'vzmigrate']);

/** The newest task that moves the guest and began at `since` (by the node's clock) or later, running or ended. */
export async function findMove(api: Api, node: NodeName, guest: GuestId, since: Instant): Promise<Upid | undefined> {
  const answer = await api.nodes.$(node).tasks.$get({ source: 'all', vmid: guest, since: Math.floor(since / 1000) });
  return newest(answer, (upid) => MOVES.has(upid.type) && upid.guest === guest && upid.startedAt >= since);
}

/** A running task that moves the guest, or asks the HA manager to. */
export async function findRunningMove(api: Api, node: NodeName, guest: GuestId): Promise<Upid | undefined> {
  const answer = await api.nodes.$(node).tasks.$get({ source: 'active', vmid: guest });
  return newest(answer, (upid) => (MOVES.has(upid.type) || upid.type === 'hamigrate') && upid.guest === guest);
}

/** The newest request to the HA manager to move the guest, made up to `within` before `at` (by the node's clock). */
export async function findHaRequest(
  api: Api,
  node: NodeName,
  guest: GuestId,
  at: Instant,
  within: Milliseconds,
): Promise<Upid | undefined> {
  const since = Math.max(0, Math.floor((at - within) / 1000));
  const answer = await api.nodes.$(node).tasks.$get({ source: 'all', vmid: guest, since });
  return newest(answer, (upid) => upid.type === 'hamigrate' && upid.guest === guest && upid.startedAt <= at);
}

function newest(answer: unknown, wanted: (upid: Upid) => boolean): Upid | undefined {
  const found = rows(answer, 'the tasks of a node')
    .flatMap((from) => text(from, 'upid') ?? [])
    .map(parseUpid)
    .filter(wanted);
  return found.toSorted((a, b) => b.startedAt - a.startedAt)[0];
}
