import type { GuestId, Instant, NodeName } from '@ballast/core';
import { ProxmoxError } from '../errors/proxmox-error.ts';

/** What the name of a task tells: `UPID:node:PID:PSTART:START:type:id:user:`, numbers in hexadecimal. */
export interface Upid {
  readonly text: string;
  readonly node: NodeName;
  /** By the clock of the node. */
  readonly startedAt: Instant;
  /** Such as `qmigrate`. */
  readonly type: string;
  readonly guest: GuestId | undefined;
  readonly user: string;
}

const SHAPE = /^UPID:([\w.-]+):[0-9A-F]{8}:[0-9A-F]{8,9}:([0-9A-F]{8}):([^:\s]+):([^:\s]*):([^:\s]+):$/i;

/** @throws {ProxmoxError} `proxmox-answer-shape` when it is no UPID */
export function parseUpid(value: unknown): Upid {
  const found = typeof value === 'string' ? SHAPE.exec(value) : null;
  if (found === null) {
    throw new ProxmoxError(
      'proxmox-answer-shape',
      `Expected the UPID of a task, got ${JSON.stringify(value)?.slice(0, 80)}.`,
      {
        kind: 'fatal',
        hint: 'Look at the task list of the cluster: a migration may have been started.',
      },
    );
  }
  const [text, node = '', start = '0', type = '', id = '', user = ''] = found;
  const guest = /^\d+$/.test(id) ? Number(id) : undefined;
  return { text, node, startedAt: Number.parseInt(start, 16) * 1000, type, guest, user };
}
