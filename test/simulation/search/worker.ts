import { type Failure, range, search } from './search.ts';
import type { Answer, News, Share } from './workers.ts';

// Nobody reads where an error of one of these runs was thrown, and writing that down takes a tenth of the time.
Error.stackTraceLimit = 0;

// One of several processes that share a range of seeds. An interrupt is the business of who started it.
process.on('SIGINT', () => undefined);
process.once('message', (share: Share) => {
  void answer(share);
});

async function answer({ first, last, step, keepGoing }: Share): Promise<void> {
  let end = last;
  process.on('message', (seed: number) => {
    end = Math.min(end, seed);
  });
  // Nobody is left to answer.
  process.once('disconnect', () => process.exit(1));
  let seeds = 0;
  const after = (failures: readonly Failure[], seed: number): boolean => {
    seeds += 1;
    tell({ seeds, broken: failures.map((each) => each.seed) });
    return seed + step > end || (!keepGoing && failures.length > 0);
  };
  const { coverage, ...rest } = await search({ seeds: range(first, last, step), after });
  const message: Answer = { ...rest, cells: coverage.cells };
  process.removeAllListeners('disconnect');
  process.send?.(message, () => process.disconnect());
}

function tell(news: News): void {
  // Where nobody listens any more, the disconnection ends this process.
  process.send?.(news, () => undefined);
}
