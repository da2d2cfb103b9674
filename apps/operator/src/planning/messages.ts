import type { GuestAssessment, Plan } from '@ballast/core';
import type { Planner } from '@ballast/operator';

export type Question = Parameters<Planner>[0];

/** To the thread that plans. Guests come in parts: to hand all of them over at once would hold up the loop. */
export type ToWorker =
  | { readonly kind: 'begin'; readonly question: Question }
  | { readonly kind: 'guests'; readonly guests: readonly GuestAssessment[] }
  | { readonly kind: 'plan' };

/** From it. */
export type FromWorker =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'failed'; readonly message: string };
