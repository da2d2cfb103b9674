import { type ChildProcess, spawn } from 'node:child_process';
import { type Clock, codeOf, type Milliseconds } from '@ballast/core';
import type { HaproxyAddress } from '../address.ts';
import { SHOW_INFO } from '../commands.ts';
import { PromptConnection } from '../connection.ts';
import { HaproxyError } from '../errors.ts';
import { infoField } from '../servers.ts';
import { workersOf } from './master.ts';

export interface ProcessOptions {
  readonly binary: string;
  readonly file: string;
  readonly masterPath: string;
  readonly socket: HaproxyAddress;
  readonly clock: Clock;
  readonly timeout: Milliseconds;
}

/** Who answers at the runtime socket. */
export interface Worker {
  readonly pid: string;
  readonly version: string;
}

const POLL: Milliseconds = 10;
const TERM_GRACE: Milliseconds = 2_000;
/** Enough of what HAProxy said to see why it did not start. */
const KEPT_OUTPUT = 8192;

/** A master process of HAProxy and its workers; it reloads as the service of a distribution does. */
export class HaproxyProcess {
  readonly #options: ProcessOptions;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';
  #over = false;
  #worker = '';

  constructor(options: ProcessOptions) {
    this.#options = options;
    const { binary, file, masterPath } = options;
    // Ctrl-C is for whoever started it, and HAProxy is to serve until that one says so.
    this.#child = spawn(binary, ['-W', '-S', masterPath, '-f', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        this.#output = (this.#output + String(chunk)).slice(-KEPT_OUTPUT);
      });
    }
    // Whoever ends without having called `stop` leaves nothing behind: workers end when their master is gone.
    const abandon = (): void => void this.#child.kill('SIGKILL');
    process.once('exit', abandon);
    this.#ended = new Promise((resolve) => {
      const end = (error?: unknown): void => {
        process.off('exit', abandon);
        if (error instanceof Error) this.#output += error.message;
        this.#over = true;
        resolve();
      };
      this.#child.once('error', end);
      // `close`, not `exit`: what it said last is wanted.
      this.#child.once('close', () => end());
    });
  }

  /** What HAProxy said, the newest of it. */
  get output(): string {
    return this.#output;
  }

  /**
   * Waits until a worker that was not there before answers at the runtime socket, and the master knows it.
   * @throws {HaproxyError} `haproxy-start`
   */
  async ready(): Promise<Worker> {
    const { clock, timeout, masterPath } = this.#options;
    const until = new AbortController();
    const over = clock.sleep(timeout, until.signal).then(
      () => until.abort(),
      () => undefined,
    );
    try {
      for (;;) {
        const worker = await this.#answering();
        if (worker !== undefined && worker.pid !== this.#worker) {
          const workers = await workersOf(masterPath, until.signal);
          if (workers?.includes(worker.pid)) {
            this.#worker = worker.pid;
            return worker;
          }
        }
        if (this.#over) throw this.#startError('it ended');
        if (until.signal.aborted) throw this.#startError(`it was not ready within ${timeout} ms`);
        await clock.sleep(POLL);
      }
    } finally {
      until.abort();
      await over;
    }
  }

  async reload(): Promise<void> {
    this.#child.kill('SIGUSR2');
    await this.ready();
  }

  /** Ends master and workers at once, without waiting for connections. */
  async stop(): Promise<void> {
    // SIGTERM: the master hands it on to every worker and ends with the last.
    if (!this.#over) this.#child.kill('SIGTERM');
    const ended = new AbortController();
    // A master that missed the signal (seen with 2.4) is killed: no worker outlives its master.
    this.#options.clock.sleep(TERM_GRACE, ended.signal).then(
      () => this.#child.kill('SIGKILL'),
      () => undefined,
    );
    await this.#ended;
    ended.abort();
  }

  async #answering(): Promise<Worker | undefined> {
    const { socket, clock, timeout } = this.#options;
    let connection: PromptConnection | undefined;
    try {
      connection = await PromptConnection.open({ address: socket, clock, timeout });
      const [info = ''] = await connection.exchange([SHOW_INFO]);
      if (infoField(info, 'Stopping') !== '0') return undefined;
      return { pid: infoField(info, 'Pid') ?? '', version: infoField(info, 'Version') ?? '' };
    } catch (error) {
      // Not there yet, or the old worker going.
      if (NOT_YET.has(codeOf(error))) return undefined;
      throw error;
    } finally {
      connection?.destroy();
    }
  }

  #startError(what: string): HaproxyError {
    const alerts = this.#output.split('\n').filter((line) => /ALERT/.test(line) && !/exited|leaving/i.test(line));
    const said = (alerts.length > 0 ? alerts : this.#output.split('\n'))
      .map((line) => line.replace(/^\[\w+\]\s+\(\d+\) : /, '').trim())
      .filter((line) => line !== '')
      .slice(0, 3);
    return new HaproxyError(
      'haproxy-start',
      `HAProxy did not start: ${what}.${said.length > 0 ? ` It said: ${said.join(' | ')}` : ''}`,
      {
        hint: `\`${this.#options.binary} -c -f FILE\` checks a configuration.`,
      },
    );
  }
}

const NOT_YET: ReadonlySet<string> = new Set(['haproxy-socket-missing', 'haproxy-refused', 'haproxy-connection-lost']);
