import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Config } from '@ballast/config';
import type { Milliseconds, NodeName, RoundReport, StepReport } from '@ballast/core';
import { systemClock } from '@ballast/operator';
import { type RunningOperator, startOperator, type Wired, wire } from '@ballast/operator-app';
import { renderRoundLine } from '@ballast/report';
import { createLogger } from '@ballast/telemetry';
import { demoConfig } from './config.ts';
import { type Display, displayOn, type Scene } from './display.ts';
import { type Stage, setStage } from './stage.ts';
import { type Stretch, succeeded, summaryText } from './summary.ts';

export interface DemoOptions {
  readonly duration: Milliseconds;
  readonly seed: number;
  /** Goes on until Ctrl-C. */
  readonly stay: boolean;
  readonly output: NodeJS.WriteStream;
}

/** How long traffic flows before Ballast starts: the picture of "before". */
const BASELINE: Milliseconds = 12_000;
/** The last stretch: the picture of "after". */
const CLOSING: Milliseconds = 15_000;
const FRAME: Milliseconds = 250;

/** Runs the demo and returns its exit code: 0 only when the cluster is balanced and no request failed. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { output } = options;
  const colour = output.isTTY && !process.env['NO_COLOR'];
  output.write('Starting a simulated cluster, its web servers, a load balancer and its clients...\n');
  const stage = await setStage(options.seed);
  const state = await mkdtemp(path.join(os.tmpdir(), 'ballast-demo-'));
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    const demo = new Demo(stage, demoConfig(stage, state), displayOn(output, colour), interrupted.signal);
    const { text, success } = await demo.run(options);
    output.write(`\n${text}`);
    return success ? 0 : 1;
  } finally {
    process.off('SIGINT', interrupt);
    await stage.stop();
    await rm(state, { recursive: true, force: true });
  }
}

class Demo {
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

  async run({ duration, stay }: DemoOptions): Promise<{ readonly text: string; readonly success: boolean }> {
    const { front, load } = this.#stage;
    if (front.note !== undefined) this.#display.say(front.note);
    const frames = setInterval(() => this.#display.show(this.#scene()), FRAME);
    let running: RunningOperator | undefined;
    try {
      const origin = originOf(this.#stage);
      this.#say(`Traffic flows through ${front.name}. One node is too hot; Ballast does not run yet.`);
      const before = await this.#stretch('before', BASELINE);
      this.#say('Ballast starts, in mode auto.');
      running = await this.#startOperator();
      await this.#stretch('balancing', Math.max(0, duration - BASELINE - CLOSING));
      if (stay) {
        this.#say('Going on until Ctrl-C.');
        await this.#stretch('staying', Number.POSITIVE_INFINITY);
      }
      this.#phase = 'after';
      const after = this.#signal.aborted ? this.#lookBack() : await this.#stretch('after', CLOSING);
      await running.stop();
      running = undefined;
      await load.stop();
      this.#phase = 'done';
      this.#display.show(this.#scene());
      return this.#summary(before, after, origin);
    } finally {
      clearInterval(frames);
      this.#display.end();
      await running?.stop();
    }
  }

  /** Lets time pass, and keeps what was seen in it. */
  async #stretch(phase: string, duration: Milliseconds): Promise<Stretch> {
    this.#phase = phase;
    const from = performance.now();
    await passing(duration, this.#signal);
    return this.#since(from);
  }

  /** The newest stretch of a demo that was interrupted. */
  #lookBack(): Stretch {
    return this.#since(performance.now() - CLOSING);
  }

  #since(from: number): Stretch {
    const samples = this.#stage.load.samples.filter((sample) => sample.at >= from);
    return { samples, cpu: this.#stage.cpu() };
  }

  #startOperator(): Promise<RunningOperator> {
    const { front } = this.#stage;
    const log = createLogger({ level: 'silent', format: 'json' });
    const wired = (): Wired => ({
      ...wire(this.#config, { clock: systemClock, warn: () => undefined }),
      // The same driver that the configuration names, or the recording one.
      targets: [front.target],
    });
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

  #scene(): Scene {
    const { load, simulator } = this.#stage;
    const guests: Record<NodeName, string[]> = {};
    for (const { node, name } of simulator.world.guests) guests[node] = [...(guests[node] ?? []), name];
    const recent = load.samples.filter((sample) => sample.at > performance.now() - 2000);
    return {
      elapsed: (performance.now() - this.#startedAt) / 1000,
      phase: this.#phase,
      cpu: this.#stage.cpu(),
      high: this.#config.balance.cpu.high,
      guests,
      steps: [...this.#steps.values()],
      weights: this.#report?.weights,
      rate: Math.round(recent.length / 2),
      sent: load.sent,
      failed: load.failed,
    };
  }

  #summary(
    before: Stretch,
    after: Stretch,
    origin: Readonly<Record<string, NodeName>>,
  ): { readonly text: string; readonly success: boolean } {
    const { load, front } = this.#stage;
    const [hot = ''] = Object.entries(before.cpu).sort(([, a], [, b]) => b - a)[0] ?? [];
    const input = {
      before,
      after,
      origin,
      hot,
      high: this.#config.balance.cpu.high,
      migrations: [...this.#steps.values()],
      sent: load.sent,
      failed: load.failed,
      front: front.name,
    };
    return { text: summaryText(input), success: succeeded(input) };
  }
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
