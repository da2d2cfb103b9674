import type { FaultRun } from '../run.ts';
import { NODES } from './nodes.ts';
import { PEOPLE } from './people.ts';
import { REQUESTS } from './requests.ts';
import { TASKS } from './tasks.ts';

/** Every fault, at each moment where it makes a difference. */
export const RUNS: readonly FaultRun[] = [...NODES, ...REQUESTS, ...TASKS, ...PEOPLE];
