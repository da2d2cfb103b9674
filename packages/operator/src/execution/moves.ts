import type { ClusterSnapshot, GuestId, History, Instant, Milliseconds, MoveRecord, StepReport } from '@ballast/core';

/** A task may take 15 s to show in what the cluster tells of itself; a clock that is set may run ahead by a twentieth. */
const SETTLING: Milliseconds = 16_000;
/** A request whose answer was lost may lie with a slow node for a minute before it takes effect. */
const IN_DOUBT: Milliseconds = 64_000;

/** Who let a step be carried out, and the plan that it was of. */
export type Asked = Pick<MoveRecord, 'by' | 'plan' | 'projected'>;

/** Puts a started or ended step into the history: one record a start, completed when it ends. */
export function recordMove(history: History, report: StepReport, now: Instant, asked: Asked = {}): History {
  const { step, startedAt = now } = report;
  const isThis = (move: MoveRecord): boolean => move.guest === step.guest && move.startedAt === startedAt;
  const memory = history.guests[step.guest]?.smoothed.memory;
  const record: MoveRecord = {
    name: step.guestName,
    reason: step.reason,
    why: step.why,
    ...(memory === undefined ? {} : { memory }),
    ...asked,
    // What was written when it began stays: who adopts a migration does not know why it was.
    ...history.moves.find(isThis),
    guest: step.guest,
    from: step.from,
    to: step.to,
    startedAt,
    ...(report.task === undefined ? {} : { task: report.task }),
    ...(report.endedAt === undefined ? {} : { endedAt: report.endedAt }),
    ...(report.detail === undefined ? {} : { detail: report.detail }),
    ...(report.overdue === undefined ? {} : { overdue: true }),
    outcome: outcomeOf(report),
    state: report.state,
    ...measured(report),
  };
  const others = history.moves.filter((move) => !isThis(move));
  return { ...history, moves: [...others, record] };
}

/** Of a migration that was adopted nobody knows when it began and ended: it teaches nothing. */
function measured({ step, adopted, outcome }: StepReport): Pick<MoveRecord, 'transferred' | 'downtime' | 'disks'> {
  if (adopted !== undefined || outcome?.transferred === undefined) return {};
  const { transferred, downtime } = outcome;
  const { disks } = step.cost;
  return { transferred, ...(downtime === undefined ? {} : { downtime }), ...(disks === undefined ? {} : { disks }) };
}

/** Takes a step out again that nothing was asked for after all: it counts for nothing. */
export function withdrawMove(history: History, { step, startedAt }: StepReport): History {
  if (startedAt === undefined) return history;
  const moves = history.moves.filter((move) => move.guest !== step.guest || move.startedAt !== startedAt);
  return { ...history, moves };
}

/** Without Proxmox VE's own word on the end, a lost reply may hide a migration that runs: a later snapshot tells. */
function outcomeOf(report: StepReport): MoveRecord['outcome'] {
  return report.outcome?.result ?? 'running';
}

/** Moves that have ended since a look at the cluster: it shows their guests where they were. */
export function endedSince({ moves }: History, { takenAt }: ClusterSnapshot): readonly MoveRecord[] {
  return moves.filter((move) => move.outcome === 'done' && (move.endedAt ?? 0) > takenAt);
}

/**
 * Ends the records of migrations that nobody follows any more, after a restart or a lost connection: the guest is
 * where it was to go, or it still holds the migration lock, or the migration did not come about. A snapshot from
 * before the request, or right after it, says nothing about it. What was written down and never asked for is released.
 */
export function settleMoves(
  history: History,
  snapshot: ClusterSnapshot,
  followed: ReadonlySet<GuestId>,
  now: Instant,
): History {
  if (!history.moves.some((move) => move.outcome === 'running' && !followed.has(move.guest))) return history;
  const guests = new Map(snapshot.guests.map((guest) => [guest.id, guest]));
  const moves = history.moves.flatMap((move): readonly MoveRecord[] => {
    if (move.outcome !== 'running' || followed.has(move.guest)) return [move];
    if (move.state === 'draining') return [];
    const settling = move.task === undefined ? IN_DOUBT : SETTLING;
    // Begun in the future: by an operator whose clock is ahead, or before this one was set back. It settles from now on.
    const since = Math.min(move.startedAt, move.foundAt ?? move.startedAt);
    if (since > now) return [{ ...move, foundAt: now }];
    if (snapshot.takenAt < since + settling) return [move];
    const guest = guests.get(move.guest);
    if (guest?.lock === 'migrate' || snapshot.tasks.some((task) => task.guest === move.guest)) return [move];
    const end = guest?.node === move.to ? ARRIVED : LOST;
    return [{ ...move, ...end, endedAt: move.endedAt ?? now }];
  });
  return { ...history, moves };
}

const ARRIVED = { outcome: 'done', state: 'verifying' } as const;
const LOST = { outcome: 'failed', state: 'failed' } as const;
