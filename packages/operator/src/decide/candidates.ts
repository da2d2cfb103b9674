import type { ClusterSource, GuestFacts, GuestId, Migration, Plan } from '@ballast/core';
import { type Decided, type DecideInput, decide } from './decide.ts';

/** How often a plan may be made anew because its guests turned out to be immovable. */
const MOST_PASSES = 8;

/**
 * Decides, reads the facts of the guests that the plan wants to move, and decides again with them, until every step
 * rests on facts. What costs a request per guest is thus read for candidates alone.
 */
export async function decideOnFacts(
  input: DecideInput,
  source: Pick<ClusterSource, 'inspect'>,
  signal?: AbortSignal,
): Promise<Decided> {
  let facts: Readonly<Record<GuestId, GuestFacts>> = input.snapshot.facts;
  for (let pass = 0; ; pass++) {
    const decided = decide({ ...input, snapshot: { ...input.snapshot, facts } });
    const unknown = decided.plan.steps.filter((step) => facts[step.guest] === undefined);
    if (unknown.length === 0) return decided;
    if (pass === MOST_PASSES) return { ...decided, plan: upTo(decided.plan, unknown[0]) };
    const found = await source.inspect(
      unknown.map((step) => step.guest),
      signal === undefined ? {} : { signal },
    );
    facts = { ...facts, ...Object.fromEntries(found.map((fact) => [fact.guest, fact])) };
    // A guest the cluster no longer knows has no facts: without it the next pass could not end.
    const gone = unknown.filter((step) => facts[step.guest] === undefined);
    if (gone.length > 0) return { ...decided, plan: upTo(decided.plan, gone[0]) };
  }
}

/** Steps hold in their order: those before the first unknown one may be done without it. */
function upTo(plan: Plan, step: Migration | undefined): Plan {
  const end = step === undefined ? plan.steps.length : plan.steps.indexOf(step);
  return { ...plan, steps: plan.steps.slice(0, end) };
}
