import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Milliseconds } from '@ballast/core';
import { canHaveFabric } from '@ballast/ovs-lab';
import { demoConfig } from './config.ts';
import { displayOn } from './display.ts';
import { refusalText } from './fabric/refusal.ts';
import { interruption } from './interruption.ts';
import { Play } from './play.ts';
import { type Stage, setStage } from './stage.ts';

export interface DemoOptions {
  readonly duration: Milliseconds;
  readonly seed: number;
  /** Goes on until Ctrl-C. */
  readonly stay: boolean;
  /** Asks for the second data plane; the demo does without where there can be none. */
  readonly fabric: boolean;
  readonly output: NodeJS.WriteStream;
}

/** Runs the demo and returns its exit code: 0 only when the cluster is balanced and no request failed. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { output } = options;
  const colour = output.isTTY && !process.env['NO_COLOR'];
  const feasible = options.fabric ? canHaveFabric() : undefined;
  if (feasible?.possible === false) output.write(refusalText(feasible, process.getuid?.() === 0));
  const fabric = feasible?.possible === true;
  const switches = fabric ? 'switches, ' : '';
  output.write(`Starting a simulated cluster, its web servers, ${switches}a load balancer and its clients...\n`);
  const { signal, dispose } = interruption();
  let stage: Stage | undefined;
  let state: string | undefined;
  try {
    stage = await setStage(options.seed, { fabric });
    state = await mkdtemp(path.join(stage.plane?.folder ?? os.tmpdir(), 'ballast-demo-'));
    const play = new Play(stage, demoConfig(stage, state), displayOn(output, colour), signal);
    const { text, success } = await play.run(options);
    output.write(`\n${text}`);
    return success ? 0 : 1;
  } finally {
    await stage?.stop();
    if (state !== undefined) await rm(state, { recursive: true, force: true });
    dispose();
  }
}
