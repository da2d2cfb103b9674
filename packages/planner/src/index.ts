export { type AssessInput, assess } from './assessment/assess.ts';
export { remember } from './history/remember.ts';
export { migrationCost } from './placement/cost.ts';
export { project } from './placement/project.ts';
export { violationsOf } from './rules/violations.ts';
export type { PlanInput, Profile } from './search/input.ts';
export { type PlaceVerdict, placeGuest } from './search/place.ts';
export { plan } from './search/plan.ts';
export { type ExplainInput, explain } from './text/explain.ts';
