import {
  type Approval,
  approvalsAt,
  type History,
  type Instant,
  type Migration,
  type Orders,
  type Plan,
  PROPOSAL_LIFE,
  type Proposal,
} from '@ballast/core';

/** The newest proposals are kept: a plan changes its id when its steps or what blocks guests change. */
const MOST_PROPOSALS = 5;

/** Keeps a plan that waits for somebody's word, and forgets those that were not come to for a while. */
export function propose(history: History, { id, steps }: Plan, now: Instant): History {
  const known = history.proposals ?? [];
  const others = known.filter((other) => other.id !== id && other.seen > now - PROPOSAL_LIFE);
  if (steps.length === 0) return others.length === known.length ? history : { ...history, proposals: others };
  const since = known.find((other) => other.id === id)?.since ?? now;
  const proposal: Proposal = { id, steps: steps.map(withoutAlternatives), since, seen: now };
  return { ...history, proposals: [...others, proposal].slice(-MOST_PROPOSALS) };
}

/** What reading a plan later takes is kept, and no more. */
function withoutAlternatives(step: Migration): Migration {
  const { alternatives: _, ...rest } = step;
  return rest;
}

/**
 * The plan that somebody has approved and that was not begun yet, as it is now where it still comes out the same, else as it
 * was proposed: each step is checked again before it starts, whichever it is.
 */
export function approvedPlan(
  { proposals = [], plans = [] }: History,
  orders: Orders,
  current: Plan,
  now: Instant,
): { readonly plan: Plan; readonly approval: Approval } | undefined {
  for (const approval of approvalsAt(orders, now)) {
    const used = plans.some(({ id, approvedAt }) => id === approval.plan && approvedAt === approval.since);
    const proposal = proposals.find(({ id }) => id === approval.plan);
    if (used || proposal === undefined) continue;
    const plan = current.id === proposal.id ? current : { ...current, id: proposal.id, steps: proposal.steps };
    return { plan, approval };
  }
  return undefined;
}
