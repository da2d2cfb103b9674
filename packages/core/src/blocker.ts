import type { GuestId } from './guest.ts';

/** Why a guest may not move now. The same word stands in reports, logs and metric labels. */
export const BLOCKER_CODES = [
  'not-running',
  'template',
  'locked',
  'ignored',
  'container',
  'native-balancer',
  'ha-state',
  'cool-down',
  'ping-pong',
  'moving',
  'local-disk',
  'local-resource',
  'dirty-rate',
  'pinned',
  'affinity',
  'anti-affinity',
  'no-room',
  'no-gain',
  'reserve',
  'refused',
  'cpu-type',
  'source-offline',
  'failed-before',
] as const;
export type BlockerCode = (typeof BLOCKER_CODES)[number];

/** A rejection, as data. */
export interface Blocker {
  readonly guest: GuestId;
  readonly code: BlockerCode;
  /** One sentence for a person: what stands in the way, and where it was said. */
  readonly detail: string;
}
