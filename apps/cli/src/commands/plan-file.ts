import { decisionOf } from '@ballast/core';
import { type PlanFormat, renderPlan } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import { decideOnFile, type PlanWishes } from '../recorded/decide.ts';
import { readRecorded } from '../recorded/read.ts';
import { EXIT_PENDING } from './plan.ts';

export interface PlanFileOptions extends PlanWishes {
  readonly snapshot: string;
  readonly output: PlanFormat;
  readonly detailedExitcode?: boolean;
}

/** A plan for a recorded cluster: no cluster is asked, and no configuration is needed. */
export function planFile(io: Io, options: PlanFileOptions): number {
  const recorded = readRecorded(options.snapshot);
  const decided = decideOnFile(recorded, options, () => performance.now());
  const { minimize = 'moves' } = options;
  const text = renderPlan(
    { ...decided, minimize, cluster: recorded.snapshot.cluster },
    options.output,
    styleOf(io.stdout, io.env),
  );
  io.stdout.write(text);
  return options.detailedExitcode && decisionOf(decided.plan) === 'migrate' ? EXIT_PENDING : 0;
}
