import { isRecord } from '../options/checks.ts';
import { type Action, actionOf } from './actions.ts';
import type { Literal } from './literal.ts';

/** A group as a switch has it. */
export interface Group {
  readonly id: number;
  /** `SELECT`, `ALL`, `INDIRECT` or `FF`. */
  readonly type: string;
  readonly buckets: readonly Bucket[];
}

export interface Bucket {
  /** 0..65535 */
  readonly weight: number;
  readonly watchPort: number;
  readonly watchGroup: number;
  readonly actions: readonly Action[];
}

/** The groups in the answer of `groupdesc`; undefined where it is no such answer. Tolerant of what it says besides. */
export function groupsOf(answer: unknown): readonly Group[] | undefined {
  const [list, ...others] = isRecord(answer) ? Object.values(answer) : [];
  if (!Array.isArray(list) || others.length > 0) return undefined;
  const groups = list.map(groupOf);
  return groups.every((group) => group !== undefined) ? groups : undefined;
}

function groupOf(told: unknown): Group | undefined {
  if (!isRecord(told) || typeof told['type'] !== 'string' || !Array.isArray(told['buckets'])) return undefined;
  const buckets = told['buckets'].map(bucketOf);
  const id = told['group_id'];
  if (typeof id !== 'number' || !buckets.every((bucket) => bucket !== undefined)) return undefined;
  return { id, type: told['type'], buckets };
}

function bucketOf(told: unknown): Bucket | undefined {
  const { weight, watch_port: watchPort, watch_group: watchGroup, actions } = isRecord(told) ? told : {};
  if (typeof weight !== 'number' || typeof watchPort !== 'number' || typeof watchGroup !== 'number') return undefined;
  const known = Array.isArray(actions) ? actions.map(actionOf) : [undefined];
  return known.every((action) => action !== undefined) ? { weight, watchPort, watchGroup, actions: known } : undefined;
}

/** The actions of a group that cannot be sent back. */
export function opaqueActions({ buckets }: Group): readonly string[] {
  return buckets.flatMap(({ actions }) => actions.filter(({ body }) => body === undefined).map(({ text }) => text));
}

/** The whole group with other weights, as `groupentry/modify` takes it on OpenFlow 1.2 to 1.4. */
export function groupBody(dpid: bigint, { id, type, buckets }: Group, weights: readonly number[]): Literal {
  return {
    dpid,
    group_id: id,
    type,
    buckets: buckets.map(({ weight, watchPort, watchGroup, actions }, index) => ({
      weight: weights[index] ?? weight,
      watch_port: watchPort,
      watch_group: watchGroup,
      actions: actions.flatMap(({ body }) => (body === undefined ? [] : [body])),
    })),
  };
}
