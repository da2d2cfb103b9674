import type { Guest } from '@ballast/core';
import { type Preconditions, readPreconditions } from '../../inspect/preconditions.ts';
import { type Api, lxcPreconditions } from '../../wire/api.ts';
import { type Row, row } from '../../wire/fields.ts';
import { attempt, type Reading } from '../reading.ts';

/** What was read of one guest. */
export interface GuestEvidence {
  readonly guest: Guest;
  readonly config: Reading<Row>;
  /** What Proxmox VE says stands against moving it; undefined where this version tells nothing. */
  readonly preconditions: Reading<Preconditions> | undefined;
}

/** Two requests: its configuration, and what stands against moving it. */
export async function readGuestEvidence(guest: Guest, api: Api, major: number): Promise<GuestEvidence> {
  const { id, kind, node } = guest;
  const place = api.nodes.$(node);
  const ofKind = kind === 'qemu' ? place.qemu.$(id) : place.lxc.$(id);
  const [config, preconditions] = await Promise.all([
    attempt(async () => row(await ofKind.config.$get(), `the configuration of guest ${id}`)),
    kind === 'qemu'
      ? attempt(async () => readPreconditions(await place.qemu.$(id).migrate.$get()))
      : major >= 9
        ? attempt(async () => readPreconditions(await lxcPreconditions(api, node, id)))
        : undefined,
  ]);
  return { guest, config, preconditions };
}
