import type { ClusterSource, GuestFacts, GuestId, Migration, Plan } from '@ballast/core';
import { type Decided, type DecideInput, decide } from './decide.ts';
import { type Planner, planHere } from './planner.ts';

/** How often a plan may be made anew because its guests turned out to be immovable. */
const MOST_PASSES = 8;

/**
 * Decides, reads the facts of the guests that the plan wants to move, and decides again with them, until every step
 * rests on facts. What costs a request per guest is thus read for candidates alone. A plan ends before the first step of a
 * guest that has none: it is gone, or its inspection was put off to the next round.
 */
export async function decideOnFacts(
  input: DecideInput,
  source: Pick<ClusterSource, 'inspect'>,
  signal?: AbortSignal,
  planner: Planner = planHere,
): Promise<Decided> {
  let facts: Readonly<Record<GuestId, GuestFacts>> = input.snapshot.facts;
  // The cluster no longer knows them, or has not told yet: to ask again would bring the same.
  const untold = new Set<GuestId>();
  for (let pass = 0; ; pass++) {
    const decided = await decide({ ...input, snapshot: { ...input.snapshot, facts } }, planner, signal);
    const unknown = decided.plan.steps.filter((step) => facts[step.guest] === undefined);
    if (unknown.length === 0) return decided;
    const asked = unknown.map((step) => step.guest).filter((guest) => !untold.has(guest));
    if (asked.length === 0 || pass === MOST_PASSES) return { ...decided, plan: upTo(decided.plan, unknown[0]) };
    const found = await source.inspect(asked, signal === undefined ? {} : { signal });
    facts = { ...facts, ...Object.fromEntries(found.map((fact) => [fact.guest, fact])) };
    for (const guest of asked) if (facts[guest] === undefined) untold.add(guest);
  }
}

/** Steps hold in their order: those before the first unknown one may be done without it. */
function upTo(plan: Plan, step: Migration | undefined): Plan {
  const end = step === undefined ? plan.steps.length : plan.steps.indexOf(step);
  return { ...plan, steps: plan.steps.slice(0, end) };
}
