import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUNS } from './kinds/index.ts';
import { type Outcome, runFault } from './run.ts';
import { faultsPage } from './table.ts';

const outcomes: Outcome[] = [];
const crashes: unknown[] = [];
const crash = (reason: unknown): void => void crashes.push(reason);
beforeAll(() => void process.on('unhandledRejection', crash).on('uncaughtException', crash));
afterAll(() => void process.off('unhandledRejection', crash).off('uncaughtException', crash));

describe('a rebalance goes on in good order', () => {
  it.each(RUNS.map((run) => [run.fault, run.moment, run] as const))(
    'when %s as %s',
    async (_fault, _moment, run) => {
      const outcome = await runFault(run);
      outcomes.push(outcome);
      expect(outcome.broken).toEqual([]);
      expect(crashes).toEqual([]);
      expect(outcome.rests).toBe(true);
      // What was asked for is in the history, each migration once, and nothing stays open there.
      expect(outcome.records).not.toContain('running');
      expect(outcome.records.filter((record) => record === 'done')).toHaveLength(
        outcome.exits.filter((exit) => exit === 'OK' || exit?.startsWith('WARNINGS')).length,
      );
    },
    60_000,
  );

  it('docs/faults.md tells what was seen', async ({ skip }) => {
    skip(outcomes.length < RUNS.length, 'not every run was made');
    await expect(faultsPage(outcomes)).toMatchFileSnapshot('../../../docs/faults.md');
  });
});
