import { readdirSync, writeSync } from 'node:fs';
import { codeOf, type History, type MoveRecord } from '@ballast/core';
import { fileHistoryStore } from '../../src/index.ts';

// Records intents for ever, as an operator does before it asks for a migration, and tells the number of each once it is
// recorded. With `grow` the history grows with each, until it does not fit any more (or fifty did): then it tells the
// number that was kept, the failure, and what is on the disk.
const [, , directory = '', how] = process.argv;
const DAY = 86_400_000;
const store = fileHistoryStore({
  directory,
  onProblem: (problem) => {
    throw problem;
  },
});
let history = await store.load();

for (let number = history.moves.length + 1; how !== 'grow' || number <= 50; number++) {
  history = withIntent(history, number);
  try {
    await store.save(history);
  } catch (error) {
    const { moves } = await store.load();
    tell(number - 1, codeOf(error), (error as Error).message, moves.length, ...readdirSync(directory));
    break;
  }
  if (how !== 'grow') tell(number);
}

function tell(...lines: readonly unknown[]): void {
  writeSync(1, `${lines.join('\n')}\n`);
}

/** With one migration more that is about to be asked for, and as many guests as make the file take a while to write. */
function withIntent(before: History, number: number): History {
  const move: MoveRecord = { guest: number, from: 'pve-1', to: 'pve-2', startedAt: number * DAY, outcome: 'running' };
  const count = how === 'grow' ? 200 * number : 400;
  const guests = Array.from(
    { length: count },
    (_, i) => [i + 1, { smoothed: { cpu: number, memory: i }, samples: number, node: 'pve-1' }] as const,
  );
  return { ...before, moves: [...before.moves, move], guests: Object.fromEntries(guests) };
}
