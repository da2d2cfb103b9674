import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Coverage } from './coverage.ts';
import { type Failure, type Found, range, search } from './search.ts';

export interface ManySeeds {
  readonly first: number;
  readonly last: number;
  /** Processes that share the seeds. */
  readonly workers: number;
  /** Goes on after a failure. */
  readonly keepGoing: boolean;
  readonly tell: (line: string) => void;
}

/** What a worker is told, and what it answers. */
export interface Share {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly keepGoing: boolean;
}
export type Answer = Omit<Found, 'coverage'> & { readonly cells: readonly (readonly [string, number])[] };

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
/** How often it is told how far a search has come. */
const NEWS = 1000;

/** Searches in this process, or in several at once. */
export async function searchWith({ first, last, workers, keepGoing, tell }: ManySeeds): Promise<Found> {
  if (workers > 1) {
    const shares = Array.from({ length: workers }, (_, i) => ({ first: first + i, last, step: workers, keepGoing }));
    return sumOf(await Promise.all(shares.map((share) => work(share))));
  }
  let done = 0;
  const after = (failures: readonly Failure[]): boolean => {
    done += 1;
    if (done % NEWS === 0) tell(`${done} seeds, ${failures.length} failures`);
    return !keepGoing && failures.length > 0;
  };
  return search({ seeds: range(first, last), after });
}

/** Lets a process of its own search a share of the seeds. @param file the worker, of another copy of the sources where it is named */
export function work(share: Share, file: string = WORKER): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(file);
    child.once('message', (answer) => resolve(answer as Answer));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
    child.send(share);
  });
}

function sumOf(answers: readonly Answer[]): Found {
  const coverage = new Coverage();
  for (const { cells } of answers) coverage.merge(cells);
  const sum = (of: (answer: Answer) => number): number => answers.reduce((all, answer) => all + of(answer), 0);
  return {
    seeds: sum(({ seeds }) => seeds),
    hours: sum(({ hours }) => hours),
    faults: sum(({ faults }) => faults),
    asked: sum(({ asked }) => asked),
    fewest: Math.min(...answers.map(({ fewest }) => fewest)),
    failures: answers.flatMap(({ failures }) => failures).toSorted((a, b) => a.seed - b.seed),
    coverage,
  };
}
