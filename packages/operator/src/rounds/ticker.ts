import { type ScheduledTask, schedule } from 'node-cron';

/** Why a tick was skipped: the job before has not ended, or this process was held up when it was due. */
export type SkippedTick = 'busy' | 'missed';

/** Runs a job by a cron expression; a tick that finds the last run still at work is skipped, never stacked. */
export class Ticker {
  readonly #job: () => Promise<unknown>;
  readonly #skipped: (why: SkippedTick) => void;
  #running: Promise<unknown> | undefined;
  #task: ScheduledTask | undefined;
  readonly #expression: string;

  /** @param skipped is told of each tick that was skipped */
  constructor(expression: string, job: () => Promise<unknown>, skipped: (why: SkippedTick) => void) {
    this.#expression = expression;
    this.#job = job;
    this.#skipped = skipped;
  }

  start(): void {
    if (this.#task !== undefined) return;
    const task = schedule(this.#expression, () => this.tick(), { name: 'round', suppressMissedWarning: true });
    task.on('execution:missed', () => this.#skipped('missed'));
    this.#task = task;
  }

  /** One tick: runs the job, unless it runs already. */
  tick(): void {
    if (this.#running !== undefined) {
      this.#skipped('busy');
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
