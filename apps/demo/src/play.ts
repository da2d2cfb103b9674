import type { Config } from '@ballast/config';
import type { Milliseconds, NodeName, RoundReport, StepReport } from '@ballast/core';
import { systemClock } from '@ballast/machine';
import { type RunningOperator, startOperator, type Wired, wire } from '@ballast/operator-app';
import { renderRoundLine } from '@ballast/report';
import { createLogger } from '@ballast/telemetry';
import type { Display, Scene } from './display.ts';
import { endOfFabric, type FabricResult } from './fabric/result.ts';
import type { Traffic } from './load.ts';
import type { Stage } from './stage.ts';
import { type Stretch, type SummaryInput, succeeded, summaryText } from './summary.ts';

/** How long it is played, and how long its first and last stretches are. */
export interface Pace {
  readonly duration: Milliseconds;
  /** Traffic flows before Ballast starts: the picture of "before". */
  readonly before?: Milliseconds;
  /** The picture of "after". */
  readonly after?: Milliseconds;
  /** Goes on until Ctrl-C. */
  readonly stay: boolean;
}

/** What is told in the end, and from what. */
export interface Ending {
  readonly text: string;
  readonly success: boolean;
  readonly input: SummaryInput;
}

const BEFORE: Milliseconds = 12_000;
const AFTER: Milliseconds = 15_000;
const FRAME: Milliseconds = 250;
/** Over which the rate that is shown is taken, and how long before: requests count when they were answered. */
const RECENT: Milliseconds = 2000;
const SETTLED: Milliseconds = 500;

/** The demo on its stage: traffic alone, then the operator, and the summary in the end. */
export class Play {
  readonly #stage: Stage;
  readonly #config: Config;
  readonly #display: Display;
  readonly #signal: AbortSignal;
  readonly #startedAt = performance.now();
  readonly #steps = new Map<string, StepReport>();
  #report: RoundReport | undefined;
  #phase = '';

  constructor(stage: Stage, config: Config, display: Display, signal: AbortSignal) {
    this.#stage = stage;
    this.#config = config;
    this.#display = display;
    this.#signal = signal;
  }

  async run(pace: Pace): Promise<Ending> {
    const { before: first = BEFORE, after: last = AFTER } = pace;
    const { front, load } = this.#stage;
    if (front.note !== undefined) this.#display.say(front.note);
    const frames = setInterval(() => this.#display.show(this.#scene()), FRAME);
    let running: RunningOperator | undefined;
    try {
      const origin = originOf(this.#stage);
      this.#say(`Traffic flows through ${this.#ways()}. One node is too hot; Ballast does not run yet.`);
      const before = await this.#stretch('before', first);
      if (!this.#signal.aborted) {
        this.#say('Ballast starts, in mode auto.');
        running = await this.#startOperator();
        await this.#balance(pace, first + last);
      }
      this.#phase = 'after';
      const after = await (this.#signal.aborted ? this.#since(performance.now() - last) : this.#stretch('after', last));
      await running?.stop();
      running = undefined;
      await load.stop();
      const fabric = await this.#endOfFabric();
      this.#phase = 'done';
      this.#display.show(this.#scene());
      const input = this.#summaryInput(before, after, origin, fabric);
      return { text: summaryText(input), success: succeeded(input), input };
    } finally {
      clearInterval(frames);
      this.#display.end();
      await running?.stop();
    }
  }

  async #balance({ duration, stay }: Pace, others: Milliseconds): Promise<void> {
    await this.#stretch('balancing', Math.max(0, duration - others));
    if (!stay) return;
    this.#say('Going on until Ctrl-C.');
    await this.#stretch('staying', Number.POSITIVE_INFINITY);
  }

  /** Lets time pass, and keeps what was seen in it. */
  async #stretch(phase: string, duration: Milliseconds): Promise<Stretch> {
    this.#phase = phase;
    const from = performance.now();
    await passing(duration, this.#signal);
    return this.#since(from);
  }

  /** What was seen from a moment on; of a demo that was interrupted, its newest stretch. */
  async #since(from: number): Promise<Stretch> {
    const { load, plane } = this.#stage;
    const samplesOf = (traffic: Traffic): Stretch['samples'] => traffic.samples.filter((sample) => sample.at >= from);
    return {
      samples: samplesOf(load),
      cpu: this.#stage.cpu(),
      ...(plane !== undefined && {
        fabric: { samples: samplesOf(plane.clients), shares: await plane.sharesSince(from) },
      }),
    };
  }

  async #endOfFabric(): Promise<FabricResult | undefined> {
    const { plane } = this.#stage;
    if (plane === undefined) return undefined;
    const interrupted = this.#signal.aborted;
    this.#phase = 'a guest is killed';
    if (!interrupted) this.#say('A guest is killed: its web server ends, and its cable is cut.');
    return endOfFabric(plane, { interrupted });
  }

