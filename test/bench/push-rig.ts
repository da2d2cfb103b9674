import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@ballast/core';
import { type Controller, type Outcome, type Settled, startController } from '@ballast/flow-manager';
import { EchoProbe } from './echo-process.ts';
import type { Workload } from './push-workload.ts';
import type { Switches } from './switches-process.ts';

/** The id of the switch that asks for echoes; nothing is wanted of it. */
const ECHO_ID = 0xec40;
const clock: Clock = {
  now: () => Date.now(),
  sleep: (duration, signal) => pause(duration, undefined, signal === undefined ? {} : { signal }),
};

/** One measured piece of work. */
export interface Sample {
  readonly took: number;
  /** Of this process, all threads. */
  readonly cpu: number;
}

export interface Row {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** The longest wait for an echo meanwhile. */
  readonly echo?: number;
}

/** A controller, and the switches that it keeps. */
export class Rig {
  readonly #controller: Controller;
  readonly #workload: Workload;
  readonly #switches: Switches;
  readonly #count: number;
  readonly #echoes: EchoProbe;

  private constructor(controller: Controller, workload: Workload, switches: Switches, count: number) {
    this.#controller = controller;
    this.#workload = workload;
    this.#switches = switches;
    this.#count = count;
    this.#echoes = EchoProbe.start(controller.address.port, ECHO_ID);
  }

  static async start(workload: Workload, switches: Switches, count: number): Promise<Rig> {
    const controller = await startController({
      listen: { host: '127.0.0.1', port: 0 },
      clock,
      hooks: {
        failed: (_, error) => {
          throw error;
        },
      },
    });
    const rig = new Rig(controller, workload, switches, count);
    await controller.setDesired(({ id }) => (id === BigInt(ECHO_ID) ? undefined : workload.of(id)));
    return rig;
  }

  /** From nothing: until all switches have all that is wanted, and were read. */
  async coldStarts(count: number): Promise<Row> {
    const samples: Sample[] = [];
    let echo = 0;
    for (let start = 0; start < count; start += 1) {
      await this.#switches.end();
      while (this.#controller.datapaths.size !== 1) await pause(1);
      await this.echo();
      samples.push(await sample(() => this.#connect()));
      echo = Math.max(echo, await this.echo());
    }
    return { name: 'cold start: connect, fill, read back', samples, echo };
  }

  /** From the change to the last confirmation, compiling included. */
  async pushes(
    name: string,
    services: number,
    count: number,
    apart: number,
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Row> {
    const samples: Sample[] = [];
    let echo = 0;
    for (let push = 0; push < count; push += 1) {
      await before();
      await this.echo();
      samples.push(
        await sample(async () => {
          this.#workload.reweigh(services);
          this.#check(await this.#controller.push());
        }),
      );
      echo = Math.max(echo, await this.echo());
      await pause(apart);
    }
    // What was confirmed is there: reading it finds nothing to do.
    const changes = this.#check(await this.#controller.reconcile()).flatMap((outcome) => outcome.changes);
    if (changes.length > 0) throw new Error(`${changes.length} rows were not as confirmed.`);
    await this.#expectNoFaults();
    return { name, samples, echo };
  }

  async looks(count: number): Promise<Row> {
    await this.echo();
    const samples: Sample[] = [];
    for (let look = 0; look < count; look += 1) {
      samples.push(await sample(async () => void this.#check(await this.#controller.reconcile())));
    }
    return { name: 'reading and comparing all rows', samples, echo: await this.echo() };
  }

  /** The longest wait since this was last asked. */
  async echo(): Promise<number> {
    return (await this.#echoes.take()).longest;
  }

  async stop(): Promise<void> {
    this.#echoes.stop();
    await this.#controller.stop();
  }

  async #connect(): Promise<void> {
    await this.#switches.connect(this.#controller.address.port, this.#count);
    while (this.#controller.datapaths.size < this.#count + 1) await pause(1);
    this.#check(await this.#controller.push());
  }

  async #expectNoFaults(): Promise<void> {
    const { faults, groups } = await this.#switches.state();
    if (faults.length > 0) throw new Error(`The switches met ${faults.length} faults: ${faults[0]}.`);
    const least = this.#workload.services * this.#count;
    if (groups < least) throw new Error(`Expected ${least} groups or more, got ${groups}.`);
  }

  #check(settled: readonly Settled[]): readonly Outcome[] {
    const outcomes = settled.flatMap((one) => {
      if ('error' in one) throw one.error;
      return one.outcome === undefined ? [] : [one.outcome];
    });
    if (outcomes.length !== this.#count) throw new Error(`Expected ${this.#count} switches, got ${outcomes.length}.`);
    return outcomes;
  }
}

export async function sample(work: () => Promise<void>): Promise<Sample> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { took, cpu: (user + system) / 1_000 };
}
