import type { GuestId, Milliseconds, NodeName } from '@ballast/core';

/** What a step of a plan is at when a fault strikes: the states of the executor, and none at all. */
export const MOMENTS = [
  'idle',
  'planned',
  'admitted',
  'draining',
  'submitted',
  'running',
  'unknown',
  'verifying',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** Kinds of requests to the cluster. */
export const CALLS = ['any', 'migrate', 'preconditions', 'resources', 'status', 'tasks', 'task', 'ha'] as const;
export type CallKind = (typeof CALLS)[number];

/** How single requests go wrong. */
export const REQUEST_FAULTS = [
  'http-500',
  'http-595',
  'http-596',
  'http-401',
  'garbage',
  'cut',
  'hang',
  'reset',
  'lost-answer',
  'slow',
] as const;
/** How single calls of the store go wrong. */
export const STORE_FAULTS = ['store-refuses', 'store-loses-answer', 'store-slow', 'store-torn'] as const;
export const TARGET_FAULTS = ['target-refuses', 'target-slow', 'target-loses-answer'] as const;
export const TASK_FAULTS = ['task-fails', 'task-stalls', 'task-warns', 'task-slow', 'task-vanishes'] as const;
export const CLUSTER_FAULTS = [
  'node-down',
  'node-hangs',
  'quorum-lost',
  'stats-stale',
  'maintenance',
  'load-shift',
] as const;
export const GUEST_FAULTS = ['guest-created', 'guest-removed', 'guest-moved', 'guest-locked', 'guest-stopped'] as const;
export const OPERATOR_FAULTS = ['crash', 'crash-at-call', 'stop', 'stop-at-request', 'clock-jump'] as const;
export const ORDER_FAULTS = ['order-pause', 'order-drain'] as const;
/** Where two operators share a store. */
export const LEASE_FAULTS = ['lease-lost', 'lease-unreachable'] as const;

export const FAULT_KINDS = [
  ...REQUEST_FAULTS,
  ...STORE_FAULTS,
  ...TARGET_FAULTS,
  ...TASK_FAULTS,
  ...CLUSTER_FAULTS,
  ...GUEST_FAULTS,
  ...OPERATOR_FAULTS,
  ...ORDER_FAULTS,
  ...LEASE_FAULTS,
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One fault, as data: a scenario is a list of them, and a failure is shrunk by leaving some out. */
export interface Fault {
  readonly id: number;
  readonly kind: FaultKind;
  /** When it may strike, since the start. */
  readonly at: Milliseconds;
  /** It waits for a step in this state, and strikes without one after {@link PATIENCE}. */
  readonly when?: Exclude<Moment, 'idle'>;
  /** How long it lasts, or takes. */
  readonly lasts: Milliseconds;
  /** How many requests or calls it strikes. */
  readonly times: number;
  readonly call: CallKind;
  readonly node: NodeName;
  readonly guest: GuestId;
  /** Which operator: the first or the second. */
  readonly operator: number;
}

/** How long a fault waits for its moment. */
export const PATIENCE: Milliseconds = 240_000;
