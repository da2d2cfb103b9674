import { range, search } from './search.ts';
import type { Answer, Share } from './workers.ts';

// One of several processes that share a range of seeds.
process.once('message', (share: Share) => {
  void answer(share);
});

async function answer({ first, last, step, keepGoing }: Share): Promise<void> {
  const after = (failures: readonly unknown[]): boolean => !keepGoing && failures.length > 0;
  const { coverage, ...rest } = await search({ seeds: range(first, last, step), after });
  const message: Answer = { ...rest, cells: coverage.cells };
  process.send?.(message, () => process.disconnect());
}
