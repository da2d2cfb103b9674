import type { Judge } from './judge.ts';

/** What was recorded of a migration that was asked for stays recorded, whatever is written after it. */
export const memory: Judge = {
  saving: (process, history, evidence) => {
    const before = evidence.simulation.disk.history.moves;
    if (before === history.moves) return undefined;
    for (const move of before) {
      const kept = history.moves.some(({ guest, startedAt }) => guest === move.guest && startedAt === move.startedAt);
      const asked = evidence.asked.some(({ guest, intent }) => guest === move.guest && intent === move.startedAt);
      if (!kept && asked) return `${process.name} forgets what it began with guest ${move.guest}`;
    }
    return undefined;
  },
};

/** A migration has one record, whoever follows it. */
export const records: Judge = {
  saving: (process, { moves }) => {
    const seen = new Set<string>();
    for (const { task, guest } of moves) {
      if (task !== undefined && seen.has(task)) return `${process.name} records the migration of guest ${guest} twice`;
      if (task !== undefined) seen.add(task);
    }
    return undefined;
  },
};
