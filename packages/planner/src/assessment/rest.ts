import {
  type BalancePolicy,
  begunAt,
  type GuestId,
  type History,
  type Instant,
  type Milliseconds,
  type MoveRecord,
  type NodeName,
} from '@ballast/core';

const DAY = 24 * 3_600_000;
/** Once may be chance. */
const VAIN_MOVES = 2;

/** Moves of each guest, oldest first. */
export function movesByGuest(history: History): ReadonlyMap<GuestId, readonly MoveRecord[]> {
  const moves = new Map<GuestId, MoveRecord[]>();
  for (const move of history.moves.toSorted((a, b) => begunAt(a) - begunAt(b))) {
    const known = moves.get(move.guest);
    if (known === undefined) moves.set(move.guest, [move]);
    else known.push(move);
  }
  return moves;
}

/**
 * Whether a move came about: one whose end nobody saw is judged by where the guest was found next. A request that no task
 * is known of counts as failed after a while, and may have lain somewhere for longer than that.
 */
function cameAbout(move: MoveRecord, index: number, moves: readonly MoveRecord[], node: NodeName): boolean {
  if (move.outcome === 'done') return true;
  const unseen = move.outcome === 'running' || (move.outcome === 'failed' && move.task === undefined);
  return unseen && move.to === (moves[index + 1]?.from ?? node);
}

function endOf(move: MoveRecord): Instant {
  return move.endedAt ?? move.startedAt;
}

/** The rest a guest has after its newest move, when it has not passed. Failed attempts begin none. */
export function coolDown(
  moves: readonly MoveRecord[],
  node: NodeName,
  policy: BalancePolicy,
  now: Instant,
): { readonly left: Milliseconds; readonly moves: number } | undefined {
  const done = moves.filter((move, index) => cameAbout(move, index, moves, node));
  const last = done.at(-1);
  if (last === undefined) return undefined;
  const within = done.filter((move) => endOf(move) > endOf(last) - DAY).length;
  const left = endOf(last) + doubled(policy.coolDown, within, policy.coolDownMax) - now;
  return left > 0 ? { left, moves: within } : undefined;
}

/** How long a guest is left alone after attempts in a row that failed. */
export function backOff(
  moves: readonly MoveRecord[],
  policy: BalancePolicy,
  now: Instant,
): { readonly left: Milliseconds; readonly attempts: number; readonly last: MoveRecord } | undefined {
  const last = moves.at(-1);
  if (last === undefined) return undefined;
  const sound = moves.findLastIndex((move) => move.outcome === 'done' || move.outcome === 'running');
  const attempts = moves.length - 1 - sound;
  if (attempts === 0) return undefined;
  const left = endOf(last) + doubled(policy.coolDown, attempts, policy.coolDownMax) - now;
  return left > 0 ? { left, attempts, last } : undefined;
}

/** The rest of a guest whose newest moves, two at least, all did not bring what was projected. */
export function fruitless(
  moves: readonly MoveRecord[],
  policy: BalancePolicy,
  now: Instant,
): { readonly left: Milliseconds; readonly moves: number } | undefined {
  const verified = moves.filter(({ verified: found }) => found !== undefined);
  const vain = verified.length - 1 - verified.findLastIndex(({ verified: found }) => found?.kept === true);
  const last = verified.at(-1);
  if (last === undefined || vain < VAIN_MOVES) return undefined;
  const left = endOf(last) + Math.max(policy.coolDown, policy.coolDownMax) - now;
  return left > 0 ? { left, moves: vain } : undefined;
}

/** When the guest last left `to`, if it may not return there yet. */
export function leftLately(
  moves: readonly MoveRecord[],
  node: NodeName,
  to: NodeName,
  policy: BalancePolicy,
  now: Instant,
): Instant | undefined {
  const last = moves.findLast((move, index) => move.from === to && cameAbout(move, index, moves, node));
  return last !== undefined && endOf(last) + policy.noReturn > now ? endOf(last) : undefined;
}

function doubled(base: Milliseconds, times: number, most: Milliseconds): Milliseconds {
  return Math.min(base * 2 ** Math.max(0, times - 1), Math.max(base, most));
}
