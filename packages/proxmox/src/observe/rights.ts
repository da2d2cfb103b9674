import type { Api } from '../wire/api.ts';
import { inner, row } from '../wire/fields.ts';
import { SnapshotError } from './snapshot-error.ts';

/**
 * Proxmox VE leaves out what the credentials may not see: a cluster without guests may be one whose guests are hidden.
 * @throws {SnapshotError} `snapshot-no-rights` when VM.Audit is granted nowhere
 */
export async function requireRightsOnGuests(api: Api, identity: string): Promise<void> {
  const granted = row(await api.access.permissions.$get(), 'the permissions');
  if (Object.keys(granted).some((path) => inner(granted, path)['VM.Audit'] !== undefined)) return;
  throw new SnapshotError(
    'snapshot-no-rights',
    `Expected ${identity} to have VM.Audit on /vms, got no guests and no right to see any.`,
    {
      hint: 'Grant it to the user and the token (`pveum acl modify /vms --roles PVEAuditor`).',
    },
  );
}
