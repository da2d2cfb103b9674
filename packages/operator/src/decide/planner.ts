import type { CallOptions, Plan } from '@ballast/core';
import { type PlanInput, plan } from '@ballast/planner';

/** What makes a plan: here, or where it does not hold up the loop. */
export type Planner = (input: PlanInput, options?: CallOptions) => Promise<Plan>;

/** Plans in the thread of the caller: what else it does waits. */
export const planHere: Planner = (input) => Promise.resolve(plan(input));
