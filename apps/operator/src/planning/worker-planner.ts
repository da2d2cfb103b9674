import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describeError, type Plan } from '@ballast/core';
import { type Planner, planHere } from '@ballast/operator';
import type { FromWorker, Question, ToWorker } from './messages.ts';

/** Below it a plan takes less time than to ask for it. */
const MANY_GUESTS = 2000;
/** Guests handed over at once: some milliseconds. */
const PART = 500;

export interface WorkerPlannerOptions {
  readonly warn: (message: string) => void;
  /** Guests from which on a thread of its own plans. */
  readonly from?: number;
  /** Options of Node.js for the thread; those of the program when left out. */
  readonly execArgv?: readonly string[];
  /** The module that plans. */
  readonly module?: URL;
}

/**
 * Plans for large clusters in a thread of its own, which is started when it is first needed and kept: rounds, migrations and
 * the listening port go on meanwhile. Where the thread fails, the plan is made here, and that is told.
 */
export class WorkerPlanner {
  readonly #options: WorkerPlannerOptions;
  #worker: Worker | undefined;
  /** One question at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: WorkerPlannerOptions) {
    this.#options = options;
  }

  readonly plan: Planner = async (question, { signal } = {}) => {
    if (question.assessment.guests.length < (this.#options.from ?? MANY_GUESTS)) return planHere(question);
    const answer = this.#turn.then(() => this.#ask(question, signal));
    this.#turn = answer.catch(() => undefined);
    try {
      return await answer;
    } catch (error) {
      signal?.throwIfAborted();
      this.#options.warn(
        `Expected a plan from a thread of its own, got: ${describeError(error)} It is made in the operator's own thread instead, which answers nothing meanwhile.`,
      );
      return planHere(question);
    }
  };

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #ask(question: Question, signal: AbortSignal | undefined): Promise<Plan> {
    signal?.throwIfAborted();
    const worker = this.#start();
    const ended = new AbortController();
    const answer = answerOf(worker, signal, ended.signal);
    // It may fail while guests are handed over.
    answer.catch(() => ended.abort());
    try {
      await tell(worker, question, ended.signal);
      return await answer;
    } catch (error) {
      // Whatever it does still, nobody waits for it.
      await this.close();
      throw error;
    } finally {
      ended.abort();
    }
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const { execArgv, module = moduleOf(import.meta.url) } = this.#options;
    const worker = new Worker(module, {
      name: 'planner',
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
    });
    // It keeps no program alive that is done.
    worker.unref();
    worker.on('error', () => undefined);
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    this.#worker = worker;
    return worker;
  }
}

/** Beside this module: compiled; or from the sources, which a thread has to be told how to read. */
function moduleOf(here: string): URL {
  if (!here.endsWith('.ts')) return new URL('./worker.js', here);
  const [tsx, worker] = [import.meta.resolve('tsx/esm/api'), new URL('./worker.ts', here).href];
  const code = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(worker)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

async function tell(worker: Worker, question: Question, ended: AbortSignal): Promise<void> {
  const post = (message: ToWorker): void => worker.postMessage(message);
  const { assessment, history, ...rest } = question;
  const { guests } = assessment;
  const bare = { ...assessment, snapshot: { ...assessment.snapshot, guests: [] }, guests: [] };
  // Of the history planning reads the moves alone.
  post({
    kind: 'begin',
    question: { ...rest, assessment: bare, history: { ...history, nodes: {}, guests: {}, weights: {} } },
  });
  for (let i = 0; i < guests.length && !ended.aborted; i += PART) {
    await setImmediate();
    post({ kind: 'guests', guests: guests.slice(i, i + PART) });
  }
  if (!ended.aborted) post({ kind: 'plan' });
}

/** The answer to what is asked now; rejects when the thread ends, and with the signal's reason when it is aborted. */
function answerOf(worker: Worker, signal: AbortSignal | undefined, ended: AbortSignal): Promise<Plan> {
  return new Promise((resolve, reject) => {
    const settle = { signal: ended };
    const on = (event: string, listener: (value: unknown) => void): void => {
      worker.on(event, listener);
      ended.addEventListener('abort', () => worker.off(event, listener), { once: true });
    };
    on('message', (message) => {
      const told = message as FromWorker;
      if (told.kind === 'planned') resolve(told.plan);
      else reject(new Error(told.message));
    });
    on('error', (error) => reject(error instanceof Error ? error : new Error(String(error))));
    on('exit', (code) => reject(new Error(`The thread ended with ${String(code)}.`)));
    signal?.addEventListener('abort', () => reject(signal.reason as Error), settle);
  });
}