  #startOperator(): Promise<RunningOperator> {
    const { front } = this.#stage;
    const log = createLogger({ level: 'silent', format: 'json' });
    const wired = (): Wired => {
      const made = wire(this.#config, { clock: systemClock, warn: () => undefined });
      // The same driver that the configuration names, or the recording one.
      return { ...made, targets: [front.target, ...made.targets.filter(({ name }) => name !== front.target.name)] };
    };
    return startOperator(this.#config, {
      log,
      wired,
      onReport: (report) => {
        if (report.failure !== undefined) this.#say(renderRoundLine(report));
        this.#report = report;
      },
      onProgress: (step) => this.#progress(step),
    });
  }

  #progress(step: StepReport): void {
    const { guest, guestName, from, to, why } = step.step;
    const key = `${guest} ${from} ${to}`;
    const last = this.#steps.get(key)?.state;
    this.#steps.set(key, step);
    if (last === step.state) return;
    this.#say(`${guestName}: ${from} -> ${to}, ${step.state}${step.detail === undefined ? '' : ` (${step.detail})`}`);
    if (step.state === 'running') for (const sentence of why) this.#say(`    ${sentence}`);
  }

  #say(line: string): void {
    this.#display.say(line);
  }

  #ways(): string {
    const { front, plane } = this.#stage;
    return plane === undefined ? front.name : `${front.name} and Open vSwitch ${plane.version}`;
  }

  #scene(): Scene {
    const { load, simulator, plane } = this.#stage;
    const guests: Record<NodeName, string[]> = {};
    for (const { node, name } of simulator.world.guests) guests[node] = [...(guests[node] ?? []), name];
    return {
      elapsed: (performance.now() - this.#startedAt) / 1000,
      phase: this.#phase,
      cpu: this.#stage.cpu(),
      high: this.#config.balance.cpu.high,
      guests,
      steps: [...this.#steps.values()],
      weights: this.#report?.weights,
      ...trafficNow(load),
      ...(plane !== undefined && { fabric: { ...trafficNow(plane.clients), open: plane.clients.open } }),
    };
  }

  #summaryInput(
    before: Stretch,
    after: Stretch,
    origin: Readonly<Record<string, NodeName>>,
    fabric: FabricResult | undefined,
  ): SummaryInput {
    const { load, front } = this.#stage;
    const [hot = ''] = Object.entries(before.cpu).sort(([, a], [, b]) => b - a)[0] ?? [];
    return {
      before,
      after,
      origin,
      hot,
      high: this.#config.balance.cpu.high,
      migrations: [...this.#steps.values()],
      sent: load.sent,
      failed: load.failed,
      front: front.name,
      ...(fabric !== undefined && { fabric }),
    };
  }
}

function trafficNow({ samples, sent, failed }: Traffic): Pick<Scene, 'rate' | 'sent' | 'failed'> {
  const to = performance.now() - SETTLED;
  const recent = samples.filter(({ at }) => at > to - RECENT && at <= to);
  return { rate: Math.round(recent.length / (RECENT / 1000)), sent, failed };
}

function originOf({ simulator }: Stage): Readonly<Record<string, NodeName>> {
  return Object.fromEntries(simulator.world.guests.map(({ name, node }) => [name, node]));
}

/** Waits, but no longer than until the signal. */
function passing(duration: Milliseconds, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = Number.isFinite(duration) ? setTimeout(resolve, duration) : undefined;
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
