import type { MemberWeight, ServiceWeights, TargetReport, WeightTable } from '@ballast/core';
import type { Registry } from 'prom-client';
import { counter, gauge, histogram } from './instruments.ts';
import { METRICS } from './names/index.ts';

/** Returns what writes the weights of a round; members and services that are gone leave no series behind. */
export function weightMetrics(registry: Registry): (table: WeightTable) => void {
  const weight = gauge(registry, METRICS.weight);

  return (table) => {
    weight.reset();
    for (const service of table.services) {
      for (const member of service.members) {
        const labels = { service: service.service, member: memberLabel(member, service) };
        weight.set(labels, member.state === 'drain' ? 0 : member.weight);
      }
    }
  };
}

/** The member's name; with its id where a second member of the service has the same name. */
function memberLabel({ member }: MemberWeight, service: ServiceWeights): string {
  const namesakes = service.members.filter((other) => other.member.name === member.name).length;
  return namesakes > 1 ? `${member.name}/${member.guest}` : member.name;
}

/** Returns what writes the targets that a round applied weights to. */
export function targetMetrics(registry: Registry): (targets: readonly TargetReport[]) => void {
  const changes = counter(registry, METRICS.weightChanges);
  const up = gauge(registry, METRICS.targetUp);
  const problems = counter(registry, METRICS.targetProblems);
  const duration = histogram(registry, METRICS.targetApplyDuration);

  return (targets) => {
    up.reset();
    for (const report of targets) {
      const target = report.target;
      up.set({ target }, isUp(report) ? 1 : 0);
      changes.inc({ target }, report.changed.length);
      duration.observe({ target }, report.duration / 1000);
      for (const problem of report.problems) problems.inc({ target, code: problem.code });
    }
  };
}

/** A problem that names neither a service nor a guest is one of the target as a whole. */
function isUp(report: TargetReport): boolean {
  return !report.problems.some((problem) => problem.service === undefined && problem.guest === undefined);
}
