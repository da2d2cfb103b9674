import type { Outcome } from './run.ts';

const HEAD = `# Faults

What Ballast does when the cluster fails it in the middle of a rebalance, and what is to be done. Nothing here is claimed: each
row is a run of the operator in \`auto\` against a simulated cluster, in which the fault was injected at the moment named, and
healed. This page is written from the records of the runs, and a test fails when they tell otherwise
(\`npx vitest run test/e2e/faults\`; with \`--update\` it writes the page anew).

In each run a node is so hot that two guests have to leave it, one after the other: a migration takes some 20 s. What is seen
in **every** run, by the cluster's own records and not by what Ballast says:

- no guest is asked to move a second time within its rest, and none while it migrates (a node that is emptied for maintenance
  is the one order that goes before rest);
- nothing is asked for without quorum, on a look at the cluster older than 60 s, or on figures older than a minute when they
  were looked at;
- no guest is sent to a node that is offline or in maintenance;
- at most two migrations of Ballast's run at once, at most one to or from a node, at each second;
- nothing crashes, and in the end nothing runs, rounds are good, and no node is hot.

Names in messages: \`payments-01\` moves first and \`payments-02\` second, both from \`pve1\`.
`;

/** The page on faults, from what was seen. */
export function faultsPage(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { fault, moment, cure } = outcome.run;
    return `| ${[fault, moment, did(outcome), sees(outcome), cure].map(cell).join(' | ')} |`;
  });
  return `${HEAD}
| fault | when | what Ballast did | what the admin sees | what to do |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Sentences on what the cluster saw, in the order of events. */
function did(outcome: Outcome): string {
  return [first(outcome), second(outcome), rounds(outcome), after(outcome)].filter((text) => text !== '').join(' ');
}

const FIRST = 103;
const SECOND = 104;

/** The migration that was asked for first. */
function first({ run, asked, exits, records, steps, adopted }: Outcome): string {
  if (run.moment === 'the second step is due') return '';
  const requests = [...asked.before, ...asked.during, ...asked.after];
  // Where every request has become a task, the first task is that of the first request.
  const end = requests.length === exits.length ? ` (${exits[0]})` : '';
  const followed = `and followed it to its end${end}.`;
  if (run.moment === 'a migration runs') {
    return adopted > 0
      ? `Adopted the migration when it could, ${followed}`
      : `Followed the migration to its end${end}.`;
  }
  const number = requests.filter(({ guest }) => guest === FIRST).length;
  const once = `Asked ${number === 1 ? 'once' : `${number} times`}`;
  if (adopted > 0) return `${once}, adopted the task when it appeared, ${followed}`;
  const unknown = steps.some(
    ({ step, state, outcome }) => step.guest === FIRST && state === 'unknown' && outcome === undefined,
  );
  return unknown
    ? `${once}, and took it for ${records[0]} when nothing of it was to be seen for a minute.`
    : `${once}, and followed the task to its end${end}.`;
}

/** What became of the step that waited. */
function second({ asked, steps }: Outcome): string {
  if (asked.during.some(({ guest }) => guest === SECOND) && !steps.some(({ step }) => step.guest === SECOND)) {
    return 'Began the second step.';
  }
  return steps.some(({ step, state }) => step.guest === SECOND && state === 'skipped')
    ? 'Dropped the second step.'
    : '';
}

function rounds({ failed }: Outcome): string {
  return failed.length === 0 ? '' : 'Rounds decided nothing meanwhile.';
}

/** What was begun beside, and how it ended. */
function after({ asked, hot }: Outcome): string {
  const others = (part: Outcome['asked']['after']): number =>
    part.filter(({ guest }) => guest !== FIRST && guest !== SECOND).length;
  const late = asked.after.filter(({ guest }) => guest === SECOND).length;
  const beside = others(asked.during);
  const then = others(asked.after) + late;
  const count = (number: number): string => `${number} ${number === 1 ? 'migration' : 'migrations'}`;
  return [
    ...(beside === 0 ? [] : [`Began ${count(beside)} of other guests meanwhile.`]),
    ...(then === 0 ? [] : [`Began ${count(then)} after it was over.`]),
    hot.length === 0 ? 'No node is hot in the end.' : `Still hot: ${hot.join(', ')}.`,
  ].join(' ');
}

/** Codes and first sentences: of failed rounds, of steps, of warnings. */
function sees({ failed, steps, warnings }: Outcome): string {
  const told = new Map<string, string>();
  const add = (code: string, text: string): void => {
    const key = code === '' ? plain(text) : code;
    if (!told.has(key)) told.set(key, code === '' ? plain(text) : `\`${code}\` ${plain(text)}`);
  };
  for (const { failure } of failed) if (failure !== undefined) add(failure.code, failure.message);
  for (const { state, detail = '', step } of steps) {
    if (detail.startsWith('An earlier step')) continue;
    add('', `${step.guestName} ${state}: ${detail}`);
  }
  for (const { msg, code } of warnings) {
    if (typeof msg !== 'string' || msg.startsWith('migration did not') || msg.endsWith('answers again.')) continue;
    add(typeof code === 'string' ? code : '', msg);
  }
  return told.size === 0 ? 'nothing but the usual lines' : [...told.values()].join(' ');
}

/** Without what differs from run to run: ports, processes, moments, which request met it first. One sentence is enough. */
function plain(text: string): string {
  const same = text
    .replace(/127\.0\.0\.1:\d+/g, 'the endpoint')
    .replace(/(the endpoint is tried last for a while): .*/, '$1.')
    .replace(/(GET|POST) \/[^\s,]*/g, '$1 ...')
    .replace(/ \((?:half a response|E[A-Z]+|application[^)]*)\)/g, '')
    .replace(/within \d+ s/g, 'in time')
    .replace(/\d+ s ago/g, 'longer ago')
    .replace(/not moved for \d+ s/g, 'not moved for longer')
    .replace(/duration \d\d:\d\d:\d\d/g, 'duration ...');
  return /^.*?[.)](?= [A-Z]|$)/.exec(same)?.[0] ?? same;
}
