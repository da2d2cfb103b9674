import { type FlowEntry, flowFilter, type GroupContent } from '@ballast/openflow';
import type { Connection } from '../channel/connection.ts';
import { ChannelError } from '../channel/errors.ts';
import { COOKIE_MARK, COOKIE_MASK, isOurGroup } from '../desired.ts';

/** What is Ballast's own on a switch. */
export interface Present {
  readonly flows: readonly FlowEntry[];
  readonly groups: readonly GroupContent[];
}

/** Reads flows by Ballast's cookie, and groups by Ballast's range; what is foreign is not among them. */
export async function readPresent(connection: Connection): Promise<Present> {
  const [flows, groups] = await Promise.all([
    readFlows(connection, COOKIE_MASK),
    connection.multipart({ kind: 'group_desc' }),
  ]);
  if (groups.kind !== 'group_desc') throw unexpected(connection, 'groups', groups.kind);
  return { flows, groups: groups.entries.filter(({ groupId }) => isOurGroup(groupId)) };
}

/** Flows whose cookie agrees with Ballast's in the bits of the mask: with 0 all, foreign ones too. */
export async function readFlows(connection: Connection, cookieMask: bigint): Promise<readonly FlowEntry[]> {
  const answer = await connection.multipart({ kind: 'flow', ...flowFilter({ cookie: COOKIE_MARK, cookieMask }) });
  if (answer.kind !== 'flow') throw unexpected(connection, 'flows', answer.kind);
  return answer.entries;
}

function unexpected(connection: Connection, asked: string, got: string): ChannelError {
  return new ChannelError('channel-unexpected', `Expected ${asked} from ${connection.peer}, got ${got}.`);
}
