import type { Bytes, BytesPerSecond, MigrationProgress, Milliseconds } from '@ballast/core';
import type { Api } from '../wire/api.ts';
import { number, row, rows, text } from '../wire/fields.ts';
import { readLogLine, withoutTime } from './log.ts';
import type { Upid } from './upid.ts';

/** Lines in one request; a live migration writes one a second. */
const PAGE = 500;

/** Reads a task's state and log from where it left off, and folds the log into what it tells so far. */
export class TaskReader {
  readonly upid: Upid;
  readonly #api: Api;
  #next = 0;
  #line: string | undefined;
  #ratio = 0;
  #transferred: Bytes | undefined;
  #total: Bytes | undefined;
  #speed: BytesPerSecond | undefined;
  #downtime: Milliseconds | undefined;
  #dirtyRate: BytesPerSecond | undefined;
  #error: string | undefined;
  #interrupted = false;

  constructor(upid: Upid, api: Api) {
    this.upid = upid;
    this.#api = api;
  }

  get downtime(): Milliseconds | undefined {
    return this.#downtime;
  }
  get transferred(): Bytes | undefined {
    return this.#transferred;
  }
  get dirtyRate(): BytesPerSecond | undefined {
    return this.#dirtyRate;
  }
  /** The first error in the log: those after it speak of its consequences. */
  get error(): string | undefined {
    return this.#error;
  }
  get interrupted(): boolean {
    return this.#interrupted;
  }

  get progress(): MigrationProgress {
    return {
      ratio: this.#ratio,
      ...(this.#transferred === undefined ? {} : { transferred: this.#transferred }),
      ...(this.#total === undefined ? {} : { total: this.#total }),
      ...(this.#speed === undefined ? {} : { speed: this.#speed }),
      ...(this.#line === undefined ? {} : { line: this.#line }),
    };
  }

  /** The exit status; `undefined` while it runs. The log is read after the state, so that it is whole at the end. */
  async read(): Promise<string | undefined> {
    const { node, text: id } = this.upid;
    // proxmox-api escapes slashes alone.
    const task = this.#api.nodes.$(node).tasks.$(encodeURIComponent(id));
    const state = row(await task.status.$get(), 'the state of a task');
    for (;;) {
      const page = rows(await task.log.$get({ start: this.#next, limit: PAGE }), 'the log of a task');
      for (const entry of page) this.#take(number(entry, 'n') ?? 0, text(entry, 't') ?? '');
      if (page.length < PAGE) break;
    }
    return text(state, 'status') === 'stopped' ? (text(state, 'exitstatus') ?? 'unexpected status') : undefined;
  }

  /** An empty log answers one line that says so, with the number of the first. */
  #take(n: number, line: string): void {
    if (n <= this.#next || line === 'no content') return;
    this.#next = n;
    if (line !== '' && !line.startsWith('TASK ')) this.#line = withoutTime(line);
    const event = readLogLine(line);
    switch (event.kind) {
      case 'progress':
        this.#transferred = event.transferred;
        this.#total = event.total;
        this.#speed = event.speed;
        this.#dirtyRate = event.dirtyRate ?? this.#dirtyRate;
        // A guest that writes to its memory sends some of it twice: more than all of it may cross.
        this.#ratio = event.total > 0 ? Math.min(1, event.transferred / event.total) : 0;
        break;
      case 'completed':
        this.#transferred = event.transferred;
        this.#ratio = 1;
        break;
      case 'downtime':
        this.#downtime = event.downtime;
        break;
      case 'error':
        this.#error ??= event.text;
        break;
      case 'interrupted':
        this.#interrupted = true;
        break;
      case 'other':
        break;
    }
  }
}
