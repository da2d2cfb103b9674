import type { GroupContent, Instruction, Match } from '@ballast/openflow';

/** A flow as a switch is to have it. */
export interface DesiredFlow {
  readonly table: number;
  readonly priority: number;
  /** Marks the flow as Ballast's own, and says what it is for; flows without the mark are left alone. */
  readonly cookie: bigint;
  readonly match: Match;
  readonly instructions: readonly Instruction[];
  /** Seconds, 0 for none. */
  readonly idleTimeout?: number;
  readonly hardTimeout?: number;
  /** Of OFPFF_*. */
  readonly flags?: number;
}

/** Everything that Ballast wants of one switch. A value: compiling it does no I/O. */
export interface DesiredState {
  readonly flows: readonly DesiredFlow[];
  readonly groups: readonly GroupContent[];
}

/** Ballast's mark: the upper 16 bits of a cookie. */
export const COOKIE_MARK: bigint = 0xba11n << 48n;
export const COOKIE_MASK: bigint = 0xffffn << 48n;

/**
 * Ballast's groups: those whose id has these upper 16 bits, 0xba110000 to 0xba11ffff. Groups carry no cookie, so the
 * number alone says whose one is; groups outside of the range are left alone, and refused in a DesiredState.
 */
export const GROUP_MARK: number = 0xba11_0000;
export const GROUP_MASK: number = 0xffff_0000;

/** Whether the group is in Ballast's range. */
export function isOurGroup(groupId: number): boolean {
  return (groupId & GROUP_MASK) >>> 0 === GROUP_MARK;
}
