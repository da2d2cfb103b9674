import { decisionOf } from '@ballast/core';
import type { Look } from '@ballast/operator';
import { project, violationsOf } from '@ballast/planner';
import { type PlanFormat, renderPlan } from '@ballast/report';
import { type Io, styleOf } from '../io.ts';
import type { Session } from '../session.ts';

/** With --detailed-exitcode, as terraform has it: 0 nothing to do, 2 steps pending (1 is an error). */
export const EXIT_PENDING = 2;

const ONE_LOOK = 'Judged by one look: the operator acts only on load that lasts.';

/** A dry run: what would be done, why, and how the nodes would stand. It changes nothing. */
export async function plan(
  session: Session,
  io: Io,
  options: { readonly output: PlanFormat; readonly detailedExitcode?: boolean },
): Promise<number> {
  const look = await session.look();
  io.stdout.write(planText(session, look, options.output, styleOf(io.stdout, io.env)));
  return options.detailedExitcode && decisionOf(look.plan) === 'migrate' ? EXIT_PENDING : 0;
}

export function planText(
  session: Session,
  look: Look,
  format: PlanFormat,
  style: { readonly width: number; readonly colour: boolean },
): string {
  const { config } = session;
  const notes = look.plan.steps.length > 0 && config.balance.sustain > 1 ? [...look.notes, ONE_LOOK] : look.notes;
  return renderPlan(
    {
      plan: look.plan,
      assessment: look.assessment,
      policy: config.balance,
      mode: config.mode,
      cluster: look.assessment.snapshot.cluster,
      ...(config.services.length > 0 ? { weights: look.weights } : {}),
      violations: violationsOf(project(look.assessment.snapshot, look.plan.steps), look.rules),
      notes,
    },
    format,
    style,
  );
}
