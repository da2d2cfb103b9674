import { classify } from '../../src/errors/classify.ts';
import type { Failure } from '../../src/errors/failure.ts';
import type { FailureKind } from '../../src/errors/proxmox-error.ts';
import { taskEnd } from '../../src/errors/task-ends.ts';

/** What Ballast does, by the kind of the failure. */
const DEEDS: Readonly<Record<FailureKind, string>> = {
  transient:
    'A read is asked again up to `cluster.retries` times, with growing pauses; then the round fails and the next one begins anew. A write is never sent again: the task it may have started is looked for, and followed.',
  fatal: 'The round, or the step, fails with this message. Nothing is asked again until the next round.',
  auth: 'A ticket is renewed once, then the round fails. Nothing is decided, weights stay.',
  permission:
    'One guest that may not be read or moved is left alone (blocker `refused`); a right that the whole snapshot needs fails the round.',
  conflict: 'The step is skipped and the rest of the plan dropped; the next round plans with what it sees then.',
  gone: 'It is taken for gone: a guest is left out, a task is judged by where its guest is, a call that this version does not have is done without.',
  tls: 'Nothing is sent to this server. Another endpoint is asked; without one the round fails.',
};

/** The page of the tables, by what their tests show. */
export function errorsPage(
  failures: readonly (readonly [what: string, failure: Failure, ...unknown[]])[],
  ends: readonly (readonly [exit: string, error: string | undefined, ...unknown[]])[],
): string {
  const kinds = Object.entries(DEEDS).map(([kind, deed]) => [`\`${kind}\``, deed]);
  return `# When Proxmox VE says no

Every way a request or a task of Proxmox VE fails, as Ballast reads it: the code stands in the log, in
\`ballast_round_failures_total\` and in reports. Proxmox VE answers many different failures with 500 and a phrase: the tables in
\`packages/proxmox/src/errors\` read them, once. This page is written from the tests of these tables
(\`packages/proxmox/test/failures.test.ts\`), and a test fails when it is not what they say.

## What Ballast does

${table(['kind', 'what Ballast does'], kinds)}

## Requests

_Elsewhere_: the endpoint is to blame. It is asked after all others until it answers again, which is looked at once a minute;
the request goes to the next one, a write only when nothing of it was sent.

${table(['case', 'what is seen', 'code', 'kind', 'elsewhere', 'what to do'], failures.map(requestRow))}

## Tasks of migrations

By the exit status, and the first error in the log. The step is \`failed\`; where the task cannot say whether the guest moved,
the place of the guest decides. \`OK\` and \`WARNINGS: n\` are done; a log that speaks of an interruption is an abort.

${table(['exit status', 'first error', 'code', 'what to do'], ends.map(taskRow))}
`;
}

function requestRow([what, failure]: readonly [string, Failure, ...unknown[]]): readonly string[] {
  const { code, kind, elsewhere, hint = '' } = classify(failure);
  return [what, seen(failure), `\`${code}\``, kind, elsewhere ? 'yes' : '', hint];
}

function seen({ errno, status, text, fields }: Failure): string {
  if (errno !== '') return errno.startsWith('BALLAST_') ? '(found by Ballast)' : `\`${errno}\``;
  const faults = Object.entries(fields).map(([name, fault]) => `, ${name}: ${fault}`);
  return `\`${[String(status), text].filter((part) => part !== '').join(' ')}${faults.join('')}\``;
}

function taskRow([exit, error]: readonly [string, string | undefined, ...unknown[]]): readonly string[] {
  const { code, hint } = taskEnd(exit, error);
  return [`\`${exit}\``, error === undefined ? '' : `\`${error}\``, `\`${code}\``, hint];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
