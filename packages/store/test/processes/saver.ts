import { readdirSync, writeSync } from 'node:fs';
import { codeOf, EMPTY_HISTORY, type History } from '@ballast/core';
import { fileHistoryStore } from '../../src/index.ts';

// Saves histories with rising numbers for ever, and tells each number once it was saved. With `grow` each history is
// larger, until one does not fit (or fifty did): then it tells the number that was kept, the failure, and what is on the disk.
const [, , directory = '', from = '0', how] = process.argv;
const store = fileHistoryStore({
  directory,
  onProblem: (problem) => {
    throw problem;
  },
});

for (let number = Number(from) + 1; how !== 'grow' || number <= 50; number++) {
  try {
    await store.save(numbered(number, how === 'grow' ? 200 * number : 400));
  } catch (error) {
    const { nodes } = await store.load();
    tell(number - 1, codeOf(error), (error as Error).message, nodes['pve-1']?.roundsOver, ...readdirSync(directory));
    break;
  }
  if (how !== 'grow') tell(number);
}

function tell(...lines: readonly unknown[]): void {
  writeSync(1, `${lines.join('\n')}\n`);
}

function numbered(number: number, guests: number): History {
  const entries = Array.from(
    { length: guests },
    (_, i) => [i + 1, { smoothed: { cpu: number, memory: i }, samples: number, node: 'pve-1' }] as const,
  );
  const nodes = { 'pve-1': { smoothed: { cpu: 0, memory: 0 }, roundsOver: number } };
  return { ...EMPTY_HISTORY, nodes, guests: Object.fromEntries(entries) };
}
