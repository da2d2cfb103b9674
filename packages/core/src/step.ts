import { BallastError } from './errors.ts';

/** Every state of a step, in the order in which a step that goes well takes them. */
export const STEP_STATES = [
  'planned',
  'admitted',
  'draining',
  'submitted',
  'running',
  'verifying',
  'done',
  'failed',
  'aborted',
  'unknown',
  'skipped',
] as const;
/** How far a step of a plan has come: see {@link STEP_MACHINE}. */
export type StepState = (typeof STEP_STATES)[number];

export interface StateRule {
  /** What is so while a step is in it. */
  readonly meaning: string;
  /** States that may come next; none: it is the end. */
  readonly next: readonly StepState[];
  /**
   * Whether the state is in the history, saved, before what it announces is done: where it cannot be saved, it is not done.
   * The others are saved as well once a step has begun, and a failure of that does not undo what was seen to happen.
   */
  readonly durable: boolean;
}

/** The machine that a step goes through. docs/execution.md draws it, and a test holds the two together. */
export const STEP_MACHINE: Readonly<Record<StepState, StateRule>> = {
  planned: {
    meaning: 'It stands in a plan that is carried out, and waits for its turn and its budgets.',
    next: ['admitted', 'skipped'],
    durable: false,
  },
  admitted: {
    meaning: 'Budgets have room for it; it is checked once more.',
    next: ['draining', 'skipped'],
    durable: false,
  },
  draining: {
    meaning: 'It is written down, and the weight of its guest is lowered. Nothing is asked for yet.',
    next: ['submitted', 'skipped'],
    durable: true,
  },
  submitted: {
    meaning: 'The request for the migration leaves, or has left, and no task is known yet.',
    next: ['running', 'unknown', 'skipped'],
    durable: true,
  },
  running: {
    meaning: 'Proxmox VE has named the task that carries it, and it is followed.',
    next: ['verifying', 'failed', 'aborted', 'unknown'],
    durable: false,
  },
  unknown: {
    meaning: 'Nobody follows it, or nobody knows whether the request arrived: the cluster will tell.',
    next: ['running', 'verifying', 'failed', 'aborted'],
    durable: false,
  },
  verifying: {
    meaning: 'The guest has arrived; samples are awaited that show whether the loads went as projected.',
    next: ['done'],
    durable: false,
  },
  done: { meaning: 'The guest has arrived.', next: [], durable: false },
  failed: {
    meaning: 'The guest has not arrived, by the word of Proxmox VE or of the cluster.',
    next: [],
    durable: false,
  },
  aborted: { meaning: 'Somebody, or a time-out, has stopped the migration.', next: [], durable: false },
  skipped: {
    meaning: 'Nothing was asked for: it was not needed, not allowed, or could not be checked.',
    next: [],
    durable: false,
  },
};

/** States in which a guest may be on its way: they count in budgets, and the guest is not planned for. */
export const UNDERWAY_STATES: readonly StepState[] = ['draining', 'submitted', 'running'];

/** Whether the step has begun to be carried out, or waits for it: it is not over. */
export function isOpen(state: StepState): boolean {
  return state === 'planned' || state === 'admitted' || UNDERWAY_STATES.includes(state);
}

/** Whether the guest has arrived where it was to go. */
export function hasArrived(state: StepState): boolean {
  return state === 'verifying' || state === 'done';
}

/**
 * The state after a change; the same one again is none.
 * @throws {BallastError} `step-transition` where the machine does not allow it: a defect, and nothing may follow from it
 */
export function advanceStep(from: StepState, to: StepState): StepState {
  if (from === to || STEP_MACHINE[from].next.includes(to)) return to;
  const allowed = STEP_MACHINE[from].next.join(', ');
  throw new BallastError(
    'step-transition',
    `Expected a step that is ${from} to become ${allowed === '' ? 'nothing else' : allowed}, got ${to}.`,
    { hint: 'This is a defect of Ballast, please report it.' },
  );
}
