import type { Finding } from '@ballast/core';
import type { ProxmoxError } from '../../errors/proxmox-error.ts';
import type { Evidence } from '../evidence.ts';
import type { Reading } from '../reading.ts';

/** What could not be looked at, once for each reason: silence is not health. */
export function checkUnchecked(evidence: Evidence): readonly Finding[] {
  const read: readonly (readonly [what: string, reading: Reading<unknown> | undefined])[] = [
    ['privileges', evidence.rights],
    ['quorum and offline nodes', evidence.membership],
    ['nodes, guests and storages', evidence.resources],
    ['options of the cluster', evidence.options],
    ['HA resources and the native balancer', evidence.haResources],
    ['HA maintenance', evidence.maintenance],
    ['running tasks', evidence.tasks],
    ['replication', evidence.replication],
    ...evidence.nodes.flatMap(({ name, time, status }) => {
      // A node that does not answer has a finding of its own.
      const told = time.ok ? status : time.error.kind === 'permission' ? time : undefined;
      return [[`clock, statistics and CPU of ${name}`, told] as const];
    }),
  ];
  const byReason = new Map<string, { readonly what: string[]; readonly error: ProxmoxError }>();
  for (const [what, reading] of read) {
    if (reading === undefined || reading.ok) continue;
    const { error } = reading;
    const reason = error.kind === 'permission' ? 'permission' : error.message;
    const entry = byReason.get(reason) ?? { what: [], error };
    entry.what.push(what);
    byReason.set(reason, entry);
  }
  return [...byReason.values()].map(({ what, error }) => finding(what, error));
}

function finding(what: readonly string[], error: ProxmoxError): Finding {
  const listed = what.length > 8 ? [...what.slice(0, 7), `${what.length - 7} more`] : what;
  const forbidden = error.kind === 'permission';
  return {
    code: 'unchecked',
    severity: forbidden ? 'warning' : 'failure',
    subject: 'not checked',
    detail: forbidden
      ? `For want of privileges these were not looked at: ${listed.join(', ')}.`
      : `These could not be looked at: ${listed.join(', ')}. ${error.message}`,
    ...(forbidden
      ? { cure: 'Grant what is missing, and ask again.' }
      : error.hint === undefined
        ? {}
        : { cure: error.hint }),
  };
}
