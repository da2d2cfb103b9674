import type { Diagnosis, Finding } from '@ballast/core';
import { checkClocks } from './checks/clocks.ts';
import { checkEndpoints, checkTls } from './checks/entry.ts';
import { checkMaintenance, checkNodes, checkQuorum, checkVersions } from './checks/nodes.ts';
import { checkMigrations, checkNativeBalancer, checkPools, checkTags } from './checks/others.ts';
import { checkStatistics } from './checks/statistics.ts';
import { checkUnchecked } from './checks/unchecked.ts';
import type { Evidence } from './evidence.ts';
import { askEndpoints, gather } from './gather.ts';
import { checkGuests } from './guests/check.ts';
import type { DoctorParts, DoctorQuestion } from './question.ts';
import { checkPrivileges } from './rights/missing.ts';

type Check = (evidence: Evidence, question: DoctorQuestion, parts: DoctorParts) => readonly Finding[];

/** Each makes findings of what was read; none reads anything. */
const CHECKS: readonly Check[] = [
  checkPrivileges,
  checkVersions,
  checkQuorum,
  checkNodes,
  checkMaintenance,
  checkClocks,
  checkStatistics,
  checkNativeBalancer,
  checkMigrations,
  checkPools,
  checkTags,
  checkGuests,
  checkUnchecked,
];

/**
 * Examines the cluster, and what the credentials may do there. It reads alone, and changes nothing. What cannot be read is a
 * finding: it throws only when `signal` is aborted or the driver is closed.
 */
export async function diagnose(
  parts: DoctorParts,
  question: DoctorQuestion,
  requests: () => number,
): Promise<Diagnosis> {
  const { cluster, clock, tls } = parts;
  const before = requests();
  question.onProgress?.({ doing: 'endpoints', done: 0, total: parts.endpoints.length });
  const endpoints = await askEndpoints(parts, question);
  const findings = [...checkEndpoints(endpoints), checkTls(tls)];
  const [answer] = endpoints.flatMap(({ version }) => (version.ok ? [version.value] : []));
  if (answer !== undefined) {
    const evidence = await gather(parts, question, endpoints, answer);
    findings.push(...CHECKS.flatMap((check) => check(evidence, question, parts)));
  }
  return { cluster, checkedAt: clock.now(), requests: requests() - before, findings };
}
