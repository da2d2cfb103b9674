import type { Body, Message, MultipartAnswer, MultipartQuery } from '@ballast/openflow';
import type { SwitchRefusal } from './refusal.ts';
import type { Transactions } from './transactions.ts';

/** One message of several, with its name for a person. */
export interface Step {
  readonly body: Body;
  readonly name: string;
}

/** What requests are sent by: a connection. */
export interface Wire {
  /** Sends a message under a number of its own, and returns that. Throws ChannelError once the connection has ended. */
  ask(body: Body): number;
  /** Resolves when more may be sent, or the connection has ended. */
  room(): Promise<void>;
  /** Whether `room` is worth waiting for. */
  readonly blocked: boolean;
}

/** What is asked of a switch, each matched to its answer or refusal. */
export class Requests {
  readonly #wire: Wire;
  readonly #transactions: Transactions;

  constructor(wire: Wire, transactions: Transactions) {
    this.#wire = wire;
    this.#transactions = transactions;
  }

  /** Resolves with the one answer. Rejects with SwitchRefusal, ChannelError, or OpenFlowError. */
  async single(body: Body, asked: string): Promise<Message> {
    return this.#transactions.single(this.#wire.ask(body), asked);
  }

  /** Resolves with the whole answer, however many parts it came in. Rejects as `single` does. */
  async multipart(query: MultipartQuery): Promise<MultipartAnswer> {
    const xid = this.#wire.ask({ type: 'multipart_request', flags: 0, query });
    return this.#transactions.parts(xid, query.kind);
  }

  /** The parts of the answer as they came, each a whole message of that kind. Rejects as `single` does. */
  async frames(query: MultipartQuery): Promise<readonly Uint8Array[]> {
    const xid = this.#wire.ask({ type: 'multipart_request', flags: 0, query });
    return this.#transactions.frames(xid, query.kind);
  }

  /** Sends all steps, and gathers what is refused of them, by index, for as long as `run` runs. */
  async watching<T>(
    steps: readonly Step[],
    run: (refusals: ReadonlyMap<number, SwitchRefusal>) => Promise<T>,
  ): Promise<T> {
    const refusals = new Map<number, SwitchRefusal>();
    const xids: number[] = [];
    try {
      for (const [index, { body, name }] of steps.entries()) {
        const xid = this.#wire.ask(body);
        xids.push(xid);
        this.#transactions.watch(xid, name, (refusal) => {
          // The first error names the cause; those after it follow from it.
          if (!refusals.has(index)) refusals.set(index, refusal);
        });
        if (this.#wire.blocked) await this.#wire.room();
      }
      return await run(refusals);
    } finally {
      for (const xid of xids) this.#transactions.forget(xid);
    }
  }
}
