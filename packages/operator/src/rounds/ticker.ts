import { type ScheduledTask, schedule } from 'node-cron';

/** Runs a job by a cron expression; a tick that finds the last run still at work is skipped, never stacked. */
export class Ticker {
  readonly #job: () => Promise<unknown>;
  readonly #skipped: () => void;
  #running: Promise<unknown> | undefined;
  #task: ScheduledTask | undefined;
  readonly #expression: string;

  /** @param skipped is told of each tick that was skipped */
  constructor(expression: string, job: () => Promise<unknown>, skipped: () => void) {
    this.#expression = expression;
    this.#job = job;
    this.#skipped = skipped;
  }

  start(): void {
    this.#task ??= schedule(this.#expression, () => this.tick(), { name: 'round' });
  }

  /** One tick: runs the job, unless it runs already. */
  tick(): void {
    if (this.#running !== undefined) {
      this.#skipped();
      return;
    }
    this.#running = this.#job().finally(() => {
      this.#running = undefined;
    });
    // The job reports its failures itself; a tick has nobody to tell.
    this.#running.catch(() => undefined);
  }

  /** No further tick; resolves when the job that runs has ended. */
  async stop(): Promise<void> {
    await this.#task?.destroy();
    this.#task = undefined;
    await this.#running?.catch(() => undefined);
  }
}
