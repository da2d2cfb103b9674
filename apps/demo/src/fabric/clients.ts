import type { Instant, Milliseconds } from '@ballast/core';
import type { Fabric, Program } from '@ballast/ovs-lab';
import type { Sample, Traffic } from '../load.ts';

const CLIENTS = new URL('../../hosts/clients.mjs', import.meta.url);
const NUMBER = 1;

export interface ClientsOptions {
  /** Virtual IPs of the services. */
  readonly services: readonly { readonly name: string; readonly address: string }[];
  /** Requests a second over all services, each on a connection of its own. */
  readonly rate: number;
  /** Connections that are kept open and asked over. */
  readonly held: number;
}

/** A connection that was kept open: which guest is at its other end, and what became of it. */
export interface HeldConnection {
  readonly guest: string | undefined;
  /** Why it is not open any more. */
  readonly broken: string | undefined;
  /** The longest that an answer took. */
  readonly stall: Milliseconds;
}

/** Clients of the services on a host of the fabric; they know nothing but the virtual IPs. */
export class Clients implements Traffic {
  readonly samples: Sample[] = [];
  readonly #program: Program;
  readonly #ended: Promise<void>;
  readonly #asked: ((held: readonly HeldConnection[]) => void)[] = [];
  #failed = 0;
  #open = 0;

  private constructor(program: Program) {
    this.#program = program;
    this.#ended = new Promise((resolve) => program.child.once('close', () => resolve()));
    program.listen((line) => this.#take(JSON.parse(line) as Report));
  }

  static async start(fabric: Fabric, options: ClientsOptions): Promise<Clients> {
    const host = await fabric.host('clients', NUMBER);
    return new Clients(fabric.program(host, CLIENTS, JSON.stringify(options)));
  }

  get sent(): number {
    return this.samples.length;
  }

  get failed(): number {
    return this.#failed;
  }

  /** How many of the connections that are kept open are open. */
  get open(): number {
    return this.#open;
  }

  held(): Promise<readonly HeldConnection[]> {
    this.#program.tell('held');
    return new Promise((resolve, reject) => {
      this.#asked.push(resolve);
      void this.#ended.then(() => reject(new Error('Expected the clients to run, and they have ended.')));
    });
  }

  /** Sends so many requests a second from now on, and waits so long for each connection. */
  hurry(rate: number, patience: Milliseconds): void {
    this.#program.tell(`rate ${rate} ${patience}`);
  }

  /** Sends no more, and waits for the answers that are out. */
  async stop(): Promise<void> {
    this.#program.tell('stop');
    await this.#ended;
  }

  #take(report: Report): void {
    if ('held' in report) {
      const held = report.held.map(({ guest, broken, stall }) => ({
        guest: guest ?? undefined,
        broken: broken ?? undefined,
        stall,
      }));
      this.#asked.shift()?.(held);
      return;
    }
    this.#open = report.open;
    for (const [instant, service, latency, guest, why] of report.samples) {
      // Their clock and this one count from different beginnings.
      const at = instant - performance.timeOrigin;
      if (guest === null) this.#failed += 1;
      const answer = guest === null ? { guest: undefined, why: why ?? 'no answer' } : { guest };
      this.samples.push({ at, service, latency, ...answer });
    }
  }
}

/** A line of theirs; hosts/clients.mjs describes it. */
type Report =
  | {
      readonly samples: readonly (readonly [Instant, string, Milliseconds, string | null, string | null])[];
      readonly open: number;
    }
  | {
      readonly held: readonly {
        readonly guest: string | null;
        readonly broken: string | null;
        readonly stall: Milliseconds;
      }[];
    };
