import { type CurrentWeight, describeError } from '@ballast/core';
import { Weights } from '@ballast/operator';
import { renderWeights } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import type { Session } from '../session.ts';

/** What each member has now and what it would get. Exit code 1 when a target cannot be read. */
export async function showWeights(session: Session, io: Io, options: { readonly output: string }): Promise<number> {
  const { wired, config, clock } = session;
  const { weights: table } = await session.look();
  const weights = new Weights({ settings: config, source: wired.cluster.source, targets: wired.targets, clock });
  const read = await weights.read(table);
  const current: CurrentWeight[] = [];
  let failed = false;
  for (const result of read) {
    if (result.status === 'fulfilled') current.push(...result.value);
    else {
      failed = true;
      io.stderr.write(`${describeError(result.reason)}\n`);
    }
  }
  if (options.output === 'json') {
    io.stdout.write(`${JSON.stringify({ schema: 'ballast-weights/1', services: table.services, current }, null, 2)}\n`);
  } else io.stdout.write(renderWeights(table, current, styleOf(io.stdout, io.env)));
  return failed ? 1 : 0;
}

/** Pushes the weights of this moment to every target, without waiting for the next round. */
export async function pushNow(session: Session, io: Io): Promise<number> {
  const { wired, config, clock } = session;
  const { weights: table } = await session.look();
  if (wired.targets.length === 0) {
    io.stderr.write('Nothing to push to: the configuration names no targets.\n');
    return 1;
  }
  const weights = new Weights({ settings: config, source: wired.cluster.source, targets: wired.targets, clock });
  const reports = await weights.push(table);
  for (const { target, changed, unchanged, problems } of reports) {
    io.stdout.write(`${target}: ${changed.length} changed, ${unchanged} unchanged, ${problems.length} problems\n`);
    for (const { handle, before, after, state } of changed) {
      io.stdout.write(`  ${handle}  ${before} -> ${after}${state === 'drain' ? '  draining' : ''}\n`);
    }
    for (const problem of problems) io.stderr.write(`  ${problem.message}\n`);
  }
  return reports.some((report) => report.problems.length > 0) ? 1 : 0;
}
