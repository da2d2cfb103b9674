import type { Finding } from '@ballast/core';
import { number, text } from '../../wire/fields.ts';
import type { Evidence } from '../evidence.ts';
import type { DoctorParts, DoctorQuestion } from '../question.ts';
import { known } from '../reading.ts';

/**
 * Whether the figures that all nodes see are fresh: a node's uptime in the list stands still when its pvestatd does, what it
 * says when it is asked itself does not.
 */
export function checkStatistics(evidence: Evidence, _: DoctorQuestion, { maxAge }: DoctorParts): readonly Finding[] {
  const rows = (known(evidence.resources) ?? []).filter((from) => text(from, 'type') === 'node');
  const published = new Map(rows.map((from) => [text(from, 'node') ?? '', number(from, 'uptime')]));
  const ages = evidence.nodes.flatMap(({ name, status }) => {
    const uptime = published.get(name);
    if (!status?.ok || uptime === undefined) return [];
    const { uptime: own, readAt } = status.value;
    return [{ name, age: Math.abs((own - uptime) * 1000 - (readAt - evidence.readAt)) }];
  });
  if (ages.length === 0) return [];
  const stale = ages.filter(({ age }) => age > maxAge);
  if (stale.length === 0) {
    const oldest = Math.max(...ages.map(({ age }) => age));
    const detail = `The figures of ${ages.length} nodes are no older than ${Math.ceil(oldest / 1000)} s.`;
    return [{ code: 'statistics', severity: 'ok', subject: 'statistics', detail }];
  }
  return stale.map(({ name, age }) => ({
    code: 'statistics',
    severity: 'failure',
    subject: name,
    detail: `Its figures are ${Math.round(age / 1000)} s old; ${maxAge / 1000} s are allowed, and no round gets through.`,
    cure: 'Check `systemctl status pvestatd` on it; a storage that hangs holds it up.',
    nodes: [name],
  }));
}
