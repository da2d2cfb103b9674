import { type ClusterSnapshot, EMPTY_HISTORY, type History, type MoveRecord, type StepReport } from '@ballast/core';
import { aGuest, aMigration, aSnapshot, T0 } from '@ballast/testkit';
import { describe, expect, it } from 'vitest';
import { endedSince, recordMove, settleMoves } from '../src/execution/moves.ts';

const step = aMigration(1, 'a', 'b');
const running: StepReport = { step, state: 'running', startedAt: T0 };
const begun: MoveRecord = { guest: 1, from: 'a', to: 'b', startedAt: T0, outcome: 'running' };
const withMoves = (...moves: MoveRecord[]): History => ({ ...EMPTY_HISTORY, moves });

describe('recordMove', () => {
  it('keeps what a migration was begun for, whoever ends it', () => {
    const asked = { by: 'root@mgmt1', plan: 'p1' };
    const why = ['a stands at CPU 95 %.'];
    const started = recordMove(EMPTY_HISTORY, { ...running, step: { ...running.step, why } }, T0, asked);
    const adopted = { ...running, step: { ...running.step, reason: 'adopted' as const, why: ['It was found.'] } };
    const [move] = recordMove(started, { ...adopted, state: 'failed', detail: 'migration aborted' }, T0).moves;
    expect(move).toMatchObject({ ...asked, reason: 'relieve-cpu', why, detail: 'migration aborted' });
  });

  it('keeps one record for a migration, from its start to its end', () => {
    const started = recordMove(EMPTY_HISTORY, running, T0);
    expect(started.moves).toMatchObject([begun]);
    const again = recordMove(started, { ...running, task: 'UPID:1' }, T0 + 1);
    expect(again.moves).toMatchObject([{ ...begun, task: 'UPID:1' }]);
    const end: StepReport = {
      ...running,
      task: 'UPID:1',
      state: 'done',
      endedAt: T0 + 9,
      outcome: { result: 'done', detail: 'OK' },
    };
    const done = recordMove(again, end, T0 + 9);
    expect(done.moves).toMatchObject([{ ...begun, task: 'UPID:1', outcome: 'done', endedAt: T0 + 9 }]);
  });

  it('keeps what was measured, of migrations that were seen from beginning to end', () => {
    const smoothed = { cpu: 1, memory: 4096 };
    const history = { ...EMPTY_HISTORY, guests: { 1: { smoothed, samples: 3, node: 'a' } } };
    const started = recordMove(history, running, T0);
    const outcome = { result: 'done', detail: 'OK', transferred: 5000, downtime: 40 } as const;
    const end: StepReport = { ...running, state: 'done', endedAt: T0 + 9, outcome };
    const [move] = recordMove({ ...started, guests: {} }, end, T0 + 9).moves;
    expect(move).toMatchObject({ memory: 4096, transferred: 5000, downtime: 40 });
    const [found] = recordMove(started, { ...end, adopted: 'history' }, T0 + 9).moves;
    expect(found).not.toHaveProperty('transferred');
  });

  it.each<{ state: StepReport['state']; outcome?: StepReport['outcome']; recorded: MoveRecord['outcome'] }>([
    { state: 'failed', outcome: { result: 'failed', detail: 'no route' }, recorded: 'failed' },
    { state: 'submitted', recorded: 'running' },
    { state: 'aborted', outcome: { result: 'aborted', detail: 'interrupted' }, recorded: 'aborted' },
    { state: 'unknown', recorded: 'running' },
  ])('$state with outcome $outcome.result is recorded as $recorded', ({ state, outcome, recorded }) => {
    const report = { ...running, state, endedAt: T0 + 9, ...(outcome === undefined ? {} : { outcome }) };
    expect(recordMove(withMoves(begun), report, T0 + 9).moves[0]?.outcome).toBe(recorded);
  });
});

