import { BLOCKER_CODES, type Decision, decisionOf, MIGRATION_REASONS, type Plan } from '@ballast/core';
import type { Registry } from 'prom-client';
import { gauge } from './instruments.ts';
import { METRICS } from './names/index.ts';

const DECISIONS: readonly Decision[] = ['migrate', 'balanced', 'stuck'];

/** Returns what writes the plan of a round; a round that came to no plan leaves no series behind. */
export function planMetrics(registry: Registry): (plan: Plan | undefined) => void {
  const steps = gauge(registry, METRICS.planSteps);
  const decision = gauge(registry, METRICS.planDecision);
  const blocked = gauge(registry, METRICS.guestsBlocked);

  return (plan) => {
    for (const metric of [steps, decision, blocked]) metric.reset();
    if (plan === undefined) return;
    for (const reason of MIGRATION_REASONS) {
      steps.set({ reason }, plan.steps.filter((step) => step.reason === reason).length);
    }
    for (const name of DECISIONS) decision.set({ decision: name }, decisionOf(plan) === name ? 1 : 0);
    for (const code of BLOCKER_CODES) {
      const guests = plan.blocked.filter((blocker) => blocker.code === code).map((blocker) => blocker.guest);
      blocked.set({ code }, new Set(guests).size);
    }
  };
}
