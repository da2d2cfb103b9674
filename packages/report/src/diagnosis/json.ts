import type { Diagnosis, Finding, Severity } from '@ballast/core';

/** Grows by fields within a version; a field that goes or changes its meaning makes a new one. */
const DIAGNOSIS_SCHEMA = 'ballast-doctor/1';

/** An examination as a JSON document. A key is never left out: what is not known or does not apply is null. */
export function diagnosisJson({ cluster, checkedAt, requests, findings }: Diagnosis): string {
  const number = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const document = {
    schema: DIAGNOSIS_SCHEMA,
    cluster,
    checkedAt: new Date(checkedAt).toISOString(),
    requests,
    healthy: number('failure') === 0,
    failures: number('failure'),
    warnings: number('warning'),
    findings: findings.map(findingOf),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function findingOf({ code, severity, subject, detail, cure, commands, missing, guests, nodes }: Finding): object {
  return {
    code,
    severity,
    subject,
    detail,
    cure: cure ?? null,
    commands: commands ?? [],
    missing: missing ?? null,
    nodes: nodes ?? null,
    guests: guests ?? null,
  };
}