describe('settleMoves', () => {
  const at = T0 + 64_000;
  const none = new Set<number>();
  const seen = (fields: Partial<ClusterSnapshot> = {}): ClusterSnapshot => aSnapshot({ takenAt: at, ...fields });
  it.each([
    { case: 'arrived', guest: aGuest(1, 'b'), outcome: 'done' },
    { case: 'never left', guest: aGuest(1, 'a'), outcome: 'failed' },
    { case: 'holds the migration lock', guest: aGuest(1, 'a', {}, { lock: 'migrate' }), outcome: 'running' },
  ])('a guest that $case: $outcome', ({ guest, outcome }) => {
    const history = settleMoves(withMoves(begun), seen({ guests: [guest] }), none, at);
    expect(history.moves[0]?.outcome).toBe(outcome);
  });

  it('waits for a task that still runs', () => {
    const tasks = [{ id: 'UPID:1', node: 'a', type: 'qmigrate', guest: 1, startedAt: T0 }];
    const history = settleMoves(withMoves(begun), seen({ guests: [aGuest(1, 'a')], tasks }), none, at);
    expect(history.moves[0]?.outcome).toBe('running');
  });

  it('leaves what is followed, and what has ended, as it is', () => {
    const ended: MoveRecord = { ...begun, outcome: 'failed', endedAt: T0 };
    const snapshot = seen({ guests: [aGuest(1, 'b')] });
    expect(settleMoves(withMoves(begun, ended), snapshot, new Set([1]), at).moves).toEqual([begun, ended]);
  });

  it.each([
    { case: 'a task that was named', task: { task: 'UPID:1' }, waits: 16_000 },
    { case: 'a request that may still lie with a slow node', task: {}, waits: 64_000 },
  ])('does not take the word of a snapshot from before $case could show', ({ task, waits }) => {
    const settled = (after: number): MoveRecord['outcome'] | undefined => {
      const snapshot = aSnapshot({ takenAt: T0 + after, guests: [aGuest(1, 'a')] });
      return settleMoves(withMoves({ ...begun, ...task }), snapshot, none, T0 + after).moves[0]?.outcome;
    };
    expect([settled(waits - 1), settled(waits)]).toEqual(['running', 'failed']);
  });

  it('counts from now on what was begun in the future, by a clock that was ahead', () => {
    const ahead = { ...begun, startedAt: at + 400_000 };
    const first = settleMoves(withMoves(ahead), seen({ guests: [aGuest(1, 'a')] }), none, at);
    expect(first.moves).toEqual([{ ...ahead, foundAt: at }]);
    const later = seen({ takenAt: at + 64_000, guests: [aGuest(1, 'a')] });
    expect(settleMoves(first, later, none, at + 64_000).moves).toMatchObject([{ outcome: 'failed' }]);
  });

  it('releases at once what was written down and never asked for', () => {
    const of = (state: 'draining' | 'submitted'): History =>
      settleMoves(
        withMoves({ ...begun, state }),
        aSnapshot({ takenAt: T0 + 1, guests: [aGuest(1, 'a')] }),
        none,
        T0 + 1,
      );
    expect(of('draining').moves).toEqual([]);
    expect(of('submitted').moves).toMatchObject([{ outcome: 'running' }]);
    const kept = settleMoves(withMoves({ ...begun, state: 'draining' }), seen(), new Set([1]), at);
    expect(kept.moves).toHaveLength(1);
  });

  it('a guest that is gone has not arrived', () => {
    expect(settleMoves(withMoves(begun), seen(), none, at).moves[0]?.outcome).toBe('failed');
  });
});

describe('endedSince', () => {
  it('are moves that came about after the look', () => {
    const of = (guest: number, outcome: MoveRecord['outcome'], endedAt: number): MoveRecord => ({
      ...begun,
      guest,
      outcome,
      endedAt,
    });
    const history = withMoves(of(1, 'done', T0 + 1), of(2, 'done', T0), of(3, 'failed', T0 + 1), begun);
    expect(endedSince(history, aSnapshot({ takenAt: T0 })).map(({ guest }) => guest)).toEqual([1]);
  });
});
