import { codeOf } from '@ballast/core';
import { placeOf } from './address.ts';
import { type ConnectionOptions, PromptConnection } from './connection.ts';

/** The right to send commands, held until the holder is done. */
export interface Session {
  /** One reply for each command, in order. */
  run(commands: readonly string[]): Promise<readonly string[]>;
  /** Drops the connection; the next command opens another. */
  reconnect(): void;
}

/**
 * HAProxy's runtime socket, as one persistent connection that is opened when it is needed.
 *
 * One mutex per socket, held for a whole session, because
 *  - replies carry no id: they are matched to commands by their order alone, so that two writers on one
 *    connection would take each other's replies;
 *  - reading, writing and reading back must not be interleaved with another caller's writes, or each would
 *    report the other's weights as a mismatch;
 *  - a second connection would gain nothing: HAProxy runs the commands of all of them one after another.
 */
export class RuntimeSocket {
  readonly place: string;
  readonly #options: ConnectionOptions;
  #connection: PromptConnection | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.place = placeOf(options.address);
  }

  /** Waits for its turn, then runs `work`; the mutex is released when `work` ends, whatever its end. */
  exclusive<T>(work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const session: Session = {
      run: (commands) => this.#run(commands, signal),
      reconnect: () => this.#drop(),
    };
    const turn = this.#turn.then(() => work(session));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Waits for the session that runs, then closes the connection. A later session opens a new one. */
  close(): Promise<void> {
    return this.exclusive(async () => this.#drop());
  }

  async #run(commands: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
    const kept = this.#connection?.usable ? this.#connection : undefined;
    if (kept === undefined) return await (await this.#open(signal)).exchange(commands, signal);
    try {
      return await kept.exchange(commands, signal);
    } catch (error) {
      // A kept connection may have died unseen since the last round. Every command of this driver sets an
      // absolute value or reads one, so that repeating those that were carried out changes nothing.
      if (codeOf(error) !== 'haproxy-connection-lost') throw error;
      return await (await this.#open(signal)).exchange(commands, signal);
    }
  }

  async #open(signal?: AbortSignal): Promise<PromptConnection> {
    this.#drop();
    this.#connection = await PromptConnection.open(this.#options, signal);
    return this.#connection;
  }

  #drop(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}
