import { budgets, budgetsPerHour } from './budgets.ts';
import { intents, once } from './intents.ts';
import type { Judge } from './judge.ts';
import { leadership } from './leadership.ts';
import { liveness } from './liveness.ts';
import { freshness, preconditions } from './looks.ts';
import { memory, records } from './memory.ts';
import { ceilings, rules, targets } from './places.ts';
import { pauses, pools, restored } from './pools.ts';
import { coolDown, noReturn } from './rest.ts';

/** By the promise that they watch over. */
export const JUDGES: Readonly<Record<string, Judge>> = {
  budgets,
  'budget-per-hour': budgetsPerHour,
  'at-most-once': once,
  intents,
  leadership,
  freshness,
  preconditions,
  'cool-down': coolDown,
  'no-return': noReturn,
  ceilings,
  rules,
  targets,
  pauses,
  pools,
  'weights-restored': restored,
  memory,
  records,
  liveness,
};
