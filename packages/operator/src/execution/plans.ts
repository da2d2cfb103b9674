import type { History, Instant, Milliseconds, Plan, PlanRecord, StepReport } from '@ballast/core';

const WEEK: Milliseconds = 7 * 86_400_000;
/** A history is saved whole with each step: the plans in it stay within some hundred kilobytes. */
const MOST_STEPS = 400;

/** Writes down that a plan is carried out, before the first of its steps. */
export function beginPlan(
  history: History,
  { id, steps }: Plan,
  asked: Pick<PlanRecord, 'by' | 'approvedAt' | 'beganAt'>,
): History {
  const record: PlanRecord = {
    id,
    ...asked,
    steps: steps.map(({ guest, guestName: name, from, to, reason, why }) => ({
      guest,
      name,
      from,
      to,
      reason,
      why,
      state: 'planned',
    })),
  };
  const kept = (history.plans ?? []).filter(({ beganAt }) => beganAt > asked.beganAt - WEEK);
  return { ...history, plans: newest([...kept, record]) };
}

/** The newest plans whose steps are no more than are kept, and one at least. */
function newest(plans: readonly PlanRecord[]): readonly PlanRecord[] {
  let steps = 0;
  const first = plans.findLastIndex((plan) => {
    steps += plan.steps.length;
    return steps > MOST_STEPS;
  });
  return plans.slice(Math.min(first + 1, plans.length - 1));
}

/** Takes over how far a step of a plan has come. */
export function notePlanStep(history: History, beganAt: Instant, plan: string, report: StepReport): History {
  const { step, state, detail } = report;
  const isThis = (record: PlanRecord): boolean => record.id === plan && record.beganAt === beganAt;
  const plans = history.plans?.map((record) => {
    if (!isThis(record)) return record;
    const steps = record.steps.map((old) =>
      old.guest === step.guest && old.from === step.from && old.to === step.to
        ? { ...old, state, ...(detail === undefined ? {} : { detail }) }
        : old,
    );
    return { ...record, steps };
  });
  return plans === undefined ? history : { ...history, plans };
}
