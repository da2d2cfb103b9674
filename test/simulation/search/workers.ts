import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Milliseconds } from '@ballast/core';
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
  /** Ends the search after the seeds that run: what was found until then is the answer. */
  readonly stop: AbortSignal;
}

/** What a worker is told at first; later the seed after which it is to stop. */
export interface Share {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly keepGoing: boolean;
}

/** What a worker answers in the end. */
export type Answer = Omit<Found, 'coverage'> & { readonly cells: readonly (readonly [string, number])[] };

/** What a worker tells on its way, of all that it has done so far: how many seeds, and where promises were broken. */
export interface News {
  readonly seeds: number;
  readonly broken: readonly number[];
}

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
/** Seeds leave much behind that is short-lived: with room for it less of that is copied about. */
const YOUNG = '--max-semi-space-size=64';
/** How often it is told how far a search has come. */
const NEWS = 1000;
/** A scenario takes a tenth of a second: one that takes this long comes to no end, and cannot be asked what it does. */
const NO_END: Milliseconds = 120_000;

/** Searches in this process, or in several at once. */
export function searchWith({ first, last, workers, keepGoing, tell, stop }: ManySeeds): Promise<Found> {
  if (workers > 1) {
    const shares = Array.from({ length: workers }, (_, i) => ({ first: first + i, last, step: workers, keepGoing }));
    return inParallel(shares, tell, stop);
  }
  let done = 0;
  const after = (failures: readonly Failure[]): boolean => {
    done += 1;
    if (done % NEWS === 0) tell(`${done} seeds, ${failures.length} failures`);
    return stop.aborted || (!keepGoing && failures.length > 0);
  };
  return search({ seeds: range(first, last), after });
}

/** All shares stop at the lowest seed that any of them fails at, so that it does not matter which is ahead. */
async function inParallel(shares: readonly Share[], tell: (line: string) => void, stop: AbortSignal): Promise<Found> {
  const none: News = { seeds: 0, broken: [] };
  const team = shares.map((share) => ({ share, child: forkWorker(WORKER), news: none }));
  const stopAfter = (seed: number): void => {
    for (const { child } of team) if (child.connected) child.send(seed);
  };
  stop.addEventListener('abort', () => stopAfter(0), { once: true });
  let told = 0;
  const known = new Set<number>();
  const hear = ({ keepGoing }: Share): void => {
    const broken = team.flatMap(({ news }) => news.broken);
    if (broken.length > 0 && !keepGoing) stopAfter(Math.min(...broken));
    const done = team.reduce((all, { news }) => all + news.seeds, 0);
    if (Math.floor(done / NEWS) > Math.floor(told / NEWS)) tell(`${done} seeds, ${broken.length} failures`);
    told = done;
    for (const seed of broken) if (!known.has(seed)) tell(`a promise is broken at seed ${seed}`);
    for (const seed of broken) known.add(seed);
  };
  const answers = team.map((worker) =>
    answerOf(worker.child, worker.share, (news) => {
      worker.news = news;
      hear(worker.share);
    }),
  );
  return sumOf(await Promise.all(answers));
}

/** Lets a process of its own search a share of the seeds. @param file the worker, of another copy of the sources */
export function work(share: Share, file: string): Promise<Answer> {
  return answerOf(forkWorker(file), share, () => undefined);
}

function answerOf(child: ChildProcess, share: Share, hear: (news: News) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let at = share.first;
    const lost = (): void => {
      child.kill('SIGKILL');
      reject(new Error(`seed ${at} comes to no end: nothing was heard of its process for ${NO_END / 1000} s`));
    };
    let patience = setTimeout(lost, NO_END);
    child.on('message', (message: News | Answer) => {
      clearTimeout(patience);
      if ('cells' in message) return resolve(message);
      at = share.first + share.step * message.seeds;
      patience = setTimeout(lost, NO_END);
      hear(message);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(patience);
      reject(new Error(`a worker ended with ${code}`));
    });
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

function forkWorker(file: string): ChildProcess {
  return fork(file, { execArgv: [...process.execArgv, YOUNG] });
}
